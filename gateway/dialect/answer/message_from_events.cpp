#include "gateway/dialect/answer/message_from_events.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <utility>

#include "gateway/dialect/answer/json_members.hpp"
#include "gateway/dialect/answer/message_block.hpp"
#include "gateway/dialect/json/json_document.hpp"
#include "gateway/dialect/sse_decoder.hpp"

namespace balancer::gateway {
namespace {

// What the end of a message may not change.
constexpr auto kSaidAtStart = std::to_array<std::string_view>({"id", "type", "role", "model", "content", "usage"});

bool is_said_at_start(std::string_view raw_key) {
  return std::find(kSaidAtStart.begin(), kSaidAtStart.end(), raw_key) != kSaidAtStart.end();
}

// Deltas by which usage and ending of a message are told change members of the message itself.
class MessageAssembly {
 public:
  void consume(const SseEvent& event) {
    if (failed_ || event.name == "ping") return;
    const Result<JsonValue> data = document_.read_copy(event.data);
    const bool understood = data && data->is_object() && is_named(*data, event.name) && consume(*data);
    failed_ = !understood || message_.size() > JsonMembers::kMaxMembers || usage_.size() > JsonMembers::kMaxMembers;
  }

  [[nodiscard]] std::optional<std::string> finish() {
    if (failed_ || !stopped_ || !has_usage_ || !is_said(message_.raw("stop_reason"))) return std::nullopt;
    content_ += ']';
    message_.set("content", std::move(content_));
    if (!message_.has("stop_sequence")) message_.set("stop_sequence", "null");
    std::string usage;
    usage_.append_to(usage);
    message_.set("usage", std::move(usage));
    // Within brackets it is as deep as within an event.
    std::string text = "[";
    message_.append_to(text);
    text += ']';
    if (!document_.read_copy(text)) return std::nullopt;
    return text.substr(1, text.size() - 2);
  }

 private:
  static bool is_said(std::string_view raw) { return raw.starts_with('"') && raw.size() > 2; }

  static bool is_named(JsonValue data, std::string_view name) { return name.empty() || data["type"].says(name); }

  bool consume(JsonValue data) {
    const JsonValue type = data["type"];
    if (type.says("ping")) return true;
    if (stopped_) return false;
    if (type.says("message_start")) return start(data);
    if (!started_) return false;
    if (type.says("content_block_start")) return start_block(data);
    if (type.says("content_block_delta")) return change_block(data);
    if (type.says("content_block_stop")) return stop_block(data);
    if (block_) return false;
    if (type.says("message_delta")) return change(data);
    // What some hosts measure is no part of the answer.
    stopped_ = type.says("message_stop") && ended_ && says_only(data, {"type", "amazon-bedrock-invocationMetrics"});
    return stopped_;
  }

  bool start(JsonValue data) {
    const JsonValue message = data["message"];
    if (std::exchange(started_, true) || !says_only(data, {"type", "message"})) return false;
    if (!JsonMembers::can_hold(message) || !message["type"].says("message") || !add_usage(message["usage"])) return false;
    const JsonValue content = message["content"];
    if (!content.is_nothing() && !(content.is_array() && content.empty())) return false;
    message_ = JsonMembers(message);
    // It keeps its place among the members.
    if (!message_.has("content")) message_.set("content", "[]");
    return true;
  }

  bool start_block(JsonValue data) {
    if (block_ || ended_ || !is_index(data, block_count_)) return false;
    if (!says_only(data, {"type", "index", "content_block"})) return false;
    return block_.emplace().begin(data["content_block"]);
  }

  bool change_block(JsonValue data) {
    return block_ && is_index(data, block_count_) && says_only(data, {"type", "index", "delta"}) &&
           block_->apply(data["delta"]);
  }

  bool stop_block(JsonValue data) {
    if (!block_ || !is_index(data, block_count_) || !says_only(data, {"type", "index"})) return false;
    if (block_count_++ > 0) content_ += ',';
    const bool written = block_->finish(content_, input_);
    block_.reset();
    return written;
  }

  bool change(JsonValue data) {
    const JsonValue delta = data["delta"];
    if (!JsonMembers::can_hold(data) || !add_usage(data["usage"])) return false;
    if (!delta.is_nothing() && !JsonMembers::can_hold(delta)) return false;
    ended_ = ended_ || delta["stop_reason"].is_string();
    for (const JsonField field : delta.fields()) {
      if (!is_said_at_start(field.raw_key)) {
        message_.set(field.raw_key, std::string(field.value.raw()));
      } else if (!field.value.is_null()) {
        return false;
      }
    }
    return add_members(data);
  }

  // Those that stand beside the delta.
  bool add_members(JsonValue data) {
    for (const JsonField field : data.fields()) {
      const std::string_view key = field.raw_key;
      if (key == "type" || key == "delta" || key == "usage" || field.value.is_null()) continue;
      if (is_said_at_start(key) || key == "stop_reason" || key == "stop_sequence") return false;
      message_.set(key, std::string(field.value.raw()));
    }
    return true;
  }

  // A count that is there replaces what was known, one that is absent leaves it.
  bool add_usage(JsonValue usage) {
    if (usage.is_nothing()) return true;
    if (!JsonMembers::can_hold(usage)) return false;
    has_usage_ = true;
    for (const JsonField field : usage.fields()) {
      if (!field.value.is_null() || !usage_.has(field.raw_key)) {
        usage_.set(field.raw_key, std::string(field.value.raw()));
      }
    }
    return true;
  }

  static bool is_index(JsonValue data, std::int64_t index) { return data["index"].whole_number() == index; }

  JsonDocument document_;
  JsonDocument input_;
  JsonMembers message_;
  JsonMembers usage_;
  std::string content_ = "[";
  std::optional<MessageBlock> block_;
  std::int64_t block_count_ = 0;
  bool started_ = false;
  bool has_usage_ = false;
  // Its stop_reason was told.
  bool ended_ = false;
  bool stopped_ = false;
  bool failed_ = false;
};

}  // namespace

std::optional<std::string> message_from_events(std::string_view events) {
  MessageAssembly assembly;
  SseDecoder decoder;
  const bool decoded = decoder.feed(events, [&](const SseEvent& event) { assembly.consume(event); });
  if (!decoded) return std::nullopt;
  if (const SseEvent last = decoder.finish(); !last.data.empty()) assembly.consume(last);
  return assembly.finish();
}

}  // namespace balancer::gateway
