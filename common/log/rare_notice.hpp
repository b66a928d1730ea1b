// For log lines that anybody who can connect could cause.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>

namespace balancer::log {

// Thread-safe.
class RareNotice {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::seconds kInterval{10};

  // It has happened. How often it has since it was last told of, when it is to be told of now: at once the first time,
  // then at most once in kInterval.
  [[nodiscard]] std::optional<std::uint64_t> happened(TimePoint now);

 private:
  std::mutex mutex_;
  std::optional<TimePoint> told_;
  std::uint64_t untold_ = 0;
};

}  // namespace balancer::log
