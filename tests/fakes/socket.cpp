#include "tests/fakes/socket.hpp"

#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace balancer::fakes {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

int poll_timeout(TimePoint deadline) {
  if (deadline == TimePoint::max()) return -1;
  const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 1'000'000));
}

// False when the deadline passed with nothing ready.
bool poll_until(std::array<pollfd, 3>& descriptors, TimePoint deadline) {
  while (true) {
    const int ready = ::poll(descriptors.data(), descriptors.size(), poll_timeout(deadline));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) throw std::system_error(errno, std::generic_category(), "poll");
    if (ready == 0 && deadline != TimePoint::max() && steady_clock::now() >= deadline) return false;
  }
}

pollfd watch(const Latch* latch) { return {latch == nullptr ? -1 : latch->descriptor(), POLLIN, 0}; }

bool would_block() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

}  // namespace

Socket::Socket(int descriptor) : descriptor_(descriptor) {
  const int on = 1;
  ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

Socket::Socket(Socket&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), tls_(std::move(other.tls_)) {}

Socket& Socket::operator=(Socket&& other) noexcept {
  if (this != &other) {
    close();
    descriptor_ = std::exchange(other.descriptor_, -1);
    tls_ = std::move(other.tls_);
  }
  return *this;
}

Socket::~Socket() { close(); }

Socket Socket::connect(std::uint16_t port, TimePoint deadline) {
  const auto fail = [port](int error) -> ConversationError {
    return ConversationError("connect to 127.0.0.1:" + std::to_string(port) + ": " + std::strerror(error));
  };
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) throw fail(errno);
  Socket socket(descriptor);

  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    if (errno != EINPROGRESS) throw fail(errno);
    if (socket.wait_ready(POLLOUT, {deadline, nullptr}) == IoStatus::kTimedOut) throw fail(ETIMEDOUT);
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) throw fail(error);
  }
  return socket;
}

IoStatus Socket::accept_tls(const TlsIdentity& identity, const WaitLimits& limits) {
  tls_ = TlsSession::server(descriptor_, identity);
  return shake_hands(limits);
}

IoStatus Socket::start_tls(const TlsTrust& trust, const WaitLimits& limits) {
  tls_ = TlsSession::client(descriptor_, trust);
  return shake_hands(limits);
}

IoStatus Socket::shake_hands(const WaitLimits& limits) {
  while (true) {
    const TlsSession::Step step = tls_->handshake();
    if (step.progress == TlsSession::Progress::kDone) return IoStatus::kReady;
    const IoStatus status = after(step.progress, limits);
    if (status != IoStatus::kReady) return status;
  }
}

ReadResult Socket::read_some(const WaitLimits& limits) {
  std::array<char, 64 * 1024> buffer;
  while (true) {
    IoStatus status = IoStatus::kReady;
    if (tls_) {
      const TlsSession::Step step = tls_->read(buffer.data(), buffer.size());
      if (step.progress == TlsSession::Progress::kDone) {
        return {IoStatus::kReady, std::string(buffer.data(), step.bytes)};
      }
      status = after(step.progress, limits);
    } else {
      const ssize_t received = ::recv(descriptor_, buffer.data(), buffer.size(), 0);
      if (received > 0) {
        return {IoStatus::kReady, std::string(buffer.data(), static_cast<std::size_t>(received))};
      }
      if (received == 0) return {IoStatus::kClosed, ""};
      if (!would_block()) return {IoStatus::kReset, ""};
      status = wait_ready(POLLIN, limits);
    }
    if (status != IoStatus::kReady) return {status, ""};
  }
}

IoStatus Socket::write_all(std::string_view bytes, const WaitLimits& limits) {
  while (!bytes.empty()) {
    IoStatus status = IoStatus::kReady;
    if (tls_) {
      const TlsSession::Step step = tls_->write(bytes);
      if (step.progress == TlsSession::Progress::kDone) {
        bytes.remove_prefix(step.bytes);
      } else {
        status = after(step.progress, limits);
      }
    } else {
      const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent >= 0) {
        bytes.remove_prefix(static_cast<std::size_t>(sent));
      } else if (would_block()) {
        status = wait_ready(POLLOUT, limits);
      } else {
        status = IoStatus::kReset;
      }
    }
    if (status != IoStatus::kReady) return status;
  }
  return IoStatus::kReady;
}

IoStatus Socket::wait_for(const Latch* latch, const WaitLimits& limits) const {
  std::array<pollfd, 3> descriptors{watch(limits.stop), watch(latch), pollfd{descriptor_, POLLRDHUP, 0}};
  if (!poll_until(descriptors, limits.deadline)) return IoStatus::kTimedOut;
  if (descriptors[0].revents != 0) return IoStatus::kStopped;
  if (descriptors[1].revents != 0) return IoStatus::kReady;
  return (descriptors[2].revents & POLLERR) != 0 ? IoStatus::kReset : IoStatus::kClosed;
}

IoStatus Socket::wait_ready(short events, const WaitLimits& limits) const {
  std::array<pollfd, 3> descriptors{watch(limits.stop), watch(nullptr), pollfd{descriptor_, events, 0}};
  if (!poll_until(descriptors, limits.deadline)) return IoStatus::kTimedOut;
  return descriptors[0].revents != 0 ? IoStatus::kStopped : IoStatus::kReady;
}

IoStatus Socket::after(TlsSession::Progress progress, const WaitLimits& limits) const {
  switch (progress) {
    case TlsSession::Progress::kWantsRead:
      return wait_ready(POLLIN, limits);
    case TlsSession::Progress::kWantsWrite:
      return wait_ready(POLLOUT, limits);
    case TlsSession::Progress::kClosed:
      return IoStatus::kClosed;
    default:
      return IoStatus::kReset;
  }
}

void Socket::close() {
  if (descriptor_ < 0) return;
  if (tls_) tls_->notify_close();
  tls_.reset();
  ::close(std::exchange(descriptor_, -1));
}

void Socket::reset() {
  if (descriptor_ < 0) return;
  // RST overtakes what is still queued here; a peer that never reads does not hold the test up.
  const TimePoint give_up = steady_clock::now() + std::chrono::seconds(2);
  int unsent = 0;
  while (::ioctl(descriptor_, SIOCOUTQ, &unsent) == 0 && unsent > 0 && steady_clock::now() < give_up) {
    ::poll(nullptr, 0, 1);
  }
  const linger at_once{1, 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  tls_.reset();
  ::close(std::exchange(descriptor_, -1));
}

}  // namespace balancer::fakes
