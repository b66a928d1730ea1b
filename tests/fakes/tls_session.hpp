// TLS over a non-blocking socket, for fakes and the test client.
#pragma once

#include <openssl/ssl.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace balancer::fakes {

// As which versions a side speaks.
enum class TlsVersions { kModern, kOnly11 };

// What a server proves itself with.
struct TlsIdentity {
  // Its own, and behind it those that lead to its authority.
  std::string certificate_pem;
  std::string key_pem;
  TlsVersions versions = TlsVersions::kModern;
};

// What a client believes: one authority, and the name that the certificate must carry (also sent as SNI).
struct TlsTrust {
  std::string authority_pem;
  std::string server_name;
  // Offered by ALPN; none: no ALPN.
  std::vector<std::string> protocols{};
  TlsVersions versions = TlsVersions::kModern;
};

// One side of one TLS connection. Never blocks: a call that cannot go on says what the socket must become first.
// Does not own the descriptor, which must outlive it.
class TlsSession {
 public:
  enum class Progress { kDone, kWantsRead, kWantsWrite, kClosed, kFailed };
  struct Step {
    Progress progress = Progress::kFailed;
    std::size_t bytes = 0;
  };

  [[nodiscard]] static std::unique_ptr<TlsSession> server(int descriptor, const TlsIdentity& identity);
  [[nodiscard]] static std::unique_ptr<TlsSession> client(int descriptor, const TlsTrust& trust);

  [[nodiscard]] Step handshake();
  [[nodiscard]] Step read(char* destination, std::size_t size);
  [[nodiscard]] Step write(std::string_view bytes);
  // Says goodbye to the peer without waiting for its answer.
  void notify_close();

  // The name that the client asked for through SNI; empty when there was none.
  [[nodiscard]] std::string requested_name() const;
  // What ALPN agreed on; empty when it did not come to that.
  [[nodiscard]] std::string protocol() const;
  // OpenSSL's reason for the last failure.
  [[nodiscard]] const std::string& failure() const { return failure_; }

 private:
  using Context = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;
  using Session = std::unique_ptr<SSL, decltype(&SSL_free)>;

  TlsSession(Context context, int descriptor);
  Step step_of(int result, std::size_t bytes);

  Context context_;
  Session session_;
  std::string failure_;
};

}  // namespace balancer::fakes
