// Requests that two HTTP implementations could read in two ways, or that are none (promises.md 1.2), each with the
// status that refuses it.
#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace balancer::http {

struct BadRequest {
  std::string name;
  std::string bytes;
  int status = 400;

  friend void PrintTo(const BadRequest& request, std::ostream* out) { *out << request.name; }
};

// All of them ask for /bad. None needs more bytes to be recognized.
[[nodiscard]] std::vector<BadRequest> bad_requests();

// POST /bad with these header lines (each with its line end) behind Host, and this body.
[[nodiscard]] std::string post_with(const std::string& header_lines, const std::string& body);

}  // namespace balancer::http
