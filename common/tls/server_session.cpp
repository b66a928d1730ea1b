#include "common/tls/server_session.hpp"

#include <openssl/err.h>

#include <algorithm>
#include <array>
#include <new>

namespace balancer::tls {
namespace {

constexpr std::size_t kRecord = 16 * 1024;

// Up to a record's worth from the front of the buffers; points into the first one where that has all of it.
std::span<const char> front_of(std::span<const boost::asio::const_buffer> buffers, std::array<char, kRecord>& room) {
  if (buffers.size() == 1 || buffers.front().size() >= kRecord) {
    return {static_cast<const char*>(buffers.front().data()), std::min(buffers.front().size(), kRecord)};
  }
  return {room.data(), boost::asio::buffer_copy(boost::asio::buffer(room), buffers)};
}

std::string reason_of(unsigned long code) {
  const char* const reason = ERR_reason_error_string(code);
  return reason == nullptr ? "the client has gone" : reason;
}

}  // namespace

ServerSession::ServerSession(SSL_CTX* context, int socket) : session_(SSL_new(context), &SSL_free) {
  if (session_ == nullptr || SSL_set_fd(session_.get(), socket) != 1) throw std::bad_alloc();
  SSL_set_mode(session_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_set_accept_state(session_.get());
}

ServerSession::Step ServerSession::shake_hands() {
  ERR_clear_error();
  return step_of(SSL_do_handshake(session_.get()), 0);
}

ServerSession::Step ServerSession::read(boost::asio::mutable_buffer room) {
  ERR_clear_error();
  std::size_t count = 0;
  const int result = SSL_read_ex(session_.get(), room.data(), room.size(), &count);
  return step_of(result, count);
}

ServerSession::Step ServerSession::write(std::span<const boost::asio::const_buffer> buffers) {
  std::array<char, kRecord> together;
  const std::span<const char> bytes = front_of(buffers, together);
  ERR_clear_error();
  std::size_t count = 0;
  const int result = SSL_write_ex(session_.get(), bytes.data(), bytes.size(), &count);
  return step_of(result, count);
}

bool ServerSession::has_unread() const { return SSL_has_pending(session_.get()) != 0; }

void ServerSession::say_goodbye() {
  if (failed_ || SSL_is_init_finished(session_.get()) == 0) return;
  ERR_clear_error();
  SSL_shutdown(session_.get());
  ERR_clear_error();
}

ServerSession::Step ServerSession::step_of(int result, std::size_t count) {
  if (result == 1) return {Progress::kDone, count};
  switch (SSL_get_error(session_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return {Progress::kWantsRead, 0};
    case SSL_ERROR_WANT_WRITE:
      return {Progress::kWantsWrite, 0};
    case SSL_ERROR_ZERO_RETURN:
      return {Progress::kEnded, 0};
    default:
      break;
  }
  failed_ = true;
  const unsigned long code = ERR_peek_last_error();
  met_plain_http_ = ERR_GET_LIB(code) == ERR_LIB_SSL && ERR_GET_REASON(code) == SSL_R_HTTP_REQUEST;
  failure_ = reason_of(code);
  ERR_clear_error();
  return {Progress::kEnded, 0};
}

}  // namespace balancer::tls
