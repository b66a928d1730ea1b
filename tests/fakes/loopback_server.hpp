// Accepts connections on a free loopback port and gives each a thread: what every fake server stands on.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <thread>

#include "tests/fakes/latch.hpp"
#include "tests/fakes/socket.hpp"

namespace balancer::fakes {

class LoopbackServer {
 public:
  // Called on a thread of its own for each connection; must return soon once `stop` is released.
  using Serve = std::function<void(Socket socket, const Latch& stop)>;

  // Listens before it returns, so that port() can be handed out at once.
  explicit LoopbackServer(Serve serve);
  // Stops every conversation and waits for its thread.
  ~LoopbackServer();
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::size_t accepted() const { return accepted_; }

 private:
  void accept_connections();

  Serve serve_;
  Latch stop_;
  // Written while listener_ is made, hence before it.
  std::uint16_t port_ = 0;
  int listener_;
  std::atomic<std::size_t> accepted_ = 0;
  std::thread acceptor_;
};

}  // namespace balancer::fakes
