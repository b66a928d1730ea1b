#include "tests/fakes/fake_proxy.hpp"

#include <poll.h>

#include <array>
#include <utility>

namespace balancer::fakes {
namespace {

// Carries bytes both ways until either side ends the connection.
void pump(Socket& client, Socket& target, const Latch& stop) {
  const WaitLimits limits{TimePoint::max(), &stop};
  while (true) {
    std::array<pollfd, 3> descriptors{pollfd{stop.descriptor(), POLLIN, 0}, pollfd{client.descriptor(), POLLIN, 0},
                                      pollfd{target.descriptor(), POLLIN, 0}};
    if (::poll(descriptors.data(), descriptors.size(), -1) < 0) continue;
    if (descriptors[0].revents != 0) return;
    Socket& from = descriptors[1].revents != 0 ? client : target;
    Socket& to = descriptors[1].revents != 0 ? target : client;
    const ReadResult result = from.read_some(limits);
    if (result.status == IoStatus::kReset) to.reset();
    if (result.status != IoStatus::kReady || to.write_all(result.bytes, limits) != IoStatus::kReady) return;
  }
}

}  // namespace

FakeProxy::FakeProxy(Protocol protocol) : protocol_(protocol) {
  server_.emplace([this](Socket client, const Latch& stop) { serve(std::move(client), stop); });
}

FakeProxy::~FakeProxy() = default;

void FakeProxy::map(std::string host, std::uint16_t port) {
  const std::lock_guard lock(mutex_);
  mapped_[std::move(host)] = port;
}

void FakeProxy::require(ProxyCredentials credentials) {
  const std::lock_guard lock(mutex_);
  required_ = std::move(credentials);
}

void FakeProxy::refuse_all() {
  const std::lock_guard lock(mutex_);
  refuse_all_ = true;
}

std::string FakeProxy::url() const {
  return (protocol_ == Protocol::kSocks5 ? "socks5://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(port());
}

std::vector<RequestedTunnel> FakeProxy::tunnels() const {
  const std::lock_guard lock(mutex_);
  return tunnels_;
}

testing::AssertionResult FakeProxy::wait_for_tunnels(std::size_t count, std::chrono::milliseconds within) const {
  std::unique_lock lock(mutex_);
  if (changed_.wait_for(lock, within, [&] { return tunnels_.size() >= count; })) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "saw " << tunnels_.size() << " of " << count << " tunnels within "
                                     << within.count() << " ms";
}

std::optional<ProxyCredentials> FakeProxy::required() const {
  const std::lock_guard lock(mutex_);
  return required_;
}

void FakeProxy::serve(Socket client, const Latch& stop) {
  const WaitLimits limits{TimePoint::max(), &stop};
  const bool socks5 = protocol_ == Protocol::kSocks5;
  std::optional<ProxyRequest> request =
      socks5 ? read_socks5_request(client, required(), limits) : read_connect_request(client, limits);
  if (!request) return;

  ProxyVerdict verdict = judge(request->tunnel);
  std::optional<Socket> target;
  if (verdict == ProxyVerdict::kOpened) {
    target = open(request->tunnel);
    if (!target) verdict = ProxyVerdict::kUnreachable;
  }
  request->tunnel.opened = target.has_value();
  record(std::move(request->tunnel));

  const std::string answer = socks5 ? socks5_answer(verdict) : connect_answer(verdict);
  if (client.write_all(answer, limits) != IoStatus::kReady || !target) return;
  if (target->write_all(request->early_bytes, limits) == IoStatus::kReady) pump(client, *target, stop);
}

ProxyVerdict FakeProxy::judge(const RequestedTunnel& tunnel) const {
  const std::lock_guard lock(mutex_);
  if (required_ && tunnel.credentials != required_) return ProxyVerdict::kBadCredentials;
  return refuse_all_ || tunnel.host.empty() ? ProxyVerdict::kRefused : ProxyVerdict::kOpened;
}

std::optional<Socket> FakeProxy::open(const RequestedTunnel& tunnel) const {
  std::uint16_t port = tunnel.port;
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = mapped_.find(tunnel.host); found != mapped_.end()) port = found->second;
  }
  try {
    return Socket::connect(port, std::chrono::steady_clock::now() + std::chrono::seconds(10));
  } catch (const ConversationError&) {
    return std::nullopt;
  }
}

void FakeProxy::record(RequestedTunnel tunnel) {
  const std::lock_guard lock(mutex_);
  tunnels_.push_back(std::move(tunnel));
  changed_.notify_all();
}

}  // namespace balancer::fakes
