#include "gateway/dialect/answer/events_from_message.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <iterator>
#include <string>
#include <utility>

#include "gateway/dialect/answer/content_block.hpp"
#include "gateway/dialect/answer/json_members.hpp"
#include "gateway/dialect/json/json_document.hpp"
#include "gateway/dialect/json/json_text.hpp"

namespace balancer::gateway {
namespace {

// Events that take more than this many times the message's size, and what an empty one takes, are not worth their memory:
// such a message consists of thousands of blocks or citations that say nothing.
constexpr std::size_t kMaxGrowth = 16;
constexpr std::size_t kEmptyMessageBytes = 4096;

class EventWriter {
 public:
  explicit EventWriter(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  void message_start(JsonValue message) {
    JsonMembers begun(message);
    begun.set("content", "[]");
    begun.set("stop_reason", "null");
    begun.set("stop_sequence", "null");
    for (const char* const name : {"stop_details", "container", "context_management"}) {
      if (begun.has(name)) begun.set(name, "null");
    }
    // Nothing has been said yet, and a client adds nothing up: the counts that follow replace these.
    JsonMembers usage(message["usage"]);
    if (message["usage"]["output_tokens"].kind() == JsonKind::kNumber) usage.set("output_tokens", "1");
    std::string text;
    usage.append_to(text);
    begun.set("usage", std::move(text));
    begin("message_start");
    out_ += R"(,"message":)";
    begun.append_to(out_);
    end();
  }

  void block(JsonValue block) {
    switch (kind_of_block(block)) {
      case ContentBlockKind::kText: text_block(block); break;
      case ContentBlockKind::kThinking: thinking_block(block); break;
      case ContentBlockKind::kTool: tool_block(block); break;
      case ContentBlockKind::kWhole: whole_block(block); break;
    }
    begin("content_block_stop");
    index();
    end();
    ++index_;
  }

  void message_delta(JsonValue message) {
    begin("message_delta");
    out_ += R"(,"delta":{"stop_reason":)";
    out_ += message["stop_reason"].raw();
    out_ += R"(,"stop_sequence":)";
    out_ += message["stop_sequence"].is_nothing() ? "null" : message["stop_sequence"].raw();
    for (const char* const name : {"stop_details", "container"}) member(name, message[name]);
    out_ += '}';
    member("usage", message["usage"]);
    if (!message["context_management"].is_nothing()) member("context_management", message["context_management"]);
    end();
  }

  void message_stop() {
    begin("message_stop");
    end();
  }

  [[nodiscard]] bool too_large() const { return out_.size() > max_bytes_; }
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  void begin(std::string_view name) {
    out_ += "event: ";
    out_ += name;
    out_ += "\ndata: {\"type\":\"";
    out_ += name;
    out_ += '"';
  }
  void end() { out_ += "}\n\n"; }
  void index() { fmt::format_to(std::back_inserter(out_), R"(,"index":{})", index_); }

  void member(std::string_view name, JsonValue value) {
    if (!value) return;
    out_ += ",\"";
    out_ += name;
    out_ += "\":";
    out_ += value.raw();
  }

  void begin_block() {
    begin("content_block_start");
    index();
    out_ += R"(,"content_block":)";
  }
  void block_start(const JsonMembers& begun) {
    begin_block();
    begun.append_to(out_);
    end();
  }
  void whole_block(JsonValue block) {
    begin_block();
    out_ += block.raw();
    end();
  }

  // Up to the value of its one member.
  void begin_delta(std::string_view type, std::string_view name) {
    begin("content_block_delta");
    index();
    fmt::format_to(std::back_inserter(out_), R"(,"delta":{{"type":"{}","{}":)", type, name);
  }
  void end_delta() {
    out_ += '}';
    end();
  }
  void delta(std::string_view type, std::string_view name, JsonValue value) {
    begin_delta(type, name);
    out_ += value.raw();
    end_delta();
  }

  void text_block(JsonValue block) {
    const JsonValue text = block["text"];
    const JsonValue citations = block["citations"];
    const bool cites = citations.is_array() && !citations.empty();
    JsonMembers begun(block);
    if (text.is_string()) begun.set("text", "\"\"");
    if (cites) begun.set("citations", "[]");
    block_start(begun);
    if (text.is_string() && !text.text().empty()) delta("text_delta", "text", text);
    if (!cites) return;
    for (const JsonValue citation : citations.elements()) {
      if (too_large()) return;
      delta("citations_delta", "citation", citation);
    }
  }

  void thinking_block(JsonValue block) {
    const JsonValue thinking = block["thinking"];
    const JsonValue signature = block["signature"];
    JsonMembers begun(block);
    if (thinking.is_string()) begun.set("thinking", "\"\"");
    if (signature.is_string()) begun.set("signature", "\"\"");
    block_start(begun);
    if (thinking.is_string() && !thinking.text().empty()) delta("thinking_delta", "thinking", thinking);
    if (signature.is_string() && !signature.text().empty()) delta("signature_delta", "signature", signature);
  }

  void tool_block(JsonValue block) {
    const JsonValue input = block["input"];
    JsonMembers begun(block);
    begun.set("input", "{}");
    block_start(begun);
    begin_delta("input_json_delta", "partial_json");
    out_ += '"';
    append_escaped(out_, input.raw());
    out_ += '"';
    end_delta();
  }

  const std::size_t max_bytes_;
  std::string out_;
  unsigned index_ = 0;
};

bool is_complete(JsonValue message) {
  // It is begun with a stop_sequence in any case, which may be one member more.
  return JsonMembers::can_hold(message, /*spare=*/1) && message["type"].says("message") && message["content"].is_array() &&
         !message["stop_reason"].text().empty() && JsonMembers::can_hold(message["usage"]);
}

bool can_be_told(JsonValue block) {
  return is_well_formed_block(block) && (kind_of_block(block) != ContentBlockKind::kTool || block["input"]);
}

// An event's data is one line; white space between values is all that a line end can be. Within brackets the message is
// as deep as within an event.
std::string on_one_line(std::string_view message) {
  std::string line;
  line.reserve(message.size() + 2);
  line += '[';
  line += message;
  line += ']';
  std::erase_if(line, [](char c) { return c == '\r' || c == '\n'; });
  return line;
}

}  // namespace

std::optional<std::string> events_from_message(std::string_view message) {
  JsonDocument document;
  const Result<JsonValue> root = document.read_copy(message);
  if (!root) return std::nullopt;
  const Result<JsonValue> line = document.read_copy(on_one_line(root->raw()));
  if (!line) return std::nullopt;
  const JsonValue whole = *line->elements().begin();
  if (!is_complete(whole)) return std::nullopt;
  EventWriter writer(kMaxGrowth * message.size() + kEmptyMessageBytes);
  writer.message_start(whole);
  for (const JsonValue block : whole["content"].elements()) {
    if (!can_be_told(block)) return std::nullopt;
    writer.block(block);
    if (writer.too_large()) return std::nullopt;
  }
  writer.message_delta(whole);
  writer.message_stop();
  return writer.take();
}

}  // namespace balancer::gateway
