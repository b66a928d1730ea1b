// What the control plane tells about its providers and its configuration, for the gateway's own endpoints.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/routing/routing_table.hpp"
#include "common/snapshot/provider.hpp"

namespace balancer::gateway {

struct ServedModel {
  std::string pattern;
  // "passthrough" or the name sent upstream.
  std::string model;
  int priority = 0;
};

// A model that is left alone though its provider is not.
struct CoolingModel {
  // As sent upstream.
  std::string model;
  std::chrono::milliseconds remaining_cooldown{0};
  std::string last_error;
};

struct ListedProvider {
  std::string name;
  ProviderType type = ProviderType::kAnthropic;
  std::string base_url;
  bool enabled = true;
  bool healthy = true;
  // "healthy", "cooling" or "disabled".
  std::string status;
  std::int64_t failure_count = 0;
  std::optional<std::chrono::system_clock::time_point> last_failure_time;
  std::optional<std::chrono::milliseconds> remaining_cooldown;
  std::string last_error;
  // host:port, never credentials; empty for none.
  std::string proxy;
  // Requests under way, over all gateways.
  std::int64_t in_flight = 0;
  // Time to the first byte, lately; nothing while unknown.
  std::optional<std::chrono::milliseconds> latency;
  std::vector<CoolingModel> cooling_models;
  std::vector<ServedModel> models;
};

struct ProviderListing {
  std::vector<ListedProvider> providers;
  routing::SelectionStrategy strategy = routing::SelectionStrategy::kPriority;
  int route_count = 0;
};

struct ReloadResult {
  // 0 when the file was refused.
  std::uint64_t snapshot_version = 0;
  // "config.yaml:12:5: error: providers[2].base_url: ..."
  std::vector<std::string> problems;
  int provider_count = 0;
  int healthy_provider_count = 0;
};

}  // namespace balancer::gateway
