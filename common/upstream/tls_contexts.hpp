// TLS client settings: certificates are always verified, against the system's authorities or a file's.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <map>
#include <memory>
#include <string>

namespace balancer {

// One I/O thread's contexts, made on first use. Honours SSL_CERT_FILE and SSL_CERT_DIR (OpenSSL's own rule).
class TlsContexts {
 public:
  // TLS 1.2 or newer, peer verification on. Valid as long as this object. Throws boost::system::system_error when
  // the file cannot be read.
  [[nodiscard]] boost::asio::ssl::context& for_authorities(const std::string& ca_file);

 private:
  std::map<std::string, std::unique_ptr<boost::asio::ssl::context>> contexts_;
};

}  // namespace balancer
