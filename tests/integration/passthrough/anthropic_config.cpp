#include "tests/integration/passthrough/anthropic_config.hpp"

#include <utility>

namespace balancer::integration {

ProviderEntry entry(std::string name, const fakes::FakeProvider& provider) {
  return {std::move(name), provider.base_url()};
}

std::string any_model_to(std::string_view provider, int priority) {
  return "{provider: " + std::string(provider) + ", model: passthrough, priority: " + std::to_string(priority) + "}";
}

std::string ConfigText::yaml() const {
  std::string text = "providers:\n";
  for (const ProviderEntry& provider : providers) {
    text += "  - {name: " + provider.name + ", type: anthropic, base_url: \"" + provider.base_url + "\"";
    text += provider.members.empty() ? "}\n" : ", " + provider.members + "}\n";
  }
  text += "model_routes:\n";
  if (routes.empty()) {
    text += "  \"*\":\n";
    int priority = 0;
    for (const ProviderEntry& provider : providers) text += "    - " + any_model_to(provider.name, ++priority) + "\n";
  }
  text += routes;
  return text + "settings: {" + settings + "}\n";
}

std::string small_request() {
  return R"({"model":"claude-test","max_tokens":64,"messages":[{"role":"user","content":"hi"}]})";
}

std::string small_stream_request() {
  return R"({"model":"claude-test","max_tokens":64,"stream":true,"messages":[{"role":"user","content":"hi"}]})";
}

}  // namespace balancer::integration
