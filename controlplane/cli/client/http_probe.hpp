// One HTTP request, watched: what came, and when each part of it came.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "controlplane/cli/client/base_url.hpp"

namespace balancer::controlplane::cli {

using Milliseconds = std::chrono::milliseconds;
using HeaderLines = std::vector<std::pair<std::string, std::string>>;

struct ProbeRequest {
  std::string method = "GET";
  // Behind the base URL's prefix.
  std::string path = "/";
  HeaderLines headers;
  std::string body;
};

// How far a request got that got no whole answer.
enum class ProbeStage { kNameLookup, kConnect, kTls, kRequest, kHead, kBody };

struct ProbeFailure {
  ProbeStage stage = ProbeStage::kConnect;
  // The time was over, rather than that something went wrong.
  bool timed_out = false;
  std::string reason;
};

// So much of the body was there at this time, counted from when the request began.
struct Arrival {
  std::size_t body_size = 0;
  Milliseconds at{0};
};

struct ProbeAnswer {
  // 0 while there is no head.
  int status = 0;
  HeaderLines headers;
  // Without its framing; as much as came.
  std::string body;
  std::vector<Arrival> arrivals;
  Milliseconds connected_at{0};
  Milliseconds head_at{0};
  Milliseconds ended_at{0};
  std::optional<ProbeFailure> failure;

  // The first of that name, whatever its letter case; empty when there is none.
  [[nodiscard]] std::string_view header(std::string_view name) const;
};

struct ProbeLimits {
  // For the lookup, the connection and TLS together.
  Milliseconds connect{5'000};
  // From the first moment to the last.
  Milliseconds total{30'000};
};

// Asks once, on a connection of its own, and returns when the answer is complete, broken or late. Redirects are not
// followed. Servers' certificates are checked against the system's authorities, and against those in `ca_file` unless
// that is empty.
class HttpProbe {
 public:
  HttpProbe(BaseUrl server, std::string ca_file) : server_(std::move(server)), ca_file_(std::move(ca_file)) {}

  [[nodiscard]] ProbeAnswer ask(const ProbeRequest& request, ProbeLimits limits) const;

 private:
  BaseUrl server_;
  std::string ca_file_;
};

}  // namespace balancer::controlplane::cli
