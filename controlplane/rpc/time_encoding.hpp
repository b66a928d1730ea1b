// Times and durations as protobuf's well-known types.
#pragma once

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace balancer::controlplane {

[[nodiscard]] inline google::protobuf::Duration encode_duration(std::chrono::milliseconds duration) {
  return google::protobuf::util::TimeUtil::MillisecondsToDuration(duration.count());
}

[[nodiscard]] inline google::protobuf::Duration encode_microseconds(std::chrono::microseconds duration) {
  return google::protobuf::util::TimeUtil::MicrosecondsToDuration(duration.count());
}
// At most thirty years either way, whatever the peer wrote; its nanoseconds may be more than a second.
[[nodiscard]] inline std::chrono::microseconds decode_duration(const google::protobuf::Duration& duration) {
  constexpr std::chrono::seconds kLongest{1'000'000'000};
  const std::chrono::seconds seconds = std::clamp(std::chrono::seconds(duration.seconds()), -kLongest, kLongest);
  const auto fraction = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::nanoseconds(duration.nanos()));
  return std::clamp<std::chrono::microseconds>(seconds + fraction, -kLongest, kLongest);
}

[[nodiscard]] inline google::protobuf::Timestamp encode_timestamp(std::chrono::system_clock::time_point time) {
  return google::protobuf::util::TimeUtil::NanosecondsToTimestamp(
      std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count());
}

// Within the years that the system clock can hold, whatever the peer wrote.
[[nodiscard]] inline std::chrono::system_clock::time_point decode_timestamp(const google::protobuf::Timestamp& time) {
  constexpr std::int64_t kMaxSeconds = 9'000'000'000;
  return std::chrono::system_clock::time_point(
      std::chrono::seconds(std::clamp(time.seconds(), -kMaxSeconds, kMaxSeconds)) +
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::nanoseconds(time.nanos())));
}

}  // namespace balancer::controlplane
