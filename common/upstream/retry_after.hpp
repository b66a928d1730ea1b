// A provider's Retry-After.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace balancer {

// Seconds or an HTTP date (RFC 9110 section 10.2.3); nothing for anything else or a date gone by.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_retry_after(std::string_view value,
                                                                         std::chrono::system_clock::time_point now);

}  // namespace balancer
