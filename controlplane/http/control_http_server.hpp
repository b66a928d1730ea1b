// Serves control_answer.hpp, the metrics and the live page over HTTP, on a thread of its own. Read-only: nothing can be
// changed here.
#pragma once

#include <memory>
#include <string>

#include "common/error/error.hpp"
#include "common/net/listen_address.hpp"
#include "controlplane/http/control_answer.hpp"
#include "controlplane/http/control_site.hpp"

namespace balancer::controlplane {

// Thread-safe.
class ControlHttpServer {
 public:
  // Serves when it returns; says kNotReady until told otherwise.
  [[nodiscard]] static Result<std::unique_ptr<ControlHttpServer>> start(const TcpAddress& address, ControlSite site);
  // Closes every connection.
  ~ControlHttpServer();
  ControlHttpServer(const ControlHttpServer&) = delete;
  ControlHttpServer& operator=(const ControlHttpServer&) = delete;

  // With the port that it got.
  [[nodiscard]] TcpAddress bound() const;

  void set_readiness(Readiness readiness);

 private:
  class Loop;
  explicit ControlHttpServer(std::unique_ptr<Loop> loop);

  std::unique_ptr<Loop> loop_;
};

}  // namespace balancer::controlplane
