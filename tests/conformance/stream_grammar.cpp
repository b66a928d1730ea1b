#include "tests/conformance/stream_grammar.hpp"

#include <fmt/format.h>

#include <array>
#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

namespace balancer::conformance {
namespace {

using Json = nlohmann::json;

constexpr auto kStopReasons = std::to_array<std::string_view>(
    {"end_turn", "max_tokens", "stop_sequence", "tool_use", "refusal", "model_context_window_exceeded"});
constexpr auto kUsageFields = std::to_array<const char*>(
    {"input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens", "output_tokens"});

// A member, or null.
const Json& member(const Json& object, const char* key) {
  static const Json kNull;
  const auto found = object.is_object() ? object.find(key) : object.end();
  return object.is_object() && found != object.end() ? *found : kNull;
}

std::string text(const Json& object, const char* key) {
  const Json& value = member(object, key);
  return value.is_string() ? value.get<std::string>() : std::string();
}

struct Event {
  std::string name;
  Json data;
};

// Exactly "event: NAME\ndata: ONE LINE\n\n", the name repeated in the data.
std::optional<Event> take_event(std::string_view& bytes, std::string& problem) {
  constexpr std::string_view kEvent = "event: ";
  constexpr std::string_view kData = "\ndata: ";
  const std::size_t end = bytes.find("\n\n");
  const std::string_view frame = bytes.substr(0, end);
  const std::size_t data = frame.find(kData);
  if (end == std::string_view::npos || !frame.starts_with(kEvent) || data == std::string_view::npos) {
    problem = fmt::format("not an event: {}", frame);
    return std::nullopt;
  }
  Event event{std::string(frame.substr(kEvent.size(), data - kEvent.size())), {}};
  const std::string_view line = frame.substr(data + kData.size());
  if (line.find_first_of("\r\n") != std::string_view::npos) problem = fmt::format("data of more than one line: {}", frame);
  event.data = Json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!event.data.is_object()) {
    problem = fmt::format("data is no JSON object: {}", line);
  } else if (text(event.data, "type") != event.name) {
    problem = fmt::format("event {} has data of type {}", event.name, text(event.data, "type"));
  }
  if (!problem.empty()) return std::nullopt;
  bytes.remove_prefix(end + 2);
  return event;
}

class Grammar {
 public:
  // Empty, or what is wrong with the event where it stands.
  std::string accept(const Event& event) {
    if (event.name == "ping") return {};
    if (stopped_) return "an event behind message_stop: " + event.name;
    if (event.name == "message_start") return start(event.data);
    if (!started_) return event.name + " before message_start";
    if (event.name == "message_stop") {
      stopped_ = true;
      return delta_seen_ ? std::string() : "message_stop without message_delta";
    }
    if (delta_seen_) return event.name + " behind message_delta";
    if (event.name == "content_block_start") return start_block(event.data);
    if (event.name == "content_block_delta") return block_delta(event.data);
    if (event.name == "content_block_stop") return stop_block(event.data);
    if (event.name == "message_delta") return message_delta(event.data);
    return "unknown event " + event.name;
  }

  [[nodiscard]] bool whole() const { return stopped_; }

 private:
  std::string start(const Json& data) {
    if (std::exchange(started_, true)) return "two message_start";
    const Json& message = member(data, "message");
    if (text(message, "role") != "assistant" || text(message, "type") != "message") return "no message in message_start";
    if (!text(message, "id").starts_with("msg_")) return "message id without msg_";
    if (member(message, "content") != Json::array()) return "content in message_start";
    return check_usage(member(message, "usage"));
  }

  std::string start_block(const Json& data) {
    if (open_) return "a block begins inside a block";
    if (member(data, "index") != next_index_) return fmt::format("block index {} instead of {}", member(data, "index").dump(), next_index_);
    const std::string type = text(member(data, "content_block"), "type");
    if (type == "text") {
      if (member(data, "content_block") != Json{{"type", "text"}, {"text", ""}}) return "a text block that does not begin empty";
    } else if (type == "thinking") {
      if (member(data, "content_block") != Json{{"type", "thinking"}, {"thinking", ""}, {"signature", ""}}) {
        return "a thinking block that does not begin empty";
      }
    } else if (type == "tool_use") {
      const Json& block = member(data, "content_block");
      if (member(block, "input") != Json::object()) return "a tool_use block with input at its start";
      const std::string id = text(block, "id");
      const bool fit = !id.empty() && std::all_of(id.begin(), id.end(), [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-';
      });
      if (!fit) return "a tool id that clients refuse: " + id;
      if (text(block, "name").empty()) return "a tool without a name";
    } else {
      return "a block of type " + type;
    }
    open_ = type;
    signed_ = false;
    return {};
  }

  std::string block_delta(const Json& data) {
    if (!open_ || member(data, "index") != next_index_) return "a delta for a block that is not open";
    const std::string type = text(member(data, "delta"), "type");
    if (signed_) return "a delta behind the signature";
    if (type == "signature_delta" && *open_ == "thinking") {
      signed_ = true;
      return member(member(data, "delta"), "signature").is_string() ? std::string() : "no signature";
    }
    const bool fits = (type == "text_delta" && *open_ == "text" && member(member(data, "delta"), "text").is_string()) ||
                      (type == "thinking_delta" && *open_ == "thinking" && member(member(data, "delta"), "thinking").is_string()) ||
                      (type == "input_json_delta" && *open_ == "tool_use" && member(member(data, "delta"), "partial_json").is_string());
    return fits ? std::string() : fmt::format("a {} in a {} block", type, *open_);
  }

  std::string stop_block(const Json& data) {
    if (!open_ || member(data, "index") != next_index_) return "the end of a block that is not open";
    if (*open_ == "thinking" && !signed_) return "a thinking block without a signature";
    open_.reset();
    ++next_index_;
    return {};
  }

  std::string message_delta(const Json& data) {
    if (open_) return "message_delta inside a block";
    delta_seen_ = true;
    const Json& delta = member(data, "delta");
    const std::string reason = text(delta, "stop_reason");
    if (std::find(kStopReasons.begin(), kStopReasons.end(), reason) == kStopReasons.end()) return "stop_reason " + reason;
    if (!delta.contains("stop_sequence")) return "no stop_sequence";
    if (member(delta, "stop_sequence").is_string() != (reason == "stop_sequence")) return "a stop_sequence that does not fit";
    return check_usage(member(data, "usage"));
  }

  static std::string check_usage(const Json& usage) {
    for (const char* const field : kUsageFields) {
      if (!member(usage, field).is_number_integer() || member(usage, field) < 0) {
        return fmt::format("usage without {}", field);
      }
    }
    return {};
  }

  bool started_ = false;
  bool delta_seen_ = false;
  bool stopped_ = false;
  bool signed_ = false;
  int next_index_ = 0;
  std::optional<std::string> open_;
};

}  // namespace

std::string grammar_problem(std::string_view bytes, StreamShape shape) {
  Grammar grammar;
  while (!bytes.empty()) {
    std::string problem;
    const std::optional<Event> event = take_event(bytes, problem);
    if (!event) return problem;
    problem = grammar.accept(*event);
    if (!problem.empty()) return problem;
  }
  if (shape == StreamShape::kWhole && !grammar.whole()) return "the stream does not end with message_stop";
  if (shape == StreamShape::kBeginning && grammar.whole()) return "the stream ends well although it failed";
  return {};
}

}  // namespace balancer::conformance
