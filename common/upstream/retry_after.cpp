#include "common/upstream/retry_after.hpp"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <string>
#include <system_error>

#include "common/text/ascii.hpp"

namespace balancer {
namespace {

// In any of the three forms of RFC 9110 section 5.6.7.
std::optional<std::time_t> parse_http_date(const std::string& text) {
  for (const char* const form : {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y"}) {
    std::tm date{};
    const char* const rest = strptime(text.c_str(), form, &date);
    if (rest != nullptr && *rest == '\0') return timegm(&date);
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::chrono::milliseconds> parse_retry_after(std::string_view value,
                                                           std::chrono::system_clock::time_point now) {
  value = trim_blanks(value);
  if (value.empty()) return std::nullopt;
  constexpr std::chrono::milliseconds kLongest = std::chrono::hours(7 * 24);
  const bool number = value.front() == '.' || (value.front() >= '0' && value.front() <= '9');
  double seconds = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
  if (number && error == std::errc() && end == value.data() + value.size()) {
    const std::chrono::duration<double, std::milli> delay = std::chrono::duration<double>(seconds);
    return delay < kLongest ? std::chrono::duration_cast<std::chrono::milliseconds>(delay) : kLongest;
  }
  const std::optional<std::time_t> date = parse_http_date(std::string(value));
  if (!date) return std::nullopt;
  // In milliseconds: the clock's own unit cannot count to the year 9999.
  const std::chrono::milliseconds delay =
      std::chrono::seconds(*date) - std::chrono::floor<std::chrono::milliseconds>(now.time_since_epoch());
  if (delay <= std::chrono::milliseconds(0)) return std::nullopt;
  return std::min(delay, kLongest);
}

}  // namespace balancer
