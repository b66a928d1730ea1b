#include "gateway/dialect/answer/answer_summary.hpp"

#include <algorithm>
#include <array>

#include "gateway/dialect/anthropic_message.hpp"
#include "gateway/dialect/json/json_document.hpp"
#include "gateway/dialect/sse_decoder.hpp"

namespace balancer::gateway {
namespace {

constexpr std::string_view kTruncated = "max_tokens";
constexpr auto kEndedByItself = std::to_array<std::string_view>({"end_turn", "stop_sequence", "tool_use"});

std::string stop_reason_of(JsonValue holder) {
  const JsonValue reason = holder["stop_reason"];
  return reason.is_string() ? reason.decoded_text() : std::string();
}

class EventSummary {
 public:
  void observe(const SseEvent& event) {
    if (event.name == "message_start") read_usage(event.data, summary_.usage);
    if (event.name == "message_delta") observe_delta(event.data);
    if (event.name == "message_stop") stopped_ = true;
    if (event.name == "error" || (event.name.empty() && read_error(event.data))) failed_ = true;
  }

  [[nodiscard]] AnswerSummary finish() {
    summary_.complete = stopped_ && !failed_ && !summary_.stop_reason.empty();
    if (!summary_.complete) summary_.stop_reason.clear();
    return std::move(summary_);
  }

 private:
  void observe_delta(std::string_view data) {
    read_usage(data, summary_.usage);
    const Result<JsonValue> root = document_.read_copy(data);
    if (!root) return;
    if (std::string reason = stop_reason_of((*root)["delta"]); !reason.empty()) summary_.stop_reason = std::move(reason);
  }

  JsonDocument document_;
  AnswerSummary summary_;
  bool stopped_ = false;
  bool failed_ = false;
};

}  // namespace

AnswerSummary summarize_events(std::string_view events) {
  EventSummary summary;
  SseDecoder decoder;
  const auto observe = [&](const SseEvent& event) { summary.observe(event); };
  if (!decoder.feed(events, observe)) return {};
  // Without the blank line only its data tells a whole event from one cut off.
  if (const SseEvent last = decoder.finish(); JsonDocument().read_copy(last.data)) summary.observe(last);
  return summary.finish();
}

AnswerSummary summarize_message(std::string_view message) {
  AnswerSummary summary;
  JsonDocument document;
  const Result<JsonValue> root = document.read_copy(message);
  if (!root || !root->is_object()) return summary;
  read_usage(message, summary.usage);
  if ((*root)["type"].says("message") && (*root)["content"].is_array()) summary.stop_reason = stop_reason_of(*root);
  summary.complete = !summary.stop_reason.empty();
  return summary;
}

bool is_cacheable(const AnswerSummary& summary, bool truncated_too) {
  if (!summary.complete) return false;
  if (summary.stop_reason == kTruncated) return truncated_too;
  return std::find(kEndedByItself.begin(), kEndedByItself.end(), summary.stop_reason) != kEndedByItself.end();
}

bool fits(const AnswerSummary& summary, std::int64_t max_tokens) {
  if (!summary.complete || summary.stop_reason == kTruncated) return false;
  return max_tokens <= 0 || summary.usage.output_token_count <= max_tokens;
}

}  // namespace balancer::gateway
