#include "controlplane/app/exposure_warnings.hpp"

#include "common/log/log.hpp"
#include "common/net/exposure.hpp"

namespace balancer::controlplane {

void warn_of_exposure(const ControlPlaneServerSettings& settings) {
  const Encryption encryption = settings.grpc_tls.certificate.empty() ? Encryption::kNone : Encryption::kTls;
  if (settings.grpc_listen && crosses_network_in_clear(*settings.grpc_listen, encryption)) {
    log::warn(
        "gRPC without TLS: whoever reaches this port gets the provider credentials and can give orders, and whoever "
        "listens on the network learns them too; give --grpc-tls-certificate, -key and -client-ca",
        {{"grpc_listen", to_string(*settings.grpc_listen)}});
  }
  const bool asks_for_no_certificate = encryption == Encryption::kTls && settings.grpc_tls.authorities.empty();
  if (settings.grpc_listen && !is_loopback(*settings.grpc_listen) && asks_for_no_certificate) {
    log::warn(
        "gRPC asks for no certificate: whoever reaches this port gets the provider credentials and can give orders; say "
        "with --grpc-tls-client-ca whose certificates gateways and operators must show",
        {{"grpc_listen", to_string(*settings.grpc_listen)}});
  }
  if (settings.http_listen && !is_loopback(*settings.http_listen) && !settings.trusted_network) {
    log::warn(
        "whoever reaches this port sees the live page and /metrics, which ask for no key (names and traffic, no "
        "secrets): keep others out with a firewall and say --trusted-network, or bind --http-listen to loopback",
        {{"http_listen", to_string(*settings.http_listen)}});
  }
}

}  // namespace balancer::controlplane
