// The load run's provider: one thread, one epoll, an answer that costs next to nothing.
//
//   bench-mock-provider [--listen 127.0.0.1:0]
//
// Prints {"event":"listening","http":"HOST:PORT"} once ready. Runs until SIGTERM.
#include <sys/epoll.h>
#include <sys/socket.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <memory>
#include <queue>
#include <unordered_map>
#include <vector>

#include "tests/bench/bench_socket.hpp"
#include "tests/bench/mock_conversation.hpp"

namespace balancer::bench {
namespace {

using Clock = MockConversation::Clock;

struct Connection {
  Descriptor socket;
  MockConversation conversation;
  std::string_view unsent;
  // Tells this connection's entries in the due queue from those of an older one with the same descriptor.
  std::uint64_t serial = 0;
};

struct Due {
  Clock::time_point when;
  int descriptor;
  std::uint64_t serial;
  bool operator>(const Due& other) const { return when > other.when; }
};

class MockProvider {
 public:
  explicit MockProvider(std::string_view address) : listener_(listen_on(address)), epoll_(make_epoll()) {
    watch(epoll_, listener_.get(), EPOLLIN);
    std::printf("{\"event\":\"listening\",\"http\":\"%s\"}\n", bound_address(listener_).c_str());
    std::fflush(stdout);
  }

  [[noreturn]] void run() {
    std::array<epoll_event, 256> events;
    while (true) {
      const timespec left = time_to_next_piece();
      const int ready = epoll_pwait2(epoll_.get(), events.data(), static_cast<int>(events.size()),
                                     due_.empty() ? nullptr : &left, nullptr);
      for (int i = 0; i < ready; ++i) serve(events[static_cast<std::size_t>(i)]);
      send_what_is_due();
    }
  }

 private:
  [[nodiscard]] timespec time_to_next_piece() const {
    if (due_.empty()) return {};
    const auto wait = std::max(std::chrono::nanoseconds(0), due_.top().when - Clock::now());
    return {.tv_sec = wait.count() / 1'000'000'000, .tv_nsec = wait.count() % 1'000'000'000};
  }

  void serve(const epoll_event& event) {
    if (event.data.fd == listener_.get()) return accept_all();
    const auto found = connections_.find(event.data.fd);
    if (found == connections_.end()) return;
    Connection& connection = *found->second;
    if (event.events & EPOLLOUT) {
      watch(epoll_, event.data.fd, EPOLLIN);
      if (!send_unsent(connection)) return;
      schedule(connection);
      return;
    }
    const ssize_t size = recv(event.data.fd, buffer_.data(), buffer_.size(), 0);
    if (size < 0 && errno == EAGAIN) return;
    const bool alive = size > 0 && connection.conversation.feed({buffer_.data(), static_cast<std::size_t>(size)},
                                                                Clock::now());
    if (!alive) {
      connections_.erase(found);
    } else {
      schedule(connection);
    }
  }

  void accept_all() {
    while (true) {
      Descriptor socket = accept_from(listener_);
      if (socket.get() < 0) return;
      const int descriptor = socket.get();
      watch(epoll_, descriptor, EPOLLIN);
      connections_[descriptor] = std::make_unique<Connection>(Connection{std::move(socket), {}, {}, ++serials_});
    }
  }

  void schedule(const Connection& connection) {
    const auto when = connection.conversation.next_due();
    if (when && connection.unsent.empty()) due_.push({*when, connection.socket.get(), connection.serial});
  }

  // One piece a connection and turn, so that streams flow side by side.
  void send_what_is_due() {
    const auto now = Clock::now();
    std::vector<Connection*> sent;
    while (!due_.empty() && due_.top().when <= now) {
      const Due due = due_.top();
      due_.pop();
      const auto found = connections_.find(due.descriptor);
      if (found == connections_.end() || found->second->serial != due.serial) continue;
      found->second->unsent = found->second->conversation.take_piece(now);
      if (send_unsent(*found->second)) sent.push_back(found->second.get());
    }
    for (const Connection* connection : sent) schedule(*connection);
  }

  // True once everything is sent; otherwise EPOLLOUT is watched for, or the connection is gone.
  bool send_unsent(Connection& connection) {
    const int descriptor = connection.socket.get();
    const ssize_t size = send(descriptor, connection.unsent.data(), connection.unsent.size(), MSG_NOSIGNAL);
    if (size < 0 && errno != EAGAIN) {
      connections_.erase(descriptor);
      return false;
    }
    connection.unsent.remove_prefix(size < 0 ? 0 : static_cast<std::size_t>(size));
    if (connection.unsent.empty()) return true;
    watch(epoll_, descriptor, EPOLLIN | EPOLLOUT);
    return false;
  }

  Descriptor listener_;
  Descriptor epoll_;
  std::unordered_map<int, std::unique_ptr<Connection>> connections_;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
  std::uint64_t serials_ = 0;
  std::array<char, 256 * 1024> buffer_;
};

}  // namespace
}  // namespace balancer::bench

int main(int argc, char** argv) {
  CLI::App app{"Answers Messages and Chat Completions requests as cheaply as it can, for load runs"};
  std::string address = "127.0.0.1:0";
  app.add_option("--listen", address, "HOST:PORT");
  CLI11_PARSE(app, argc, argv);
  std::make_unique<balancer::bench::MockProvider>(address)->run();
}
