// Content-Encoding of request bodies (protocol.md 1.5).
#pragma once

#include <string_view>

#include "common/error/error.hpp"
#include "common/http/request_body.hpp"

namespace balancer::gateway {

// Undoes gzip or deflate, once; identity (or nothing) passes as it is; kUnsupportedCoding for all else. Stops at `limit`
// decoded bytes with kRequestTooLarge, so that a small body cannot become a huge one.
[[nodiscard]] Result<http::RequestBody> decode_content(http::RequestBody body, std::string_view content_encoding,
                                                       std::size_t limit);

}  // namespace balancer::gateway
