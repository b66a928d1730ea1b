// Certificates made on the spot, so that no key lies in the repository and none expires there.
#pragma once

#include <memory>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <string>
#include <vector>

#include "tests/fakes/tls_session.hpp"

namespace balancer::fakes {

// What a server certificate says.
struct CertificateRequest {
  // DNS names, or IPv4 addresses.
  std::vector<std::string> names = {"localhost", "127.0.0.1"};
  // Valid from 1 h before now (expired: from 48 h before now to 24 h before now).
  enum class Validity { kValid, kExpired } validity = Validity::kValid;
  // What it may prove: that a server is one, or that a client is.
  enum class Usage { kServer, kClient } usage = Usage::kServer;
};

// A private certificate authority.
class TestAuthority {
 public:
  TestAuthority();

  // What a client must trust.
  [[nodiscard]] const std::string& certificate_pem() const { return certificate_pem_; }

  [[nodiscard]] TlsIdentity issue(const CertificateRequest& request) const;
  [[nodiscard]] TlsIdentity valid() const { return issue({}); }
  [[nodiscard]] TlsIdentity expired() const;
  [[nodiscard]] TlsIdentity wrong_name() const;
  // For a client that proves itself.
  [[nodiscard]] TlsIdentity client() const;
  // Of an authority between: with that one's certificate behind it, and without, as a careless server shows it.
  [[nodiscard]] TlsIdentity chained() const;
  [[nodiscard]] TlsIdentity without_intermediate() const;
  // Of no authority but itself.
  [[nodiscard]] static TlsIdentity self_signed();

 private:
  // Its certificate is of `issuer`.
  TestAuthority(const TestAuthority& issuer, const std::string& name);

  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
  std::unique_ptr<X509, decltype(&X509_free)> certificate_;
  std::string certificate_pem_;
};

}  // namespace balancer::fakes
