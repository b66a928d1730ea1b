#include "deploy/demo_provider/openai_request.hpp"

#include "deploy/demo_provider/request_reading.hpp"
#include "deploy/demo_provider/tool_arguments.hpp"

namespace balancer::demo {
namespace {

using nlohmann::json;

std::optional<std::string> tool_result_of(const json& message) {
  if (text_member(message, "role") != "tool") return std::nullopt;
  return first_text(member(message, "content"));
}

std::vector<ToolCall> possible_calls(const json& request) {
  std::vector<ToolCall> calls;
  const json& tools = member(request, "tools");
  if (!tools.is_array() || text_member(request, "tool_choice") == "none") return calls;
  for (const json& tool : tools) {
    const json& function = member(tool, "function");
    const std::string_view name = text_member(function, "name");
    if (!name.empty()) calls.push_back({std::string(name), demo_arguments(member(function, "parameters"))});
  }
  return calls;
}

bool wants_thinking(const json& request) {
  const std::string_view effort = text_member(request, "reasoning_effort");
  if (!effort.empty()) return effort != "none";
  const json& reasoning = member(request, "reasoning");
  if (reasoning.is_object()) {
    return member(reasoning, "enabled") != false && text_member(reasoning, "effort") != "none";
  }
  return text_member(member(request, "thinking"), "type") == "enabled";
}

}  // namespace

Result<DemoRequest> read_openai_request(std::string_view body) {
  const Result<json> request = parse_request(body);
  if (!request) return request.error();
  return DemoRequest{.model = std::string(text_member(*request, "model")),
                     .last_turn = read_last_turn(member(*request, "messages"), tool_result_of),
                     .possible_calls = possible_calls(*request),
                     .wants_thinking = wants_thinking(*request),
                     .stream = member(*request, "stream") == true,
                     .stream_usage = member(member(*request, "stream_options"), "include_usage") == true,
                     .body_bytes = body.size()};
}

}  // namespace balancer::demo
