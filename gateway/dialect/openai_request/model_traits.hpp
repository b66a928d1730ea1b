// What is known of OpenAI's own models by their names alone (protocol.md 2.2, 2.8); "vendor/" before a name is
// ignored. A provider's settings come before it, and what a provider refuses is learned.
#pragma once

#include <span>
#include <string_view>

namespace balancer::gateway {

struct ModelTraits {
  // Takes reasoning_effort, and refuses temperature and top_p.
  bool reasoning = false;
  bool refuses_stop = false;
  bool refuses_parallel_tool_calls = false;
  // Lowest first.
  std::span<const std::string_view> reasoning_levels;
};

[[nodiscard]] ModelTraits model_traits(std::string_view model);

}  // namespace balancer::gateway
