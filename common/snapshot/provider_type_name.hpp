// Provider types by the names that the configuration file has for them.
#pragma once

#include <string_view>

#include "common/snapshot/provider.hpp"

namespace balancer {

[[nodiscard]] constexpr std::string_view to_string(ProviderType type) {
  return type == ProviderType::kAnthropic ? "anthropic" : "openai";
}

}  // namespace balancer
