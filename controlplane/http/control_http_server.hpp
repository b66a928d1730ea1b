// Serves control_answer.hpp and the metrics over HTTP, on a thread of its own.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "common/error/error.hpp"
#include "common/net/listen_address.hpp"
#include "controlplane/http/control_answer.hpp"

namespace balancer::controlplane {

// Thread-safe.
class ControlHttpServer {
 public:
  // The text exposition format, as it is now. Called on the server's thread.
  using Metrics = std::function<std::string()>;

  // Serves when it returns; says kNotReady until told otherwise.
  [[nodiscard]] static Result<std::unique_ptr<ControlHttpServer>> start(const TcpAddress& address, Metrics metrics);
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
