// What operators and gateways are told about the health of one provider.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace balancer::controlplane {

// A model of a provider that is left alone by itself.
struct ModelCooldown {
  // As sent upstream.
  std::string upstream_model;
  // Until a probe is admitted; 0 when one is due.
  std::chrono::milliseconds remaining{0};
  std::string last_error;

  friend bool operator==(const ModelCooldown&, const ModelCooldown&) = default;
};

struct ProviderStatus {
  enum class State {
    kHealthy,
    // Left alone; stays so until a probe has succeeded.
    kCooling,
    // Switched off in the configuration.
    kDisabled,
  };

  // Configured name.
  std::string provider;
  State state = State::kHealthy;
  // Until a probe is admitted; 0 when one is due, or when the provider is not cooling.
  std::chrono::milliseconds remaining_cooldown{0};
  std::int64_t failure_count = 0;
  std::optional<std::chrono::system_clock::time_point> last_failure_time;
  // A short phrase; empty when it never failed.
  std::string last_error;
  std::vector<ModelCooldown> cooling_models;
  // Requests under way, over all gateways.
  std::int64_t in_flight_count = 0;
  // Time to the first byte, lately.
  std::optional<std::chrono::microseconds> latency;

  friend bool operator==(const ProviderStatus&, const ProviderStatus&) = default;
};

}  // namespace balancer::controlplane
