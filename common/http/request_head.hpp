// Request line and header fields of one request that passed every check of request_check.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/http/header_field.hpp"

namespace balancer::http {

// Views are into the connection's buffer and live as long as the exchange.
struct RequestHead {
  std::string_view method;
  // As it arrived.
  std::string_view target;
  // Percent-decoded once, without query and trailing slash; "/" for the root. What authentication and dispatch read.
  std::string path;
  // Behind '?', as it arrived; empty for none.
  std::string_view query;
  // 10 or 11.
  int version = 11;
  std::vector<HeaderField> fields;

  // Framing. Neither is set when there is no body.
  std::optional<std::uint64_t> content_length;
  bool chunked = false;
  bool keep_alive = true;
  bool expects_continue = false;

  [[nodiscard]] std::string_view header(std::string_view name) const { return find_header(fields, name); }
};

}  // namespace balancer::http
