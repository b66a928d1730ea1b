// What a process held, second after second: for runs that promise that it holds no more at their end than at their
// beginning.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "tests/integration/support/process.hpp"

namespace balancer::integration {

// Quarters of a run are held against each other by their medians, which a stall does not move: the last against the
// second, as in the first one caches, pools and the allocator fill.
class UsageRecord {
 public:
  // `process` must outlive the record.
  explicit UsageRecord(const Process& process) : process_(process) {}

  void sample();

  struct Growth {
    // From the second quarter to the last. Negative when there is less.
    std::ptrdiff_t resident_bytes = 0;
    std::ptrdiff_t descriptors = 0;
    std::ptrdiff_t threads = 0;
    // Of the line through all samples but those of the first quarter, by least squares.
    double resident_bytes_per_hour = 0;
    // In each quarter.
    std::array<std::ptrdiff_t, 4> resident{};
    std::array<std::ptrdiff_t, 4> resident_files{};
    [[nodiscard]] std::string summary() const;
  };
  // Throws std::logic_error before there are eight samples.
  [[nodiscard]] Growth growth() const;

 private:
  struct Sample {
    double seconds = 0;
    std::ptrdiff_t resident_bytes = 0;
    std::ptrdiff_t resident_file_bytes = 0;
    std::ptrdiff_t descriptors = 0;
    std::ptrdiff_t threads = 0;
  };

  const Process& process_;
  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  std::vector<Sample> samples_;
};

}  // namespace balancer::integration
