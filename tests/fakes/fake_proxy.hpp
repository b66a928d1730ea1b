// A forward proxy (HTTP CONNECT or SOCKS5) that remembers where it was asked to go and leads there, or elsewhere.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <gtest/gtest.h>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "tests/fakes/loopback_server.hpp"
#include "tests/fakes/proxy_request.hpp"

namespace balancer::fakes {

// Listens on a loopback port of its own. Any method may be called from any thread.
class FakeProxy {
 public:
  enum class Protocol { kHttpConnect, kSocks5 };

  explicit FakeProxy(Protocol protocol);
  ~FakeProxy();
  FakeProxy(const FakeProxy&) = delete;
  FakeProxy& operator=(const FakeProxy&) = delete;

  // Tunnels to `host`, whatever port was asked for, end at this loopback port. Hosts that were not mapped are taken to
  // be on loopback, at the port asked for: the proxy resolves nothing.
  void map(std::string host, std::uint16_t port);
  // Refuses clients that do not show these: 407, or SOCKS5 authentication failure.
  void require(ProxyCredentials credentials);
  // Answers every tunnel with 403, or SOCKS5 "not allowed".
  void refuse_all();

  [[nodiscard]] std::uint16_t port() const { return server_->port(); }
  // "http://127.0.0.1:PORT" or "socks5://127.0.0.1:PORT".
  [[nodiscard]] std::string url() const;
  [[nodiscard]] std::vector<RequestedTunnel> tunnels() const;
  [[nodiscard]] testing::AssertionResult wait_for_tunnels(
      std::size_t count, std::chrono::milliseconds within = std::chrono::seconds(10)) const;

 private:
  void serve(Socket client, const Latch& stop);
  // Whether this tunnel may be opened: kOpened, or why not.
  ProxyVerdict judge(const RequestedTunnel& tunnel) const;
  // Nothing when nobody listens there.
  std::optional<Socket> open(const RequestedTunnel& tunnel) const;
  void record(RequestedTunnel tunnel);
  [[nodiscard]] std::optional<ProxyCredentials> required() const;

  const Protocol protocol_;

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::map<std::string, std::uint16_t> mapped_;
  std::optional<ProxyCredentials> required_;
  bool refuse_all_ = false;
  std::vector<RequestedTunnel> tunnels_;

  // Last: its threads use everything above.
  std::optional<LoopbackServer> server_;
};

}  // namespace balancer::fakes
