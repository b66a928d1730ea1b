#include "common/process/listening_line.hpp"

#include <cstdio>
#include <nlohmann/json.hpp>

namespace balancer {

void print_listening_line(const ListeningLine& line) {
  nlohmann::ordered_json json{{"event", "listening"}};
  if (line.http) json["http"] = *line.http;
  if (line.admin) json["admin"] = *line.admin;
  if (line.grpc) json["grpc"] = *line.grpc;
  if (line.control_http) json["control_http"] = *line.control_http;
  const std::string text = json.dump() + "\n";
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

}  // namespace balancer
