// What is said to people who name something that is not configured.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace balancer::controlplane {

// "no provider is named "anthopic"; did you mean anthropic?" `kind` is a noun in the singular. Without a configured
// name that is near, the configured ones are listed as far as a line holds them.
[[nodiscard]] std::string unknown_name(std::string_view kind, std::string_view name,
                                       std::span<const std::string> configured);

}  // namespace balancer::controlplane
