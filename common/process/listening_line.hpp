// The one line that each program prints on standard output once it serves: scripts read the ports from it.
#pragma once

#include <optional>
#include <string>

namespace balancer {

// Each as "HOST:PORT" or "unix:PATH"; those that do not apply are left out.
struct ListeningLine {
  std::optional<std::string> http;
  std::optional<std::string> admin;
  std::optional<std::string> grpc;
  std::optional<std::string> control_http;
};

// {"event":"listening","http":"127.0.0.1:9090",...} and a line end, flushed.
void print_listening_line(const ListeningLine& line);

}  // namespace balancer
