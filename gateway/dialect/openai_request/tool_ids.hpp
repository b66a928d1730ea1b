// Tool call ids on both sides (protocol.md 2.6), reversible and without memory.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>

#include "common/snapshot/conversion.hpp"

namespace balancer::gateway {

// The id of a call in the history as the provider is told it: its own id, where the client's was made from it.
[[nodiscard]] std::string tool_id_to_provider(std::string_view client_id, const ConversionSettings& settings);

// A provider's id as the client is told it: unchanged when it is fit for Anthropic clients and new to the
// conversation, else made from it, else (empty, or taken even so) a fresh one.
[[nodiscard]] std::string tool_id_to_client(std::string_view provider_id, const std::unordered_set<std::string>& used);

}  // namespace balancer::gateway
