// google.protobuf.Duration and Timestamp as std::chrono values.
#pragma once

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace balancer::gateway {

// Clamped to a year either way, so that nobody overflows by adding it to a time.
[[nodiscard]] inline std::chrono::milliseconds to_milliseconds(const google::protobuf::Duration& duration) {
  constexpr std::chrono::milliseconds kYear = std::chrono::hours(365 * 24);
  constexpr std::int64_t kYearSeconds = kYear / std::chrono::seconds(1);
  const std::int64_t seconds = std::clamp<std::int64_t>(duration.seconds(), -kYearSeconds, kYearSeconds);
  // The peer's nanoseconds may be more than a second.
  return std::clamp(std::chrono::milliseconds(seconds * 1'000 + duration.nanos() / 1'000'000), -kYear, kYear);
}

// Of something that has happened: not negative, whatever the peer's clock or version.
[[nodiscard]] inline std::chrono::milliseconds to_age(const google::protobuf::Duration& duration) {
  return std::max(to_milliseconds(duration), std::chrono::milliseconds(0));
}

inline void set_duration(google::protobuf::Duration& target, std::chrono::nanoseconds value) {
  target.set_seconds(value.count() / 1'000'000'000);
  target.set_nanos(static_cast<std::int32_t>(value.count() % 1'000'000'000));
}

// Clamped to the years that the system clock can hold.
[[nodiscard]] inline std::chrono::system_clock::time_point to_time_point(const google::protobuf::Timestamp& timestamp) {
  constexpr std::int64_t kLimit = 9'000'000'000;
  return std::chrono::system_clock::time_point(
      std::chrono::seconds(std::clamp<std::int64_t>(timestamp.seconds(), -kLimit, kLimit)) +
      std::chrono::microseconds(timestamp.nanos() / 1'000));
}

}  // namespace balancer::gateway
