// Addresses at which no conversation begins.
#pragma once

#include <cstdint>
#include <vector>

namespace balancer::fakes {

// Refuses every connection for as long as it lives: the port is taken, but nobody listens.
class RefusingPort {
 public:
  RefusingPort();
  ~RefusingPort();
  RefusingPort(const RefusingPort&) = delete;
  RefusingPort& operator=(const RefusingPort&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  std::uint16_t port_ = 0;
  int descriptor_;
};

// Answers no connection attempt, as a firewall that drops packets: its queue of unaccepted connections is full.
class SilentPort {
 public:
  SilentPort();
  ~SilentPort();
  SilentPort(const SilentPort&) = delete;
  SilentPort& operator=(const SilentPort&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  std::uint16_t port_ = 0;
  int descriptor_;
  std::vector<int> queued_;
};

}  // namespace balancer::fakes
