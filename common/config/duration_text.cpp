#include "common/config/duration_text.hpp"

#include <charconv>

namespace balancer {
namespace {

constexpr double kTenYearsInMilliseconds = 10.0 * 366 * 24 * 3'600 * 1'000;

std::optional<double> milliseconds_per(std::string_view unit) {
  if (unit == "ms") return 1;
  if (unit.empty() || unit == "s") return 1'000;
  if (unit == "m") return 60'000;
  if (unit == "h") return 3'600'000;
  if (unit == "d") return 86'400'000;
  return std::nullopt;
}

}  // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  const std::size_t unit_begin = text.find_first_not_of("0123456789.");
  const std::string_view number = text.substr(0, unit_begin);
  const auto scale = milliseconds_per(unit_begin == text.npos ? std::string_view() : text.substr(unit_begin));
  if (!scale || number.empty()) return std::nullopt;

  double value = 0;
  const auto [end, error] =
      std::from_chars(number.data(), number.data() + number.size(), value, std::chars_format::fixed);
  if (error != std::errc() || end != number.data() + number.size()) return std::nullopt;
  const double result = value * *scale;
  if (!(result <= kTenYearsInMilliseconds)) return std::nullopt;
  // 0.29 * 1000 is a hair less than 290.
  return std::chrono::milliseconds(static_cast<std::int64_t>(result + 1e-6));
}

}  // namespace balancer
