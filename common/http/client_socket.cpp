#include "common/http/client_socket.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "common/tls/server_identity.hpp"

namespace balancer::http {
namespace {

using Progress = tls::ServerSession::Progress;

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

ClientSocket::~ClientSocket() = default;

asio::awaitable<bool> ClientSocket::start_tls(const tls::ServerIdentity& identity, std::chrono::milliseconds limit) {
  tls_ = identity.make_session(socket_.native_handle());
  limit_reading(limit);
  Progress progress = tls_->shake_hands().progress;
  while (progress == Progress::kWantsRead || progress == Progress::kWantsWrite) {
    const auto direction = progress == Progress::kWantsRead ? asio::socket_base::wait_read : asio::socket_base::wait_write;
    const auto [error] = co_await socket_.async_wait(direction, kAwaitTuple);
    if (error || timed_out_) co_return false;
    progress = tls_->shake_hands().progress;
  }
  unlimit_reading();
  if (progress == Progress::kDone) co_return true;
  identity.note_failure(*tls_, std::chrono::steady_clock::now());
  co_return false;
}

void ClientSocket::limit_reading(std::chrono::milliseconds limit) {
  timed_out_ = false;
  timer_.arm_after(limit);
}

ClientSocket::Received ClientSocket::receive_now(asio::mutable_buffer room) {
  if (tls_) {
    const auto [progress, size] = tls_->read(room);
    return {size, progress == Progress::kEnded};
  }
  boost::system::error_code error;
  const std::size_t count = socket_.read_some(room, error);
  return {count, error && error != asio::error::would_block};
}

void ClientSocket::receive_under_tls(asio::mutable_buffer room, OnReceived on_received) {
  const auto [progress, size] = tls_->read(room);
  if (progress == Progress::kDone || progress == Progress::kEnded) {
    const boost::system::error_code error =
        progress == Progress::kDone ? boost::system::error_code() : asio::error::make_error_code(asio::error::eof);
    asio::post(socket_.get_executor(), [on_received = std::move(on_received), error, size = size] {
      on_received(error, size);
    });
    return;
  }
  const auto direction = progress == Progress::kWantsRead ? asio::socket_base::wait_read : asio::socket_base::wait_write;
  socket_.async_wait(direction, [this, room, on_received = std::move(on_received)](boost::system::error_code error) mutable {
    if (error) return on_received(error, 0);
    receive_under_tls(room, std::move(on_received));
  });
}

bool ClientSocket::has_unread() const { return tls_ != nullptr && tls_->has_unread(); }

void ClientSocket::report_readable(std::function<void(boost::system::error_code)> on_readable) {
  asio::post(socket_.get_executor(), [on_readable = std::move(on_readable)] { on_readable({}); });
}

bool ClientSocket::send_now_under_tls(std::span<asio::const_buffer>& buffers) {
  while (!buffers.empty()) {
    const auto [progress, size] = tls_->write(buffers);
    if (progress != Progress::kDone) return progress == Progress::kWantsWrite;
    take_sent(buffers, size);
  }
  return true;
}

bool ClientSocket::send_now(std::span<asio::const_buffer>& buffers) {
  take_sent(buffers, 0);
  if (tls_) return send_now_under_tls(buffers);
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

void ClientSocket::say_goodbye() {
  if (tls_ && socket_.is_open()) tls_->say_goodbye();
}

asio::awaitable<void> ClientSocket::linger(std::size_t drain_bytes) {
  if (!socket_.is_open()) co_return;
  say_goodbye();
  boost::system::error_code ignored;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  // Closing with unread bytes would reset the connection and take the answer with it.
  limit_reading(kLinger);
  std::array<char, 4096> unread;
  for (std::size_t drained = 0; drained < drain_bytes;) {
    const Received more = received(co_await socket_.async_read_some(asio::buffer(unread), kAwaitTuple));
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
