#include "tests/fakes/unreachable_port.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace balancer::fakes {
namespace {

int bind_to_loopback(std::uint16_t& port) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (descriptor < 0 || ::bind(descriptor, generic, size) != 0 || ::getsockname(descriptor, generic, &size) != 0) {
    throw std::system_error(errno, std::generic_category(), "bind to 127.0.0.1");
  }
  port = ntohs(address.sin_port);
  return descriptor;
}

}  // namespace

RefusingPort::RefusingPort() : descriptor_(bind_to_loopback(port_)) {}

RefusingPort::~RefusingPort() { ::close(descriptor_); }

SilentPort::SilentPort() : descriptor_(bind_to_loopback(port_)) {
  ::listen(descriptor_, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port_);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  // Linux queues one more than the backlog; a few spare attempts fill whatever it rounds up to.
  for (int i = 0; i < 4; ++i) {
    const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) throw std::system_error(errno, std::generic_category(), "socket");
    queued_.push_back(descriptor);
    ::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  }
}

SilentPort::~SilentPort() {
  for (const int descriptor : queued_) ::close(descriptor);
  ::close(descriptor_);
}

}  // namespace balancer::fakes
