// The gateway's own metrics: every name is declared here. Labels come from closed sets, never from clients.
#pragma once

#include <prometheus/counter.h>
#include <prometheus/registry.h>

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

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

  // The text exposition format.
  [[nodiscard]] std::string exposition() const;

 private:
  prometheus::Registry registry_;
  std::map<std::string, prometheus::Counter*, std::less<>> dropped_fields_;
  std::mutex mutex_;
  std::set<std::string, std::less<>> dropped_names_;
};

}  // namespace balancer::gateway
