// The flags and environment variables of balancer, the program that is gateway and control plane in one.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <variant>

#include "common/net/listen_address.hpp"
#include "common/process/exit_status.hpp"

namespace balancer::standalone {

struct StandaloneCommandLine {
  std::filesystem::path config_file;
  // Nothing: settings.host and settings.port of the configuration.
  std::optional<TcpAddress> listen;
  // Nothing: the default address if it is free.
  std::optional<ListenAddress> grpc_listen;
  std::optional<TcpAddress> control_http_listen;
  unsigned threads = 0;
};

inline const ListenAddress kDefaultGrpcListen = TcpAddress{"127.0.0.1", 9091};
inline const TcpAddress kDefaultControlHttpListen{"127.0.0.1", 9092};

// A flag overrides the environment (BALANCER_CONFIG, BALANCER_LISTEN, BALANCER_GRPC_LISTEN, BALANCER_HTTP_LISTEN,
// BALANCER_THREADS), which overrides the default.
[[nodiscard]] std::variant<StandaloneCommandLine, EarlyExit> parse_command_line(int argc, const char* const* argv);

}  // namespace balancer::standalone
