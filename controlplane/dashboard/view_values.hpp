// How the page's JSON writes times, durations and names.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "common/routing/routing_table.hpp"

namespace balancer::controlplane {

// "2026-11-28T08:30:00.123Z"
[[nodiscard]] std::string time_view(std::chrono::system_clock::time_point time);

// In seconds.
[[nodiscard]] inline double seconds_view(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double>(duration).count();
}

// As the configuration file names it.
[[nodiscard]] std::string_view strategy_view(routing::SelectionStrategy strategy);

}  // namespace balancer::controlplane
