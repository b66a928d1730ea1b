// What became of the attempts to read the configuration.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

#include "controlplane/config/config_problem.hpp"

namespace balancer::controlplane {

enum class ReloadOutcome { kApplied, kUnchanged, kRefused };

struct LastReload {
  std::chrono::system_clock::time_point time;
  ReloadOutcome outcome = ReloadOutcome::kApplied;
  // Warnings too.
  std::vector<ConfigProblem> problems;
};

struct ReloadCounts {
  std::int64_t applied = 0;
  std::int64_t unchanged = 0;
  std::int64_t refused = 0;
};

// Thread-safe.
class ReloadHistory {
 public:
  void record(LastReload reload) {
    const std::lock_guard lock(mutex_);
    switch (reload.outcome) {
      case ReloadOutcome::kApplied: ++counts_.applied; break;
      case ReloadOutcome::kUnchanged: ++counts_.unchanged; break;
      case ReloadOutcome::kRefused: ++counts_.refused; break;
    }
    last_ = std::move(reload);
  }

  // The start counts as the first.
  [[nodiscard]] LastReload last() const {
    const std::lock_guard lock(mutex_);
    return last_;
  }
  [[nodiscard]] ReloadCounts counts() const {
    const std::lock_guard lock(mutex_);
    return counts_;
  }

 private:
  mutable std::mutex mutex_;
  LastReload last_;
  ReloadCounts counts_;
};

}  // namespace balancer::controlplane
