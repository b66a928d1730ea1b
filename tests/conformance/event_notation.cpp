#include "tests/conformance/event_notation.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace balancer::conformance {
namespace {

using Json = nlohmann::json;

// The usage is a guess of the input and one token of output (protocol.md 4.4, rule 1), and nothing has stopped yet:
// only told when it is not so.
std::string message_start_line(const Json& event) {
  const Json& message = event["message"];
  const Json& usage = message["usage"];
  const std::string line = "MS " + message["model"].get<std::string>();
  const bool usual = usage["input_tokens"] > 0 && usage["output_tokens"] == 1 &&
                     usage["cache_read_input_tokens"] == 0 && usage["cache_creation_input_tokens"] == 0;
  const bool running = message.contains("stop_reason") && message["stop_reason"].is_null() &&
                       message.contains("stop_sequence") && message["stop_sequence"].is_null();
  return usual && running ? line : line + " " + message.dump();
}

std::string start_line(const Json& event) {
  const Json& block = event["content_block"];
  const std::string type = block["type"];
  std::string line = fmt::format("S{}:{}", event["index"].get<int>(), type);
  if (type == "tool_use") {
    line += fmt::format(" {} {}", block["name"].get<std::string>(), block["id"].get<std::string>());
  }
  return line;
}

std::string delta_line(const Json& event) {
  const Json& delta = event["delta"];
  const int index = event["index"];
  const std::string type = delta["type"];
  if (type == "text_delta") return fmt::format("D{}{}", index, delta["text"].dump());
  if (type == "thinking_delta") return fmt::format("D{}{}", index, delta["thinking"].dump());
  if (type == "signature_delta") return fmt::format("D{} {}", index, delta["signature"].get<std::string>());
  return fmt::format("D{}`{}`", index, delta["partial_json"].get<std::string>());
}

std::string message_delta_line(const Json& event) {
  const Json& delta = event["delta"];
  const Json& usage = event["usage"];
  std::string line = fmt::format("MD({},{},{}", delta["stop_reason"].get<std::string>(),
                                 usage["input_tokens"].get<std::int64_t>(), usage["output_tokens"].get<std::int64_t>());
  if (usage["cache_read_input_tokens"] != 0) line += ",cache_read=" + usage["cache_read_input_tokens"].dump();
  if (usage["cache_creation_input_tokens"] != 0) {
    line += ",cache_creation=" + usage["cache_creation_input_tokens"].dump();
  }
  if (usage.contains("output_tokens_details")) {
    line += ",thinking=" + usage["output_tokens_details"]["thinking_tokens"].dump();
  }
  if (!delta["stop_sequence"].is_null()) line += ",stop_sequence=" + delta["stop_sequence"].dump();
  if (delta.contains("stop_details")) line += ",stop_details=" + delta["stop_details"].dump();
  return line + ")";
}

std::string event_line(const Json& event) {
  const std::string type = event["type"];
  if (type == "message_start") return message_start_line(event);
  if (type == "content_block_start") return start_line(event);
  if (type == "content_block_delta") return delta_line(event);
  if (type == "content_block_stop") return fmt::format("P{}", event["index"].get<int>());
  if (type == "message_delta") return message_delta_line(event);
  return type == "message_stop" ? "MX" : type;
}

}  // namespace

std::vector<std::string> event_lines(std::string_view stream) {
  constexpr std::string_view kData = "\ndata: ";
  std::vector<std::string> lines;
  while (!stream.empty()) {
    const std::size_t begin = stream.find(kData) + kData.size();
    const std::size_t end = stream.find("\n\n", begin);
    lines.push_back(event_line(Json::parse(stream.substr(begin, end - begin))));
    stream.remove_prefix(end + 2);
  }
  return lines;
}

}  // namespace balancer::conformance
