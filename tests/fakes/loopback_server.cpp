#include "tests/fakes/loopback_server.hpp"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <list>
#include <memory>
#include <system_error>
#include <utility>

namespace balancer::fakes {
namespace {

struct Conversation {
  std::atomic<bool> finished = false;
  std::thread thread;
};

int listen_on_loopback(std::uint16_t& port) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (listener < 0 || ::bind(listener, generic, size) != 0 || ::listen(listener, SOMAXCONN) != 0 ||
      ::getsockname(listener, generic, &size) != 0) {
    throw std::system_error(errno, std::generic_category(), "listen on 127.0.0.1");
  }
  port = ntohs(address.sin_port);
  return listener;
}

void join_finished(std::list<Conversation>& conversations) {
  conversations.remove_if([](Conversation& conversation) {
    if (!conversation.finished) return false;
    conversation.thread.join();
    return true;
  });
}

}  // namespace

LoopbackServer::LoopbackServer(Serve serve)
    : serve_(std::move(serve)), listener_(listen_on_loopback(port_)), acceptor_([this] { accept_connections(); }) {}

LoopbackServer::~LoopbackServer() {
  stop_.release();
  acceptor_.join();
  ::close(listener_);
}

void LoopbackServer::accept_connections() {
  std::list<Conversation> conversations;
  while (true) {
    std::array<pollfd, 2> descriptors{pollfd{stop_.descriptor(), POLLIN, 0}, pollfd{listener_, POLLIN, 0}};
    if (::poll(descriptors.data(), descriptors.size(), -1) < 0) continue;
    if (descriptors[0].revents != 0) break;
    join_finished(conversations);

    const int descriptor = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor < 0) {
      // Out of descriptors: the connection stays queued, so wait a moment instead of spinning.
      if (errno == EMFILE || errno == ENFILE) ::poll(descriptors.data(), 1, 10);
      continue;
    }
    ++accepted_;
    Conversation& conversation = conversations.emplace_back();
    conversation.thread = std::thread([this, descriptor, &conversation] {
      serve_(Socket(descriptor), stop_);
      conversation.finished = true;
    });
  }
  for (Conversation& conversation : conversations) conversation.thread.join();
}

}  // namespace balancer::fakes
