// What is in the response cache, and what sharing answers has saved since the control plane started.
#pragma once

#include <chrono>
#include <cstdint>

namespace balancer::controlplane {

struct CacheStats {
  // Of now.
  bool enabled = false;
  std::int64_t entry_count = 0;
  std::int64_t byte_count = 0;
  std::int64_t entry_limit = 0;
  std::int64_t byte_limit = 0;
  std::chrono::milliseconds time_to_live{0};
  // Answers that are being made and that others may join.
  std::int64_t lead_count = 0;

  // Of all time.
  std::int64_t hit_count = 0;
  std::int64_t miss_count = 0;
  std::int64_t join_count = 0;
  // Stored answers that were asked for by a call of their own, because they did not come with the decision.
  std::int64_t fetch_count = 0;
  std::int64_t stored_count = 0;
  // Made room for others; grew too old; were removed by an operator or a new configuration.
  std::int64_t evicted_count = 0;
  std::int64_t expired_count = 0;
  std::int64_t flushed_count = 0;
  // By hits and joins.
  std::int64_t saved_input_token_count = 0;
  std::int64_t saved_output_token_count = 0;

  friend bool operator==(const CacheStats&, const CacheStats&) = default;
};

}  // namespace balancer::controlplane
