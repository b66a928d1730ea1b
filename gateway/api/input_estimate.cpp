#include "gateway/api/input_estimate.hpp"

#include "gateway/dialect/token_count/message_tokens.hpp"

namespace balancer::gateway {

std::int64_t estimated_input_tokens(std::string_view body, std::string_view model, Dependencies& deps) {
  constexpr std::int64_t kBytesPerToken = 4;
  const Result<JsonValue> root = deps.conversion.request.read(body);
  const std::int64_t tokens = root ? estimate_input_tokens(*root, model)
                                   : static_cast<std::int64_t>(body.size()) / kBytesPerToken + 1;
  deps.conversion.request.release_if_large();
  return tokens;
}

}  // namespace balancer::gateway
