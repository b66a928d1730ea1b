#include "tests/unit/controlplane/cli_client/given_environment.hpp"

#include <utility>

namespace balancer::controlplane::cli {

Environment given(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](std::string_view name) -> std::optional<std::string> {
    const auto variable = variables.find(std::string(name));
    return variable == variables.end() ? std::nullopt : std::optional(variable->second);
  };
}

}  // namespace balancer::controlplane::cli
