#include "gateway/dialect/answer/events_from_message.hpp"

#include <fmt/format.h>

#include <iterator>
#include <string>

#include "gateway/dialect/answer/json_members.hpp"
#include "gateway/dialect/json/json_document.hpp"
#include "gateway/dialect/json/json_text.hpp"

namespace balancer::gateway {
namespace {

class EventWriter {
 public:
  void message_start(JsonValue message) {
    JsonMembers begun(message);
    begun.set("content", "[]");
    begun.set("stop_reason", "null");
    if (begun.has("stop_sequence")) begun.set("stop_sequence", "null");
    if (message["usage"].is_object()) {
      // Nothing has been said yet, and a client adds nothing up: the counts that follow replace these.
      JsonMembers usage(message["usage"]);
      if (message["usage"]["output_tokens"].kind() == JsonKind::kNumber) usage.set("output_tokens", "1");
      std::string text;
      usage.append_to(text);
      begun.set("usage", std::move(text));
    }
    begin("message_start");
    out_ += R"(,"message":)";
    begun.append_to(out_);
    end();
  }

  void block(JsonValue block) {
    const JsonValue type = block["type"];
    if (type.says("text")) {
      text_block(block);
    } else if (type.says("thinking")) {
      thinking_block(block);
    } else if (type.says("tool_use") || type.says("server_tool_use") || type.says("mcp_tool_use")) {
      tool_block(block);
    } else {
      block_start(JsonMembers(block));
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
    for (const char* const name : {"stop_sequence", "stop_details", "container"}) member(name, message[name]);
    out_ += '}';
    member("usage", message["usage"]);
    end();
  }

  void message_stop() {
    begin("message_stop");
    end();
  }

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

  void block_start(const JsonMembers& begun) {
    begin("content_block_start");
    index();
    out_ += R"(,"content_block":)";
    begun.append_to(out_);
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
    for (const JsonValue citation : citations.elements()) delta("citations_delta", "citation", citation);
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
    const bool has_arguments = input.is_object() && !input.empty();
    JsonMembers begun(block);
    if (has_arguments) begun.set("input", "{}");
    block_start(begun);
    if (!has_arguments) return;
    begin_delta("input_json_delta", "partial_json");
    out_ += '"';
    append_escaped(out_, input.raw());
    out_ += '"';
    end_delta();
  }

  std::string out_;
  unsigned index_ = 0;
};

bool is_complete(JsonValue message) {
  return message.is_object() && message["content"].is_array() && message["stop_reason"].is_string();
}

bool can_be_told(JsonValue message) {
  for (const JsonValue block : message["content"].elements()) {
    if (!block.is_object()) return false;
    for (const JsonValue citation : block["citations"].elements()) {
      if (!citation.is_object()) return false;
    }
  }
  return true;
}

}  // namespace

std::optional<std::string> events_from_message(std::string_view message) {
  JsonDocument document;
  const Result<JsonValue> root = document.read_copy(message);
  if (!root || !is_complete(*root) || !can_be_told(*root)) return std::nullopt;
  EventWriter writer;
  writer.message_start(*root);
  for (const JsonValue block : (*root)["content"].elements()) writer.block(block);
  writer.message_delta(*root);
  writer.message_stop();
  return writer.take();
}

}  // namespace balancer::gateway
