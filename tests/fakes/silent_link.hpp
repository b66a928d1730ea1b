// A network between two programs that can fall silent: what a cable that was pulled looks like from both its ends.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "tests/fakes/latch.hpp"
#include "tests/fakes/loopback_server.hpp"

namespace balancer::fakes {

// Hands on TCP connections in both directions, each with a connection of its own to the far end. Thread-safe.
class SilentLink {
 public:
  SilentLink();

  // Where connections to port() lead from now on; until then they are closed at once.
  void lead_to(std::uint16_t far_port) { far_port_ = far_port; }
  [[nodiscard]] std::uint16_t port() const { return server_.port(); }

  // Nothing passes any more, and neither end is told: connections stay open, and new ones are taken and lead nowhere.
  void fall_silent();
  // What was held back passes, in its order, and so does everything after it.
  void heal();

  // Connections that were ever made to port().
  [[nodiscard]] std::size_t connection_count() const { return server_.accepted(); }
  // Whether these bytes came from the far end, on whichever connection.
  [[nodiscard]] bool has_answered_with(std::string_view bytes) const;

 private:
  struct Condition {
    bool silent = false;
    // Released when this is no longer the condition.
    std::shared_ptr<Latch> changed = std::make_shared<Latch>();
  };

  void change_to(bool silent);
  [[nodiscard]] Condition condition() const;
  // False once the link is taken down.
  [[nodiscard]] bool wait_while_silent(const Latch& stop) const;
  void hand_on(Socket near, const Latch& stop);
  // Nothing where there is nobody.
  [[nodiscard]] std::unique_ptr<Socket> reach_far_end() const;
  // Nothing, or false, at the end of a connection and when `stop` is released.
  [[nodiscard]] static std::optional<std::string> read_some(Socket& from, const Latch& stop);
  [[nodiscard]] static bool write(Socket& to, std::string_view bytes, const Latch& stop);
  void remember(std::string_view answer);

  std::atomic<std::uint16_t> far_port_ = 0;
  mutable std::mutex mutex_;
  Condition condition_;
  std::string answered_;
  // Last: its threads use everything above.
  LoopbackServer server_;
};

}  // namespace balancer::fakes
