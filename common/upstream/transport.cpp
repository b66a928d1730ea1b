#include "common/upstream/transport.hpp"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <cerrno>

namespace balancer {
namespace {

// Asks for a certificate of `host`, and names the host to servers that have several.
bool expect_host(SSL* session, const std::string& host) {
  boost::system::error_code not_an_address;
  asio::ip::make_address(host, not_an_address);
  if (!not_an_address) return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), host.c_str()) == 1;
  SSL_set_hostflags(session, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return SSL_set1_host(session, host.c_str()) == 1 && SSL_set_tlsext_host_name(session, host.c_str()) == 1;
}

UpstreamFailure tls_failure(SSL* session, const boost::system::error_code& error) {
  const long verdict = SSL_get_verify_result(session);
  if (verdict == X509_V_OK) return {UpstreamFailureKind::kTls, error.message()};
  return {UpstreamFailureKind::kTls,
          std::string("certificate refused: ") + X509_verify_cert_error_string(verdict)};
}

}  // namespace

Transport::Transport(asio::ip::tcp::socket socket) : socket_(std::move(socket)) {
  boost::system::error_code ignored;
  socket_.non_blocking(true, ignored);
}

asio::awaitable<UpstreamResult<void>> Transport::start_tls(asio::ssl::context& context, const std::string& host) {
  tls_.emplace(socket_, context);
  if (!expect_host(tls_->native_handle(), host)) {
    co_return UpstreamFailure{UpstreamFailureKind::kTls, "host name unfit for TLS"};
  }
  const auto [error] = co_await tls_->async_handshake(asio::ssl::stream_base::client, kAwaitTuple);
  if (error) co_return tls_failure(tls_->native_handle(), error);
  co_return UpstreamResult<void>{};
}

asio::awaitable<IoResult> Transport::read_some(asio::mutable_buffer buffer) {
  if (tls_) {
    const auto [error, size] = co_await tls_->async_read_some(buffer, kAwaitTuple);
    co_return IoResult{error, size};
  }
  const auto [error, size] = co_await socket_.async_read_some(buffer, kAwaitTuple);
  co_return IoResult{error, size};
}

asio::awaitable<IoResult> Transport::write_some(std::span<const asio::const_buffer> buffers) {
  if (tls_) {
    const auto [error, size] = co_await tls_->async_write_some(buffers, kAwaitTuple);
    co_return IoResult{error, size};
  }
  for (;;) {
    boost::system::error_code error;
    // Nearly always taken at once: waiting first costs a turn of the loop.
    const std::size_t size = socket_.write_some(buffers, error);
    if (error != asio::error::would_block) co_return IoResult{error, size};
    const auto [failed] = co_await socket_.async_wait(asio::socket_base::wait_write, kAwaitTuple);
    if (failed) co_return IoResult{failed, 0};
  }
}

void Transport::close() {
  boost::system::error_code ignored;
  socket_.close(ignored);
}

bool Transport::silent() {
  if (!socket_.is_open()) return false;
  if (tls_) {
    SSL* session = tls_->native_handle();
    if (SSL_has_pending(session) != 0 || BIO_ctrl_pending(SSL_get_rbio(session)) != 0) return false;
  }
  char byte = 0;
  const ssize_t size = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

}  // namespace balancer
