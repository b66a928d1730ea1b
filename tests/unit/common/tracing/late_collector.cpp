#include "tests/unit/common/tracing/late_collector.hpp"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "tests/fakes/message_reader.hpp"

namespace balancer::tracing {

using fakes::IoStatus;
using fakes::MessageReader;

LateCollector::LateCollector() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (listener_ < 0 || ::bind(listener_, generic, size) != 0 || ::getsockname(listener_, generic, &size) != 0) {
    throw std::system_error(errno, std::generic_category(), "bind to 127.0.0.1");
  }
  port_ = ntohs(address.sin_port);
}

LateCollector::~LateCollector() {
  stop_.release();
  if (thread_.joinable()) thread_.join();
  ::close(listener_);
}

void LateCollector::open() {
  if (::listen(listener_, SOMAXCONN) != 0) throw std::system_error(errno, std::generic_category(), "listen");
  thread_ = std::thread([this] { serve(); });
}

void LateCollector::serve() {
  std::array<pollfd, 2> awaited{pollfd{listener_, POLLIN, 0}, pollfd{stop_.descriptor(), POLLIN, 0}};
  ::poll(awaited.data(), awaited.size(), -1);
  const int accepted = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (accepted < 0) return;
  fakes::Socket socket(accepted);
  while (serve_one(socket)) continue;
}

bool LateCollector::serve_one(fakes::Socket& socket) {
  const fakes::WaitLimits limits{fakes::TimePoint::max(), &stop_};
  MessageReader reader(socket);
  const MessageReader::Head head = reader.read_head(limits);
  if (head.status != MessageReader::Status::kMore) return false;
  reader.begin_body(fakes::BodyKind::kLength, std::stoul(head.head.fields.value("content-length").value_or("0")));
  MessageReader::Status status = MessageReader::Status::kMore;
  while (status == MessageReader::Status::kMore) status = reader.read_body(limits).status;
  if (status != MessageReader::Status::kEnd) return false;
  return socket.write_all("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", limits) == IoStatus::kReady;
}

}  // namespace balancer::tracing
