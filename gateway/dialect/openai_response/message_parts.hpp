// Pieces that a streamed and a whole Anthropic message have in common (protocol.md 3.1, 4.1).
#pragma once

#include <string>

#include "gateway/dialect/openai_response/anthropic_events.hpp"

namespace balancer::gateway {

// The usage object with all four counts.
void append_usage(std::string& out, const AnthropicUsage& usage);

// The members "stop_reason", "stop_sequence" and, on a refusal, "stop_details".
void append_ending(std::string& out, const AnthropicEnding& ending);

}  // namespace balancer::gateway
