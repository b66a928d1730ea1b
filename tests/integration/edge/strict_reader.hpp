// The one reading that RFC 9112 leaves of bytes that a client sent, written down without a line of the product's.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace balancer::integration {

// The bodies, decoded, of the requests that the bytes surely consist of: up to the first that is incomplete, that two
// servers may read in two ways, or behind which the connection ends.
[[nodiscard]] std::vector<std::string> strictly_read_bodies(std::string_view bytes);

}  // namespace balancer::integration
