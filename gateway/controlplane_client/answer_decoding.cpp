#include "gateway/controlplane_client/answer_decoding.hpp"

#include <string>
#include <utility>

namespace balancer::gateway {

std::shared_ptr<const StoredAnswer> decode_answer(v1::StoredAnswer& message) {
  auto answer = std::make_shared<StoredAnswer>(
      StoredAnswer{.message = std::move(*message.mutable_message()),
                   .provider = std::move(*message.mutable_provider()),
                   .upstream_model = std::move(*message.mutable_upstream_model()),
                   .input_token_count = message.input_token_count(),
                   .output_token_count = message.output_token_count()});
  if (!is_sound(*answer)) return nullptr;
  return answer;
}

}  // namespace balancer::gateway
