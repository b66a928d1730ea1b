#include "common/tls/server_identity.hpp"

#include <boost/asio/ssl/context.hpp>
#include <utility>

#include "common/async/asio.hpp"
#include "common/log/log.hpp"

namespace balancer::tls {
namespace {

namespace ssl = boost::asio::ssl;

// The one protocol that is spoken here; who offers others only is refused (RFC 7301 3.2).
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_size, const unsigned char* offered,
                    unsigned int offered_size, void*) {
  static constexpr unsigned char kHttp1[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  unsigned char* found = nullptr;
  if (SSL_select_next_proto(&found, chosen_size, kHttp1, sizeof kHttp1, offered, offered_size) !=
      OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  *chosen = found;
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace

Result<std::unique_ptr<ServerIdentity>> ServerIdentity::start(const Files& files, std::chrono::milliseconds look) {
  std::unique_ptr<ServerIdentity> identity(new ServerIdentity());
  const auto use = [to = identity.get()](const Material& material) {
    Context context = make_context(material);
    const std::lock_guard lock(to->mutex_);
    to->context_ = std::move(context);
  };
  auto watched = WatchedFiles::start(files, "the listener for clients", use, look);
  if (!watched) return watched.error();
  identity->files_ = std::move(*watched);
  return identity;
}

ServerIdentity::Context ServerIdentity::make_context(const Material& material) {
  const auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  SSL_CTX* const native = context->native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  // An idle connection does not hold the buffers of a record.
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
  context->use_certificate_chain(asio::buffer(material.certificate_chain));
  context->use_private_key(asio::buffer(material.private_key.reveal()), ssl::context::pem);
  SSL_CTX_set_alpn_select_cb(native, &choose_protocol, nullptr);
  return {context, native};
}

std::unique_ptr<ServerSession> ServerIdentity::make_session(int socket) const {
  Context context;
  {
    const std::lock_guard lock(mutex_);
    context = context_;
  }
  return std::make_unique<ServerSession>(context.get(), socket);
}

void ServerIdentity::note_failure(const ServerSession& session, log::RareNotice::TimePoint now) const {
  if (session.met_plain_http()) {
    if (const auto count = plain_clients_.happened(now)) {
      log::warn("a client speaks plain HTTP to the listener for TLS: its URL must begin with https://",
                {{"times", *count}});
    }
  } else if (const auto count = failures_.happened(now)) {
    log::warn("a client did not get through the TLS handshake", {{"reason", session.failure()}, {"times", *count}});
  }
}

}  // namespace balancer::tls
