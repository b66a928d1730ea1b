#include "controlplane/cli/client/client_environment.hpp"

#include "controlplane/cli/client/proxy_variables.hpp"

namespace balancer::controlplane::cli {
namespace {

std::string present_value(const ClientEnvironment& client, std::string_view name) {
  return client.present(name).value_or(std::string());
}

// The lower-case name is added to only where it is in use.
void except_from_proxies(const ClientEnvironment& client, std::vector<VariableChange>& changes) {
  const auto url = read_base_url(client.base_url).url;
  if (!url || !url->is_loopback()) return;
  for (const char* const name : {"NO_PROXY", "no_proxy"}) {
    const std::string value = present_value(client, name);
    const bool unused = value.empty() && std::string_view(name) == "no_proxy";
    if (unused || excepts_from_proxy(value, *url)) continue;
    changes.push_back({name, value.empty() ? exception_for(*url) : value + "," + exception_for(*url)});
  }
}

}  // namespace

bool lacks_credential(const ClientEnvironment& client) {
  return client.key.empty() && present_value(client, "ANTHROPIC_API_KEY").empty() &&
         present_value(client, "ANTHROPIC_AUTH_TOKEN").empty();
}

std::vector<VariableChange> variable_changes(const ClientEnvironment& client) {
  std::vector<VariableChange> changes{{"ANTHROPIC_BASE_URL", client.base_url}};
  const bool both_present =
      !present_value(client, "ANTHROPIC_API_KEY").empty() && !present_value(client, "ANTHROPIC_AUTH_TOKEN").empty();
  if (!client.key.empty()) changes.push_back({"ANTHROPIC_AUTH_TOKEN", client.key.reveal()});
  if (!client.key.empty() || both_present) changes.push_back({"ANTHROPIC_API_KEY", std::nullopt});
  changes.push_back({"CLAUDE_CODE_GATEWAY_HINT_HEADERS", "1"});
  except_from_proxies(client, changes);
  return changes;
}

}  // namespace balancer::controlplane::cli
