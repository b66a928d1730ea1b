#include "tests/fakes/tls_session.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <csignal>
#include <stdexcept>
#include <utility>

namespace balancer::fakes {
namespace {

std::string openssl_reason() {
  // The outermost reason, such as a failed verification, comes last.
  const unsigned long code = ERR_peek_last_error();
  ERR_clear_error();
  if (code == 0) return "connection lost";
  char text[256];
  ERR_error_string_n(code, text, sizeof text);
  return text;
}

void require(bool condition, const char* what) {
  if (!condition) throw std::runtime_error(std::string(what) + ": " + openssl_reason());
}

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

Certificate read_certificate(const std::string& pem) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
  Certificate certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr), &X509_free);
  require(certificate != nullptr, "read certificate");
  return certificate;
}

// What stands behind the first one.
void use_chain(SSL_CTX* context, const std::string& pem) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
  const Certificate own(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr), &X509_free);
  while (true) {
    const Certificate next(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr), &X509_free);
    if (!next) break;
    require(SSL_CTX_add1_chain_cert(context, next.get()) == 1, "use chain");
  }
  ERR_clear_error();
}

void set_versions(SSL_CTX* context, TlsVersions versions) {
  if (versions == TlsVersions::kModern) return;
  // Debian's OpenSSL speaks it on no higher level.
  SSL_CTX_set_security_level(context, 0);
  require(SSL_CTX_set_min_proto_version(context, TLS1_1_VERSION) == 1, "set lowest version");
  require(SSL_CTX_set_max_proto_version(context, TLS1_1_VERSION) == 1, "set highest version");
}

std::string alpn_form(const std::vector<std::string>& protocols) {
  std::string form;
  for (const std::string& protocol : protocols) form += static_cast<char>(protocol.size()) + protocol;
  return form;
}

Key read_key(const std::string& pem) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
  Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr), &EVP_PKEY_free);
  require(key != nullptr, "read private key");
  return key;
}

}  // namespace

TlsSession::TlsSession(Context context, int descriptor)
    : context_(std::move(context)), session_(SSL_new(context_.get()), &SSL_free) {
  require(session_ != nullptr, "new TLS session");
  require(SSL_set_fd(session_.get(), descriptor) == 1, "attach TLS to the socket");
  SSL_set_mode(session_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  // OpenSSL writes without MSG_NOSIGNAL.
  std::signal(SIGPIPE, SIG_IGN);
}

std::unique_ptr<TlsSession> TlsSession::server(int descriptor, const TlsIdentity& identity) {
  Context context(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
  require(context != nullptr, "new TLS context");
  const Certificate certificate = read_certificate(identity.certificate_pem);
  const Key key = read_key(identity.key_pem);
  require(SSL_CTX_use_certificate(context.get(), certificate.get()) == 1, "use certificate");
  require(SSL_CTX_use_PrivateKey(context.get(), key.get()) == 1, "use private key");
  use_chain(context.get(), identity.certificate_pem);
  set_versions(context.get(), identity.versions);

  std::unique_ptr<TlsSession> session(new TlsSession(std::move(context), descriptor));
  SSL_set_accept_state(session->session_.get());
  return session;
}

std::unique_ptr<TlsSession> TlsSession::client(int descriptor, const TlsTrust& trust) {
  Context context(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
  require(context != nullptr, "new TLS context");
  const Certificate authority = read_certificate(trust.authority_pem);
  require(X509_STORE_add_cert(SSL_CTX_get_cert_store(context.get()), authority.get()) == 1, "trust authority");
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  set_versions(context.get(), trust.versions);

  std::unique_ptr<TlsSession> session(new TlsSession(std::move(context), descriptor));
  SSL* const ssl = session->session_.get();
  require(SSL_set_tlsext_host_name(ssl, trust.server_name.c_str()) == 1, "set SNI");
  require(SSL_set1_host(ssl, trust.server_name.c_str()) == 1, "set expected name");
  const std::string offered = alpn_form(trust.protocols);
  if (!offered.empty()) {
    // Returns 0 when it succeeds.
    require(SSL_set_alpn_protos(ssl, reinterpret_cast<const unsigned char*>(offered.data()),
                                static_cast<unsigned>(offered.size())) == 0,
            "set ALPN");
  }
  SSL_set_connect_state(ssl);
  return session;
}

TlsSession::Step TlsSession::handshake() {
  ERR_clear_error();
  return step_of(SSL_do_handshake(session_.get()), 0);
}

TlsSession::Step TlsSession::read(char* destination, std::size_t size) {
  ERR_clear_error();
  std::size_t bytes = 0;
  const int result = SSL_read_ex(session_.get(), destination, size, &bytes);
  return step_of(result, bytes);
}

TlsSession::Step TlsSession::write(std::string_view bytes) {
  ERR_clear_error();
  std::size_t written = 0;
  const int result = SSL_write_ex(session_.get(), bytes.data(), bytes.size(), &written);
  return step_of(result, written);
}

void TlsSession::notify_close() {
  // Forbidden by OpenSSL after a failure, and during a handshake there is nobody to say it to.
  if (!failure_.empty() || SSL_is_init_finished(session_.get()) == 0) return;
  ERR_clear_error();
  SSL_shutdown(session_.get());
}

std::string TlsSession::requested_name() const {
  const char* const name = SSL_get_servername(session_.get(), TLSEXT_NAMETYPE_host_name);
  return name == nullptr ? "" : name;
}

std::string TlsSession::protocol() const {
  const unsigned char* chosen = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(session_.get(), &chosen, &size);
  return {reinterpret_cast<const char*>(chosen), size};
}

TlsSession::Step TlsSession::step_of(int result, std::size_t bytes) {
  if (result == 1) return {Progress::kDone, bytes};
  switch (SSL_get_error(session_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return {Progress::kWantsRead, 0};
    case SSL_ERROR_WANT_WRITE:
      return {Progress::kWantsWrite, 0};
    case SSL_ERROR_ZERO_RETURN:
      return {Progress::kClosed, 0};
    default:
      failure_ = openssl_reason();
      return {Progress::kFailed, 0};
  }
}

}  // namespace balancer::fakes
