// What the control plane answers over HTTP beside its metrics and its page: the probes of whoever supervises it, and its
// name.
#pragma once

#include <string>
#include <string_view>

namespace balancer::controlplane {

struct ControlAnswer {
  int status = 200;
  // JSON.
  std::string body;
  // Value of the Allow field; empty for none.
  std::string_view allow;
};

enum class Readiness { kReady, kNotReady };

// GET and HEAD of:
//   /        name and version
//   /livez   200 while the process runs
//   /readyz  200 while gateways are served, else 503
// `path` is canonical: decoded, without query.
[[nodiscard]] ControlAnswer answer_control_request(std::string_view method, std::string_view path,
                                                   Readiness readiness, std::string_view request_id);

}  // namespace balancer::controlplane
