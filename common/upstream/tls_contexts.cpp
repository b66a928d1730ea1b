#include "common/upstream/tls_contexts.hpp"

#include <openssl/ssl.h>

namespace balancer {
namespace {

namespace ssl = boost::asio::ssl;

std::unique_ptr<ssl::context> make_context(const std::string& ca_file) {
  auto context = std::make_unique<ssl::context>(ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  SSL_CTX_set_options(context->native_handle(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  // An idle connection does not hold the buffers of a record.
  SSL_CTX_set_mode(context->native_handle(), SSL_MODE_RELEASE_BUFFERS);
  context->set_verify_mode(ssl::verify_peer);
  if (ca_file.empty()) {
    context->set_default_verify_paths();
  } else {
    context->load_verify_file(ca_file);
  }
  return context;
}

}  // namespace

ssl::context& TlsContexts::for_authorities(const std::string& ca_file) {
  const auto known = contexts_.find(ca_file);
  if (known != contexts_.end()) return *known->second;
  return *contexts_.emplace(ca_file, make_context(ca_file)).first->second;
}

}  // namespace balancer
