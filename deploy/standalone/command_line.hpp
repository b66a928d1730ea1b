// The flags and environment variables of balancer, the program that is gateway and control plane in one.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <variant>

#include "common/net/listen_address.hpp"
#include "common/process/exit_status.hpp"
#include "gateway/app/gateway_settings.hpp"

namespace balancer::standalone {

struct StandaloneCommandLine {
  std::filesystem::path config_file;
  // Nothing: settings.host and settings.port of the configuration.
  std::optional<TcpAddress> listen;
  // Nothing: the default address if it is free.
  std::optional<ListenAddress> grpc_listen;
  std::optional<TcpAddress> control_http_listen;
  unsigned threads = 0;
  // Of the port for balancerctl: see ControlPlaneServerSettings.
  tls::Files grpc_tls{};
  // How much the gateway takes on at once and how it ends; nothing else is set.
  gateway::GatewaySettings serving;
  // Only who may reaches the live page's port.
  bool trusted_network = false;
};

inline const ListenAddress kDefaultGrpcListen = TcpAddress{"127.0.0.1", 9091};
inline const TcpAddress kDefaultControlHttpListen{"127.0.0.1", 9092};

// A flag overrides the environment (BALANCER_CONFIG, BALANCER_LISTEN, BALANCER_GRPC_LISTEN, BALANCER_HTTP_LISTEN,
// BALANCER_THREADS, ...), which overrides the default.
[[nodiscard]] std::variant<StandaloneCommandLine, EarlyExit> parse_command_line(int argc, const char* const* argv);

}  // namespace balancer::standalone
