// How the page's JSON writes times and durations.
#pragma once

#include <chrono>
#include <string>

namespace balancer::controlplane {

// "2026-11-28T08:30:00.123Z"
[[nodiscard]] std::string time_view(std::chrono::system_clock::time_point time);

// In seconds.
[[nodiscard]] inline double seconds_view(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace balancer::controlplane
