// The input tokens of a whole Messages request, estimated (protocol.md section 6). Rather too many than too few: a low
// count delays compaction until the conversation overflows.
#pragma once

#include <cstdint>
#include <string_view>

#include "gateway/dialect/json/json_document.hpp"

namespace balancer::gateway {

// `root` is the request body; what is missing or odd in it counts nothing. At least 1.
[[nodiscard]] std::int64_t estimate_input_tokens(JsonValue root, std::string_view model);

}  // namespace balancer::gateway
