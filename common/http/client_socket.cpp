#include "common/http/client_socket.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <tuple>
#include <utility>

namespace balancer::http {
namespace {

constexpr std::chrono::milliseconds kLinger{1'000};

// Takes `count` sent bytes off the front of `buffers`; returns what is left of them.
std::span<asio::const_buffer> without_sent(std::span<asio::const_buffer> buffers, std::size_t count) {
  while (!buffers.empty() && count >= buffers.front().size()) {
    count -= buffers.front().size();
    buffers = buffers.subspan(1);
  }
  if (!buffers.empty()) buffers.front() += count;
  return buffers;
}

}  // namespace

ClientSocket::ClientSocket(asio::ip::tcp::socket socket, TimerWheel& wheel,
                           std::chrono::milliseconds write_stall_timeout)
    : socket_(std::move(socket)), write_stall_timeout_(write_stall_timeout), timer_(wheel, [this] {
        timed_out_ = true;
        cancel();
      }) {
  boost::system::error_code ignored;
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  socket_.non_blocking(true, ignored);
}

void ClientSocket::limit_reading(std::chrono::milliseconds limit) {
  timed_out_ = false;
  timer_.arm_after(limit);
}

asio::awaitable<ClientSocket::Received> ClientSocket::receive(asio::mutable_buffer room) {
  const auto [error, count] = co_await socket_.async_read_some(room, kAwaitTuple);
  const Received received{count, error || timed_out_};
  co_return received;
}

ClientSocket::Received ClientSocket::receive_now(asio::mutable_buffer room) {
  boost::system::error_code error;
  const std::size_t count = socket_.read_some(room, error);
  return {count, error && error != asio::error::would_block};
}

asio::awaitable<bool> ClientSocket::send(std::vector<asio::const_buffer> buffers) {
  for (std::span<asio::const_buffer> rest = without_sent(buffers, 0); !rest.empty();) {
    boost::system::error_code error;
    // Nearly always taken at once; waiting is for clients slower than the provider.
    const std::size_t count = socket_.write_some(rest, error);
    rest = without_sent(rest, count);
    if (error == asio::error::would_block) {
      timer_.arm_after(write_stall_timeout_);
      std::tie(error) = co_await socket_.async_wait(asio::socket_base::wait_write, kAwaitTuple);
      timer_.disarm();
    }
    if (error) co_return false;
  }
  co_return true;
}

std::size_t ClientSocket::send_now(asio::const_buffer bytes) {
  boost::system::error_code error;
  return socket_.write_some(bytes, error);
}

asio::awaitable<void> ClientSocket::linger(std::size_t drain_bytes) {
  if (!socket_.is_open()) co_return;
  boost::system::error_code ignored;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  // Closing with unread bytes would reset the connection and take the answer with it.
  limit_reading(kLinger);
  std::array<char, 4096> unread;
  for (std::size_t drained = 0; drained < drain_bytes;) {
    const Received received = co_await receive(asio::buffer(unread));
    if (received.ended) break;
    drained += received.count;
  }
  unlimit_reading();
}

void ClientSocket::cancel() {
  boost::system::error_code ignored;
  socket_.cancel(ignored);
}

void ClientSocket::close() {
  boost::system::error_code ignored;
  socket_.close(ignored);
}

}  // namespace balancer::http
