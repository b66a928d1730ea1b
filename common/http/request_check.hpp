// What a careful server refuses although Beast accepts it (promises.md 1.2): everything that two HTTP
// implementations could read in two ways.
#pragma once

#include <optional>
#include <string_view>

#include "common/error/error.hpp"
#include "common/http/request_head.hpp"
#include "common/http/server_limits.hpp"

namespace balancer::http {

// On the bytes of a head that has not come whole, of which the first `checked` were judged before: those that can no
// longer become a head need not be waited for.
[[nodiscard]] std::optional<Error> check_partial_head(std::string_view bytes, std::size_t checked);

// On the bytes of a whole head: folded header lines.
[[nodiscard]] std::optional<Error> check_raw_head(std::string_view bytes);

// On a tokenized head. Fills in path, query, content_length, chunked and expects_continue.
[[nodiscard]] std::optional<Error> check_request(RequestHead& head, const ServerLimits& limits);

}  // namespace balancer::http
