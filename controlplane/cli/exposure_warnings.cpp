#include "controlplane/cli/exposure_warnings.hpp"

#include <fmt/format.h>

#include "common/net/exposure.hpp"

namespace balancer::controlplane::cli {
namespace {

bool asks_control_plane(Verb verb) {
  switch (verb) {
    case Verb::kValidateConfig:
    case Verb::kConfigSchema:
    case Verb::kDoctor:
    case Verb::kEnvironment:
    case Verb::kCode:
    case Verb::kCompletion:
      return false;
    default:
      return true;
  }
}

}  // namespace

std::vector<std::string> exposure_warnings(const Command& command) {
  std::vector<std::string> warnings;
  const Encryption encryption = command.tls.authorities.empty() ? Encryption::kNone : Encryption::kTls;
  if (asks_control_plane(command.verb) && crosses_network_in_clear(command.server, encryption)) {
    warnings.push_back(
        fmt::format("no TLS to the control plane at {}: whoever is on the network between can listen, and answer in its "
                    "place; say --tls-ca",
                    to_string(command.server)));
  }
  if (command.key_in_arguments) {
    warnings.emplace_back(
        "other users of this machine can see --key in the list of processes: use --key-file, or BALANCER_CLIENT_KEY");
  }
  return warnings;
}

}  // namespace balancer::controlplane::cli
