// What a client says about stored answers (RFC 9111 section 5.2.1).
#pragma once

#include <span>

#include "common/http/header_field.hpp"

namespace balancer::gateway {

struct CacheDirectives {
  // An answer made for somebody else, or before, will not do.
  bool no_cache = false;
  // The answer is for nobody else.
  bool no_store = false;
};

// Of all Cache-Control lines; what is not known is ignored.
[[nodiscard]] CacheDirectives read_cache_directives(std::span<const http::HeaderField> fields);

}  // namespace balancer::gateway
