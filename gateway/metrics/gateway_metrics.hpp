// The gateway's own metrics: every name is declared here. Labels come from closed sets, never from clients.
#pragma once

#include <prometheus/counter.h>
#include <prometheus/registry.h>

#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "gateway/metrics/cache_outcome.hpp"

namespace balancer::gateway {

// Thread-safe.
class GatewayMetrics {
 public:
  GatewayMetrics();

  // A field or hint of a request that a converted provider has no use for: balancer_gateway_dropped_fields_total.
  // Names may come from clients: those that nobody here knows count as "other". Takes no lock.
  void count_dropped_field(std::string_view name);
  // True once for each name in the life of the process, for a bounded number of names.
  [[nodiscard]] bool first_time_dropped(std::string_view name);

  // One a Messages request: balancer_gateway_cache_outcomes_total. Takes no lock.
  void count_cache_outcome(CacheOutcome outcome);
  // Tokens that no provider was asked for, thanks to a hit or a join: balancer_gateway_saved_tokens_total. Takes no lock.
  void count_saved_tokens(std::int64_t input, std::int64_t output);

  // The text exposition format.
  [[nodiscard]] std::string exposition() const;

 private:
  prometheus::Registry registry_;
  std::map<std::string, prometheus::Counter*, std::less<>> dropped_fields_;
  std::array<prometheus::Counter*, kCacheOutcomeCount> cache_outcomes_{};
  prometheus::Counter* saved_input_tokens_ = nullptr;
  prometheus::Counter* saved_output_tokens_ = nullptr;
  std::mutex mutex_;
  std::set<std::string, std::less<>> dropped_names_;
};

}  // namespace balancer::gateway
