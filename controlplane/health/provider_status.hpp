// What operators and gateways are told about the health of one provider.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace balancer::controlplane {

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

  friend bool operator==(const ProviderStatus&, const ProviderStatus&) = default;
};

}  // namespace balancer::controlplane
