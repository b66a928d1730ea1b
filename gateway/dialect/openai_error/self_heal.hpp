// A provider that does not know a field of the request says so: without it the request may succeed (protocol.md 5.6).
#pragma once

#include <optional>

#include "common/snapshot/conversion.hpp"
#include "gateway/dialect/openai_error/provider_error.hpp"

namespace balancer::gateway {

// The settings under which the request will not offend again; nothing when the error names nothing that could be
// changed, or that is changed already. An overflowing conversation names nothing.
[[nodiscard]] std::optional<ConversionSettings> heal(const ProviderError& error, const ConversionSettings& current);

}  // namespace balancer::gateway
