#include "gateway/dialect/answer/message_from_events.hpp"

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>

#include "gateway/dialect/answer/json_members.hpp"
#include "gateway/dialect/answer/message_block.hpp"
#include "gateway/dialect/json/json_document.hpp"
#include "gateway/dialect/sse_decoder.hpp"

namespace balancer::gateway {
namespace {

// Of a message, and of its usage; no provider has a tenth of them.
constexpr std::size_t kMaxMembers = 256;

// Deltas by which usage and ending of a message are told change members of the message itself.
class MessageAssembly {
 public:
  void consume(const SseEvent& event) {
    if (failed_ || event.name == "ping") return;
    const Result<JsonValue> data = document_.read_copy(event.data);
    const bool understood = data && data->is_object() && is_named(*data, event.name) && consume(*data);
    failed_ = !understood || message_.size() > kMaxMembers || usage_.size() > kMaxMembers;
  }

  [[nodiscard]] std::optional<std::string> finish() {
    if (failed_ || !stopped_) return std::nullopt;
    content_ += ']';
    message_.set("content", std::move(content_));
    if (!usage_.empty()) {
      std::string usage;
      usage_.append_to(usage);
      message_.set("usage", std::move(usage));
    }
    std::string text;
    message_.append_to(text);
    return text;
  }

 private:
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
    stopped_ = type.says("message_stop") && ended_;
    return stopped_;
  }

  bool start(JsonValue data) {
    const JsonValue message = data["message"];
    if (std::exchange(started_, true) || !message.is_object() || !has_only(data, {"type", "message"})) return false;
    if (!message["content"].is_nothing() && !message["content"].empty()) return false;
    message_ = JsonMembers(message);
    usage_ = JsonMembers(message["usage"]);
    // It keeps its place among the members.
    if (!message_.has("content")) message_.set("content", "[]");
    return true;
  }

  bool start_block(JsonValue data) {
    if (block_ || ended_ || !is_index(data, block_count_) || !data["content_block"].is_object()) return false;
    if (!has_only(data, {"type", "index", "content_block"})) return false;
    block_.emplace(data["content_block"]);
    return true;
  }

  bool change_block(JsonValue data) {
    return block_ && is_index(data, block_count_) && has_only(data, {"type", "index", "delta"}) &&
           block_->apply(data["delta"]);
  }

  bool stop_block(JsonValue data) {
    if (!block_ || !is_index(data, block_count_) || !has_only(data, {"type", "index"})) return false;
    if (block_count_++ > 0) content_ += ',';
    const bool written = block_->finish(content_, input_);
    block_.reset();
    return written;
  }

  bool change(JsonValue data) {
    const JsonValue delta = data["delta"];
    if (!delta.is_nothing() && !delta.is_object()) return false;
    ended_ = ended_ || delta["stop_reason"].is_string();
    for (const JsonField field : data.fields()) {
      if (message_.size() > kMaxMembers) return false;
      if (field.raw_key == "type") continue;
      if (field.raw_key == "delta") {
        merge(delta);
      } else if (field.raw_key == "usage") {
        merge_usage(field.value);
      } else {
        message_.set(field.raw_key, std::string(field.value.raw()));
      }
    }
    return true;
  }

  void merge(JsonValue delta) {
    for (const JsonField field : delta.fields()) {
      if (message_.size() > kMaxMembers) return;
      message_.set(field.raw_key, std::string(field.value.raw()));
    }
  }

  void merge_usage(JsonValue usage) {
    if (!usage.is_object()) return;
    for (const JsonField field : usage.fields()) {
      if (usage_.size() > kMaxMembers) return;
      if (!field.value.is_null() || !usage_.has(field.raw_key)) {
        usage_.set(field.raw_key, std::string(field.value.raw()));
      }
    }
  }

  static bool is_index(JsonValue data, std::int64_t index) { return data["index"].whole_number() == index; }

  // What else an event says could be something of the answer.
  static bool has_only(JsonValue data, std::initializer_list<std::string_view> known) {
    for (const JsonField field : data.fields()) {
      if (std::find(known.begin(), known.end(), field.raw_key) == known.end()) return false;
    }
    return true;
  }

  JsonDocument document_;
  JsonDocument input_;
  JsonMembers message_;
  JsonMembers usage_;
  std::string content_ = "[";
  std::optional<MessageBlock> block_;
  std::int64_t block_count_ = 0;
  bool started_ = false;
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
