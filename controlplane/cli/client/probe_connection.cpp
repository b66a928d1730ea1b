#include "controlplane/cli/client/probe_connection.hpp"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

namespace balancer::controlplane::cli {
namespace {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using boost::system::error_code;

// Asks for a certificate of `host`, and names the host to servers that have several.
bool expect_host(SSL* session, const std::string& host) {
  error_code not_an_address;
  asio::ip::make_address(host, not_an_address);
  if (!not_an_address) return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), host.c_str()) == 1;
  SSL_set_hostflags(session, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return SSL_set1_host(session, host.c_str()) == 1 && SSL_set_tlsext_host_name(session, host.c_str()) == 1;
}

}  // namespace

std::optional<ProbeError> ProbeConnection::connect(const std::vector<asio::ip::tcp::endpoint>& endpoints) {
  std::optional<error_code> result;
  asio::async_connect(socket_, endpoints, [&](error_code error, const auto&) { result = error; });
  auto failure = wait_for(result);
  if (!failure) {
    error_code ignored;
    socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  }
  return failure;
}

std::optional<ProbeError> ProbeConnection::start_tls(const std::string& host, const std::string& ca_file) {
  authorities_.emplace(ssl::context::tls_client);
  authorities_->set_verify_mode(ssl::verify_peer);
  error_code error;
  authorities_->set_default_verify_paths(error);
  if (!ca_file.empty()) {
    authorities_->load_verify_file(ca_file, error);
    if (error) return ProbeError{false, "NODE_EXTRA_CA_CERTS cannot be read: " + error.message()};
  }
  tls_.emplace(socket_, *authorities_);
  if (!expect_host(tls_->native_handle(), host)) return ProbeError{false, "the host's name is unfit for TLS"};

  std::optional<error_code> result;
  tls_->async_handshake(ssl::stream_base::client, [&](error_code handshake) { result = handshake; });
  auto failure = wait_for(result);
  if (failure && !failure->timed_out) {
    const long verdict = SSL_get_verify_result(tls_->native_handle());
    if (verdict != X509_V_OK) {
      failure->reason = std::string("certificate refused: ") + X509_verify_cert_error_string(verdict);
    }
  }
  return failure;
}

std::optional<ProbeError> ProbeConnection::wait_for(const std::optional<error_code>& result) {
  context_.restart();
  context_.run_until(deadline_);
  if (!result) {
    error_code ignored;
    socket_.close(ignored);
    context_.restart();
    context_.run();
    return ProbeError{true, "timed out"};
  }
  if (*result) return ProbeError{false, result->message()};
  return std::nullopt;
}

}  // namespace balancer::controlplane::cli
