// What part of the waits was no longer than that.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace balancer::bench {

// In microseconds; 0 of no value. Reorders them.
[[nodiscard]] inline std::int64_t percentile_us(std::vector<std::chrono::nanoseconds>& waits, std::size_t percent) {
  if (waits.empty()) return 0;
  const auto rank = waits.begin() + static_cast<std::ptrdiff_t>((waits.size() - 1) * percent / 100);
  std::nth_element(waits.begin(), rank, waits.end());
  return std::chrono::duration_cast<std::chrono::microseconds>(*rank).count();
}

}  // namespace balancer::bench
