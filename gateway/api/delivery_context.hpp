// What a client that reads a shared answer asked for.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "common/async/timer_wheel.hpp"
#include "gateway/api/messages_input.hpp"

namespace balancer::gateway {

struct DeliveryContext {
  std::string model;
  bool stream = false;
  // 0 for none.
  std::int64_t max_tokens = 0;
  std::shared_ptr<const Snapshot> snapshot;
  TimerWheel::TimePoint began;
};

[[nodiscard]] inline DeliveryContext delivery_context(const MessagesInput& input, TimerWheel::TimePoint now) {
  const MessagesRequest& message = input.received.message;
  return {.model = message.model,
          .stream = message.stream,
          .max_tokens = message.max_tokens,
          .snapshot = input.snapshot,
          .began = now};
}

}  // namespace balancer::gateway
