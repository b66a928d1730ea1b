// A provider's tool arguments as the input object that clients need (protocol.md 3.2).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gateway/dialect/json/json_document.hpp"

namespace balancer::gateway {

enum class ArgumentsCut { kNo, kByLength };

// An object's own bytes wherever there is one; other values wrapped as {"_value":...}; what is no JSON as
// {"_invalid_json":"..."}, which fails the client's own check, so that the model sees its mistake. Nothing when it is
// no JSON because the answer's length was limited. `scratch` is used up.
[[nodiscard]] std::optional<std::string> normalized_arguments(std::string_view arguments, ArgumentsCut cut,
                                                              JsonDocument& scratch);

}  // namespace balancer::gateway
