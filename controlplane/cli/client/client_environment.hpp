// The variables with which Claude Code finds the gateway.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/config/secret.hpp"
#include "common/process/process_environment.hpp"

namespace balancer::controlplane::cli {

struct ClientEnvironment {
  std::string base_url;
  // The gateway's key for this client. Empty: credentials that are set already stay as they are.
  Secret key;
  // What is set already.
  Environment present = process_environment();
};

struct VariableChange {
  std::string name;
  // Absent: the variable is to be unset.
  std::optional<std::string> value;

  friend bool operator==(const VariableChange&, const VariableChange&) = default;
};

// What a gateway without keys may be told: Claude Code wants a credential, or else it asks its user to log in.
inline constexpr const char* kOpenGatewayKey = "balancer";

// Neither ANTHROPIC_API_KEY nor ANTHROPIC_AUTH_TOKEN is set, and no key is given.
[[nodiscard]] bool lacks_credential(const ClientEnvironment& client);

// ANTHROPIC_BASE_URL, the key, the hint headers that keep sessions in place, and NO_PROXY where the gateway is on
// this machine. Never leaves both credential variables set, because Claude Code would send both.
[[nodiscard]] std::vector<VariableChange> variable_changes(const ClientEnvironment& client);

}  // namespace balancer::controlplane::cli
