#include "tests/bench/bench_socket.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace balancer::bench {
namespace {

int checked(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
  return result;
}

sockaddr_in parse_address(std::string_view address) {
  const auto colon = address.rfind(':');
  sockaddr_in parsed{};
  parsed.sin_family = AF_INET;
  std::uint16_t port = 0;
  const bool port_is_good =
      colon != std::string_view::npos &&
      std::from_chars(address.data() + colon + 1, address.data() + address.size(), port).ec == std::errc{};
  if (!port_is_good || inet_pton(AF_INET, std::string(address.substr(0, colon)).c_str(), &parsed.sin_addr) != 1) {
    throw std::invalid_argument("not an IPv4 HOST:PORT: " + std::string(address));
  }
  parsed.sin_port = htons(port);
  return parsed;
}

void send_at_once(int socket) {
  const int on = 1;
  checked(setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on), "TCP_NODELAY");
}

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) {
    if (value_ >= 0) close(value_);
    value_ = other.release();
  }
  return *this;
}

Descriptor::~Descriptor() {
  if (value_ >= 0) close(value_);
}

int Descriptor::release() { return std::exchange(value_, -1); }

Descriptor listen_on(std::string_view address) {
  const sockaddr_in where = parse_address(address);
  Descriptor listener(checked(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket"));
  const int on = 1;
  checked(setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), "SO_REUSEADDR");
  checked(bind(listener.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where), "bind");
  checked(listen(listener.get(), SOMAXCONN), "listen");
  return listener;
}

Descriptor connect_to(std::string_view address) {
  const sockaddr_in where = parse_address(address);
  Descriptor connection(checked(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"));
  checked(connect(connection.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where), "connect");
  send_at_once(connection.get());
  const int on = 1;
  checked(ioctl(connection.get(), FIONBIO, &on), "FIONBIO");
  return connection;
}

Descriptor accept_from(const Descriptor& listener) {
  Descriptor connection(accept4(listener.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (connection.get() >= 0) send_at_once(connection.get());
  return connection;
}

std::string bound_address(const Descriptor& listener) {
  sockaddr_in where{};
  socklen_t size = sizeof where;
  checked(getsockname(listener.get(), reinterpret_cast<sockaddr*>(&where), &size), "getsockname");
  char host[INET_ADDRSTRLEN];
  inet_ntop(AF_INET, &where.sin_addr, host, sizeof host);
  return std::string(host) + ":" + std::to_string(ntohs(where.sin_port));
}

Descriptor make_epoll() { return Descriptor(checked(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")); }

void watch(const Descriptor& epoll, int descriptor, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.fd = descriptor;
  if (epoll_ctl(epoll.get(), EPOLL_CTL_MOD, descriptor, &event) == 0) return;
  checked(epoll_ctl(epoll.get(), EPOLL_CTL_ADD, descriptor, &event), "epoll_ctl");
}

}  // namespace balancer::bench
