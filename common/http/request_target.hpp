// The one reading of a request target (RFC 9112 section 3.2) that authentication and dispatch share.
#pragma once

#include <string>
#include <string_view>

#include "common/error/error.hpp"

namespace balancer::http {

struct RequestTarget {
  // Percent-decoded once, trailing slashes removed; "/" for the root, "*" for the asterisk form.
  std::string path;
  // Behind '?'; a view into the target.
  std::string_view query;
  // Of an absolute-form target; empty otherwise. A view into the target.
  std::string_view authority;
};

// Refuses fragments, raw non-ASCII and control bytes, malformed or control-character escapes, userinfo.
[[nodiscard]] Result<RequestTarget> parse_request_target(std::string_view target);

}  // namespace balancer::http
