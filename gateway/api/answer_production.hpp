// Makes one shared answer: out of the cache, with another gateway's help, or by asking providers.
#pragma once

#include <memory>

#include "common/signature/request_signature.hpp"
#include "gateway/api/dependencies.hpp"
#include "gateway/api/messages_input.hpp"
#include "gateway/coalescing/request_copy.hpp"
#include "gateway/coalescing/shared_answer.hpp"

namespace balancer::gateway {

struct ProductionOrder {
  // Of the one who asked first, whose connection may end before this does.
  RequestCopy request;
  // Not null.
  std::unique_ptr<MessagesInput> input;
  RequestSignature signature;
  bool wants_fresh_answer = false;
  std::shared_ptr<SharedAnswer> answer;
};

// Completes when the answer is made, stored where it is wanted, and somebody has it, or nobody came for it in time. `deps`
// outlives it.
asio::awaitable<void> produce_answer(ProductionOrder order, Dependencies& deps);

}  // namespace balancer::gateway
