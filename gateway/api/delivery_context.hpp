// What a client that reads a shared answer asked for.
#pragma once

#include <cstdint>
#include <memory>

#include "gateway/api/messages_input.hpp"

namespace balancer::gateway {

struct DeliveryContext {
  bool stream = false;
  // 0 for none.
  std::int64_t max_tokens = 0;
  std::shared_ptr<const Snapshot> snapshot;
  // Never null.
  std::shared_ptr<RequestRecord> record;
};

[[nodiscard]] inline DeliveryContext delivery_context(const MessagesInput& input) {
  const MessagesRequest& message = input.received.message;
  return {.stream = message.stream,
          .max_tokens = message.max_tokens,
          .snapshot = input.snapshot,
          .record = input.record};
}

}  // namespace balancer::gateway
