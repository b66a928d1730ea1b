// Where a program listens, or where it connects to, as people write it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "common/error/error.hpp"

namespace balancer {

struct TcpAddress {
  // A host name or an IP address; an IPv6 address without brackets.
  std::string host;
  // 0 asks the system for a free port.
  std::uint16_t port = 0;

  friend bool operator==(const TcpAddress&, const TcpAddress&) = default;
};

struct UnixAddress {
  std::string path;

  friend bool operator==(const UnixAddress&, const UnixAddress&) = default;
};

using ListenAddress = std::variant<TcpAddress, UnixAddress>;

// "HOST:PORT", "[IPV6]:PORT" or "unix:PATH". The message says which part is wrong. Looks up no names.
[[nodiscard]] Result<ListenAddress> parse_listen_address(std::string_view text);

// What parse_listen_address reads back; also a gRPC target.
[[nodiscard]] std::string to_string(const ListenAddress& address);

// True if only this machine can connect: a Unix socket, "localhost", 127.0.0.0/8 or ::1. False for every other name.
[[nodiscard]] bool is_loopback(const ListenAddress& address);

}  // namespace balancer
