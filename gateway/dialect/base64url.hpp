// base64url without padding (RFC 4648 section 5).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace balancer::gateway {

[[nodiscard]] std::string encode_base64url(std::string_view bytes);
// Nothing when `text` is not canonical base64url.
[[nodiscard]] std::optional<std::string> decode_base64url(std::string_view text);

}  // namespace balancer::gateway
