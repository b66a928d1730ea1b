// The gateway's own metrics: all that /metrics says. Labels come from closed sets, never from clients.
#pragma once

#include <prometheus/counter.h>
#include <prometheus/registry.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "common/metrics/metric_family.hpp"
#include "common/routing/cache_outcome.hpp"
#include "gateway/metrics/request_metrics.hpp"

namespace balancer::gateway {

// Thread-safe.
class GatewayMetrics {
 public:
  // When the gateway's own TLS certificates end; nothing where there is none.
  struct CertificateExpiries {
    std::optional<std::chrono::sys_seconds> listener;
    std::optional<std::chrono::sys_seconds> control_plane;
  };
  // What is known elsewhere, read when it is asked for, on the thread that asks.
  struct Sources {
    std::function<bool()> control_plane_connected;
    std::function<std::uint64_t()> snapshot_version;
    std::function<std::uint64_t()> configs_rejected{};
    std::function<bool()> draining;
    std::function<std::uint64_t()> spans_exported;
    std::function<std::uint64_t()> spans_dropped;
    std::function<CertificateExpiries()> certificate_expiries{};
  };
  GatewayMetrics();
  explicit GatewayMetrics(Sources sources);

  // For one more I/O thread; lives as long as this object.
  [[nodiscard]] RequestMetrics& make_request_metrics();
  // Over all threads.
  [[nodiscard]] std::int64_t open_request_count() const;
  [[nodiscard]] std::int64_t open_stream_count() const;

  // A field or hint of a request that a converted provider has no use for: balancer_gateway_dropped_fields_total.
  // Names may come from clients: those that nobody here knows count as "other". Takes no lock.
  void count_dropped_field(std::string_view name);
  // True once for each name in the life of the process, for a bounded number of names.
  [[nodiscard]] bool first_time_dropped(std::string_view name);

  // One a Messages request: balancer_gateway_cache_outcomes_total. Takes no lock.
  void count_cache_outcome(CacheOutcome outcome);
  // Tokens that no provider was asked for, thanks to a hit or a join: balancer_gateway_saved_tokens_total. Takes no lock.
  void count_saved_tokens(std::int64_t input, std::int64_t output);

  // All but the process's own.
  [[nodiscard]] metrics::Families collect() const;
  // The text exposition format, the process's own included.
  [[nodiscard]] std::string exposition() const;

 private:
  const Sources sources_;
  prometheus::Registry registry_;
  std::map<std::string, prometheus::Counter*, std::less<>> dropped_fields_;
  std::array<prometheus::Counter*, kCacheOutcomeCount> cache_outcomes_{};
  prometheus::Counter* saved_input_tokens_ = nullptr;
  prometheus::Counter* saved_output_tokens_ = nullptr;
  mutable std::mutex mutex_;
  std::set<std::string, std::less<>> dropped_names_;
  RequestMetrics::Shards shards_;
};

}  // namespace balancer::gateway
