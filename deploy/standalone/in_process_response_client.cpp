#include "deploy/standalone/in_process_response_client.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "gateway/controlplane_client/presentable_text.hpp"

namespace balancer::standalone {

asio::awaitable<Result<FoundAnswer>> InProcessResponseClient::fetch(RequestSignature signature) {
  std::optional<FoundAnswer> found = responses_.fetch(signature);
  if (!found) co_return Error{ErrorCode::kNotFound, "there is no such answer", {}};
  co_return std::move(*found);
}

asio::awaitable<Result<FoundAnswer>> InProcessResponseClient::join(
    RequestSignature signature, std::chrono::milliseconds limit,
    std::function<void(std::function<void()>)> on_started) {
  return over_channel_.join(signature, limit, std::move(on_started));
}

asio::awaitable<Result<void>> InProcessResponseClient::store(RequestSignature signature, StoredAnswer answer,
                                                             bool cacheable) {
  // Other gateways may be given it over the channel, which carries no other names.
  if (!is_sound(answer) || !gateway::is_presentable(answer.upstream_model)) {
    co_return Error{ErrorCode::kInvalidRequest, "the answer cannot be stored", {}};
  }
  answer.input_token_count = std::min(answer.input_token_count, kMaxTokenCount);
  answer.output_token_count = std::min(answer.output_token_count, kMaxTokenCount);
  // It was put together piece by piece, and is kept for long.
  answer.message.shrink_to_fit();
  responses_.store(signature, std::make_shared<const StoredAnswer>(std::move(answer)), cacheable);
  co_return Result<void>();
}

}  // namespace balancer::standalone
