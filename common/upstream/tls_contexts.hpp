// TLS client settings: certificates are always verified, against the system's authorities or a file's.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace balancer {

// One I/O thread's contexts, made on first use, and anew when their file has changed. Honours SSL_CERT_FILE and
// SSL_CERT_DIR (OpenSSL's own rule).
class TlsContexts {
 public:
  // TLS 1.2 or newer, peer verification on. For sessions that begin before the next call; they may last longer. Throws
  // boost::system::system_error when the file cannot be read and never could: one that has become unreadable leaves what
  // it said in force, and the log says so.
  [[nodiscard]] boost::asio::ssl::context& for_authorities(const std::string& ca_file);

 private:
  // What tells a file from one that replaces it.
  struct Stamp {
    std::uintmax_t device = 0;
    std::uintmax_t inode = 0;
    std::intmax_t size = 0;
    std::intmax_t seconds = 0;
    std::intmax_t nanoseconds = 0;

    friend bool operator==(const Stamp&, const Stamp&) = default;
  };
  struct Known {
    std::unique_ptr<boost::asio::ssl::context> context;
    // Of what was read, or could not be.
    Stamp seen;
  };
  [[nodiscard]] static Stamp stamp_of(const std::string& file);

  std::map<std::string, Known> known_;
};

}  // namespace balancer
