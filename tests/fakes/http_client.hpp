// The test client: asks one thing on a connection of its own and returns the answer.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

#include "tests/fakes/http_connection.hpp"

namespace balancer::fakes {

// Copyable and without state of its own; use connect() where the connection matters. Throws as HttpConnection does.
class HttpClient {
 public:
  explicit HttpClient(std::uint16_t port) : options_{.port = port} {}
  explicit HttpClient(ClientOptions options) : options_(std::move(options)) {}

  HttpResponse get(std::string_view target, const HeaderFields& headers = {}) const {
    return connect().get(target, headers);
  }
  HttpResponse post(std::string_view target, std::string_view body, const HeaderFields& headers = {}) const {
    return connect().post(target, body, headers);
  }
  HttpResponse request(std::string_view method, std::string_view target, std::string_view body = "",
                       const HeaderFields& headers = {}) const {
    return connect().request(method, target, body, headers);
  }

  [[nodiscard]] HttpConnection connect() const { return HttpConnection(options_); }

 private:
  ClientOptions options_;
};

}  // namespace balancer::fakes
