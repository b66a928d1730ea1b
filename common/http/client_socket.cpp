#include "common/http/client_socket.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace balancer::http {
namespace {

constexpr std::chrono::milliseconds kLinger{1'000};

// Takes `count` sent bytes off the front of `buffers`, and empty buffers with them.
void take_sent(std::span<asio::const_buffer>& buffers, std::size_t count) {
  while (!buffers.empty() && count >= buffers.front().size()) {
    count -= buffers.front().size();
    buffers = buffers.subspan(1);
  }
  if (!buffers.empty()) buffers.front() += count;
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

ClientSocket::Received ClientSocket::receive_now(asio::mutable_buffer room) {
  boost::system::error_code error;
  const std::size_t count = socket_.read_some(room, error);
  return {count, error && error != asio::error::would_block};
}

bool ClientSocket::send_now(std::span<asio::const_buffer>& buffers) {
  take_sent(buffers, 0);
  while (!buffers.empty()) {
    boost::system::error_code error;
    take_sent(buffers, socket_.write_some(buffers, error));
    if (error) return error == asio::error::would_block;
  }
  return true;
}

asio::awaitable<bool> ClientSocket::send(std::span<asio::const_buffer> buffers) {
  while (send_now(buffers)) {
    if (buffers.empty()) co_return true;
    timer_.arm_after(write_stall_timeout_);
    const auto [error] = co_await socket_.async_wait(asio::socket_base::wait_write, kAwaitTuple);
    timer_.disarm();
    if (error) break;
  }
  co_return false;
}

asio::awaitable<void> ClientSocket::linger(std::size_t drain_bytes) {
  if (!socket_.is_open()) co_return;
  boost::system::error_code ignored;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  // Closing with unread bytes would reset the connection and take the answer with it.
  limit_reading(kLinger);
  std::array<char, 4096> unread;
  for (std::size_t drained = 0; drained < drain_bytes;) {
    const Received more = received(co_await receive(asio::buffer(unread)));
    if (more.ended) break;
    drained += more.count;
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
