// Token counts of OpenAI-compatible providers in Anthropic's terms (protocol.md 3.4).
#pragma once

#include <optional>

#include "common/snapshot/conversion.hpp"
#include "gateway/dialect/json/json_document.hpp"
#include "gateway/dialect/openai_response/anthropic_events.hpp"

namespace balancer::gateway {

// Of a chunk or a completion, wherever it keeps its usage; nothing when it has none.
[[nodiscard]] std::optional<AnthropicUsage> read_chat_usage(JsonValue chunk, const ConversionSettings& settings);

}  // namespace balancer::gateway
