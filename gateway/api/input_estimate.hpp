// The gateway's own count of a request's input tokens (protocol.md section 6).
#pragma once

#include "gateway/api/provider_attempt.hpp"

namespace balancer::gateway {

// At least 1. `model` is who would read it.
[[nodiscard]] std::int64_t estimated_input_tokens(std::string_view body, std::string_view model, Dependencies& deps);

}  // namespace balancer::gateway
