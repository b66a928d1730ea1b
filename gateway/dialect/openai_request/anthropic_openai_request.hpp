// A Messages request becomes a Chat Completions request (protocol.md 2.2-2.9).
#pragma once

#include <string_view>

#include "gateway/dialect/json/json_document.hpp"
#include "gateway/dialect/openai_request/conversion.hpp"

namespace balancer::gateway {

// `body` is followed by at least 64 readable bytes; `document` is used up during the call. Values are copied as they
// stand: numbers keep their spelling, objects the order of their keys.
[[nodiscard]] ConversionResult<ConvertedRequest> convert_messages_request(std::string_view body,
                                                                          const ConversionTarget& target,
                                                                          JsonDocument& document);

}  // namespace balancer::gateway
