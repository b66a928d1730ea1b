#include "tests/integration/edge/edge_config.hpp"

namespace balancer::integration {

std::string provider_entry(const std::string& name, const std::string& base_url,
                           const std::vector<std::string>& more) {
  std::string text = "  - name: " + name + "\n    type: anthropic\n    base_url: " + base_url + "\n";
  bool has_credential = false;
  for (const std::string& line : more) {
    has_credential = has_credential || line.starts_with("auth_value:");
    text += "    " + line + "\n";
  }
  return has_credential ? text : text + "    auth_value: key-of-" + name + "\n";
}

std::string edge_config(const std::vector<std::string>& providers, const std::vector<std::string>& settings) {
  std::string text = "providers:\n";
  for (const std::string& provider : providers) text += provider;
  text += "model_routes:\n  \"*\":\n";
  for (std::size_t i = 0; i < providers.size(); ++i) {
    text += std::string("    - { provider: ") + static_cast<char>('a' + i) +
            ", model: passthrough, priority: " + std::to_string(i + 1) + " }\n";
  }
  if (!settings.empty()) text += "settings:\n";
  for (const std::string& line : settings) text += "  " + line + "\n";
  return text;
}

std::string small_request() {
  return R"({"model":"claude-x","max_tokens":16,"messages":[{"role":"user","content":"hi"}]})";
}

Ended run(Command command) {
  const Process process(std::move(command));
  const ExitStatus status = process.wait_for_exit();
  return {status.code.value_or(-1), process.standard_output(), process.standard_error()};
}

}  // namespace balancer::integration
