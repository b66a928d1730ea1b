// A collector that refuses connections until it is opened, on the same port.
#pragma once

#include <cstdint>
#include <thread>

#include "tests/fakes/latch.hpp"
#include "tests/fakes/socket.hpp"

namespace balancer::tracing {

// Serves one connection and takes whatever it is sent.
class LateCollector {
 public:
  LateCollector();
  ~LateCollector();
  LateCollector(const LateCollector&) = delete;
  LateCollector& operator=(const LateCollector&) = delete;

  // To be called once.
  void open();
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  void serve();
  [[nodiscard]] bool serve_one(fakes::Socket& socket);

  fakes::Latch stop_;
  std::uint16_t port_ = 0;
  int listener_;
  std::thread thread_;
};

}  // namespace balancer::tracing
