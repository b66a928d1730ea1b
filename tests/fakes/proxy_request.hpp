// What clients say to a forward proxy, read and answered in either protocol.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tests/fakes/socket.hpp"

namespace balancer::fakes {

struct ProxyCredentials {
  std::string user;
  std::string password;
  friend bool operator==(const ProxyCredentials&, const ProxyCredentials&) = default;
};

// One tunnel that a client asked for.
struct RequestedTunnel {
  // Empty when the client did not get as far as naming it.
  std::string host;
  std::uint16_t port = 0;
  // What the client showed, if anything.
  std::optional<ProxyCredentials> credentials;
  // All that the client said to the proxy, byte for byte.
  std::string raw;
  // Whether it was let through and its target answered.
  bool opened = false;
};

struct ProxyRequest {
  RequestedTunnel tunnel;
  // What the client sent behind the request without waiting: already the target's.
  std::string early_bytes;
};

enum class ProxyVerdict { kOpened, kBadCredentials, kRefused, kUnreachable };

// An HTTP CONNECT; nothing when the client left or spoke no HTTP.
[[nodiscard]] std::optional<ProxyRequest> read_connect_request(Socket& client, const WaitLimits& limits);
[[nodiscard]] std::string connect_answer(ProxyVerdict verdict);

// SOCKS5 (RFC 1928, 1929). The method is settled and the password judged on the way, as the protocol wants it; a client
// that fails there has been told, and is returned without a host.
[[nodiscard]] std::optional<ProxyRequest> read_socks5_request(Socket& client,
                                                              const std::optional<ProxyCredentials>& required,
                                                              const WaitLimits& limits);
[[nodiscard]] std::string socks5_answer(ProxyVerdict verdict);

}  // namespace balancer::fakes
