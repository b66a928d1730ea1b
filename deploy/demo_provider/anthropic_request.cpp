#include "deploy/demo_provider/anthropic_request.hpp"

#include "deploy/demo_provider/request_reading.hpp"
#include "deploy/demo_provider/tool_arguments.hpp"

namespace balancer::demo {
namespace {

using nlohmann::json;

std::optional<std::string> tool_result_of(const json& message) {
  const json& content = member(message, "content");
  if (!content.is_array()) return std::nullopt;
  for (auto block = content.rbegin(); block != content.rend(); ++block) {
    if (text_member(*block, "type") == "tool_result") return first_text(member(*block, "content"));
  }
  return std::nullopt;
}

std::vector<ToolCall> possible_calls(const json& request) {
  std::vector<ToolCall> calls;
  const json& tools = member(request, "tools");
  if (!tools.is_array() || text_member(member(request, "tool_choice"), "type") == "none") return calls;
  for (const json& tool : tools) {
    const std::string_view name = text_member(tool, "name");
    const json& schema = member(tool, "input_schema");
    if (!name.empty() && schema.is_object()) calls.push_back({std::string(name), demo_arguments(schema)});
  }
  return calls;
}

bool wants_thinking(const json& request) {
  const std::string_view type = text_member(member(request, "thinking"), "type");
  return type == "enabled" || type == "adaptive";
}

}  // namespace

Result<DemoRequest> read_anthropic_request(std::string_view body) {
  const Result<json> request = parse_request(body);
  if (!request) return request.error();
  return DemoRequest{.model = std::string(text_member(*request, "model")),
                     .last_turn = read_last_turn(member(*request, "messages"), tool_result_of),
                     .possible_calls = possible_calls(*request),
                     .wants_thinking = wants_thinking(*request),
                     .stream = member(*request, "stream") == true,
                     .body_bytes = body.size()};
}

}  // namespace balancer::demo
