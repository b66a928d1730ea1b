// Loopback sockets for the load run's own programs. Every failure throws std::system_error: a load run without
// its sockets cannot go on.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace balancer::bench {

// A socket or epoll descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int value = -1) : value_(value) {}
  Descriptor(Descriptor&& other) noexcept : value_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor();

  [[nodiscard]] int get() const { return value_; }

 private:
  int release();

  int value_;
};

// "127.0.0.1:0" -> a non-blocking listening socket. IPv4 literals only.
[[nodiscard]] Descriptor listen_on(std::string_view address);
// Connected and non-blocking, TCP_NODELAY set.
[[nodiscard]] Descriptor connect_to(std::string_view address);
// The next waiting connection, non-blocking, TCP_NODELAY set; -1 if none waits.
[[nodiscard]] Descriptor accept_from(const Descriptor& listener);
// "127.0.0.1:41234"
[[nodiscard]] std::string bound_address(const Descriptor& listener);

[[nodiscard]] Descriptor make_epoll();
// Watches for reading or, if `events` says so, more; replaces what was watched before.
void watch(const Descriptor& epoll, int descriptor, std::uint32_t events);

}  // namespace balancer::bench
