#include "tests/integration/conversion/converted_stack.hpp"

namespace balancer::integration {

std::string converted_config(const std::vector<NamedUpstream>& providers, std::string_view members,
                             std::string_view settings) {
  std::string yaml = "providers:\n";
  for (const NamedUpstream& provider : providers) {
    yaml += "  - {name: " + provider.name + ", type: " + provider.type + ", base_url: \"" + provider.base_url +
            "\", auth_value: key-of-" + provider.name;
    if (provider.type == "openai" && !members.empty()) yaml += ", " + std::string(members);
    yaml += "}\n";
  }
  yaml += "model_routes:\n  \"*\":\n";
  int priority = 0;
  for (const NamedUpstream& provider : providers) {
    yaml += "    - {provider: " + provider.name + ", model: real-model, priority: " + std::to_string(++priority) + "}\n";
  }
  return yaml + "settings: {" + std::string(settings) + "}\n";
}

std::string question() {
  return R"({"model":"claude-test","max_tokens":64,"messages":[{"role":"user","content":"hi"}]})";
}

std::string stream_question() {
  return R"({"model":"claude-test","max_tokens":64,"stream":true,"messages":[{"role":"user","content":"hi"}]})";
}

std::string error_event_type(const fakes::HttpResponse& response) {
  for (const fakes::SseEvent& event : response.events()) {
    if (event.name == "error") return nlohmann::json::parse(event.data)["error"]["type"];
  }
  return {};
}

}  // namespace balancer::integration
