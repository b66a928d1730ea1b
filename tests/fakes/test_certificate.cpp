#include "tests/fakes/test_certificate.hpp"

#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <stdexcept>
#include <string_view>

namespace balancer::fakes {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;

constexpr long kHour = 3600;

struct Lifetime {
  long from;
  long until;
};

void require(bool condition, const char* what) {
  if (!condition) throw std::runtime_error(std::string("test certificate: ") + what);
}

Key new_key() {
  Key key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
  require(key != nullptr, "generate key");
  return key;
}

std::string contents(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return std::string(data, static_cast<std::size_t>(size));
}

std::string to_pem(X509* certificate) {
  const Bio bio(BIO_new(BIO_s_mem()), &BIO_free);
  require(PEM_write_bio_X509(bio.get(), certificate) == 1, "write certificate");
  return contents(bio.get());
}

std::string to_pem(EVP_PKEY* key) {
  const Bio bio(BIO_new(BIO_s_mem()), &BIO_free);
  require(PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1, "write key");
  return contents(bio.get());
}

void add_extension(X509* certificate, X509* issuer, int id, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str());
  require(extension != nullptr, value.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

// Everything but the extensions and the signature.
Certificate new_certificate(EVP_PKEY* key, const std::string& common_name, Lifetime lifetime) {
  Certificate certificate(X509_new(), &X509_free);
  require(certificate != nullptr, "new certificate");
  X509_set_version(certificate.get(), X509_VERSION_3);
  unsigned char serial[8];
  RAND_bytes(serial, sizeof serial);
  serial[0] &= 0x7f;
  BIGNUM* const number = BN_bin2bn(serial, sizeof serial, nullptr);
  BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate.get()));
  BN_free(number);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), lifetime.from);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), lifetime.until);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1, 0);
  return certificate;
}

bool is_ipv4(std::string_view name) { return name.find_first_not_of("0123456789.") == std::string_view::npos; }

std::string alternative_names(const std::vector<std::string>& names) {
  std::string joined;
  for (const std::string& name : names) {
    if (!joined.empty()) joined += ',';
    joined += (is_ipv4(name) ? "IP:" : "DNS:") + name;
  }
  return joined;
}

void make_authority(X509* certificate, X509* issuer, EVP_PKEY* issuer_key) {
  X509_set_issuer_name(certificate, X509_get_subject_name(issuer));
  add_extension(certificate, issuer, NID_basic_constraints, "critical,CA:TRUE");
  add_extension(certificate, issuer, NID_key_usage, "critical,keyCertSign,cRLSign");
  add_extension(certificate, issuer, NID_subject_key_identifier, "hash");
  require(X509_sign(certificate, issuer_key, EVP_sha256()) > 0, "sign authority");
}

}  // namespace

TestAuthority::TestAuthority()
    : key_(new_key()), certificate_(new_certificate(key_.get(), "test authority", {-kHour, 24 * kHour})) {
  make_authority(certificate_.get(), certificate_.get(), key_.get());
  certificate_pem_ = to_pem(certificate_.get());
}

TestAuthority::TestAuthority(const TestAuthority& issuer, const std::string& name)
    : key_(new_key()), certificate_(new_certificate(key_.get(), name, {-kHour, 24 * kHour})) {
  make_authority(certificate_.get(), issuer.certificate_.get(), issuer.key_.get());
  certificate_pem_ = to_pem(certificate_.get());
}

TlsIdentity TestAuthority::issue(const CertificateRequest& request) const {
  const bool expired = request.validity == CertificateRequest::Validity::kExpired;
  const Lifetime lifetime = expired ? Lifetime{-48 * kHour, -24 * kHour} : Lifetime{-kHour, 24 * kHour};
  const Key key = new_key();
  const Certificate certificate = new_certificate(key.get(), request.names.front(), lifetime);
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate_.get()));
  add_extension(certificate.get(), certificate_.get(), NID_basic_constraints, "critical,CA:FALSE");
  add_extension(certificate.get(), certificate_.get(), NID_ext_key_usage,
                request.usage == CertificateRequest::Usage::kServer ? "serverAuth" : "clientAuth");
  add_extension(certificate.get(), certificate_.get(), NID_subject_alt_name, alternative_names(request.names));
  require(X509_sign(certificate.get(), key_.get(), EVP_sha256()) > 0, "sign certificate");
  return {to_pem(certificate.get()), to_pem(key.get())};
}

TlsIdentity TestAuthority::expired() const {
  return issue({.validity = CertificateRequest::Validity::kExpired});
}

TlsIdentity TestAuthority::wrong_name() const { return issue({.names = {"elsewhere.test"}}); }

TlsIdentity TestAuthority::client() const {
  return issue({.names = {"client.test"}, .usage = CertificateRequest::Usage::kClient});
}

TlsIdentity TestAuthority::chained() const {
  const TestAuthority between(*this, "authority between");
  TlsIdentity identity = between.valid();
  identity.certificate_pem += between.certificate_pem();
  return identity;
}

TlsIdentity TestAuthority::without_intermediate() const { return TestAuthority(*this, "authority between").valid(); }

TlsIdentity TestAuthority::self_signed() {
  const Key key = new_key();
  const Certificate certificate = new_certificate(key.get(), "localhost", {-kHour, 24 * kHour});
  X509* const self = certificate.get();
  X509_set_issuer_name(self, X509_get_subject_name(self));
  add_extension(self, self, NID_subject_alt_name, alternative_names({"localhost", "127.0.0.1"}));
  require(X509_sign(self, key.get(), EVP_sha256()) > 0, "sign certificate");
  return {to_pem(self), to_pem(key.get())};
}

}  // namespace balancer::fakes
