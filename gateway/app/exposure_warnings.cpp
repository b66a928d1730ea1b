#include "gateway/app/exposure_warnings.hpp"

#include "common/log/log.hpp"
#include "common/net/exposure.hpp"

namespace balancer::gateway {

void warn_of_exposure(const GatewayCommandLine& command_line) {
  const Encryption encryption = uses_tls(command_line) ? Encryption::kTls : Encryption::kNone;
  if (const auto control_plane = parse_listen_address(command_line.control_plane);
      control_plane && crosses_network_in_clear(*control_plane, encryption)) {
    log::warn(
        "provider credentials come from the control plane without TLS: whoever listens on the network between learns "
        "them, and can answer in its place; say --control-plane-tls-ca",
        {{"control_plane", command_line.control_plane}});
  }
  const std::optional<TcpAddress>& admin = command_line.settings.admin_listen;
  if (admin && !is_loopback(*admin) && !command_line.trusted_network) {
    log::warn(
        "whoever reaches this port reads /metrics, which asks for no key (names and traffic, no secrets): keep others "
        "out with a firewall and say --trusted-network, or bind --admin-listen to loopback",
        {{"admin_listen", to_string(*admin)}});
  }
}

}  // namespace balancer::gateway
