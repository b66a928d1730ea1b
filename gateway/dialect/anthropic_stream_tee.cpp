#include "gateway/dialect/anthropic_stream_tee.hpp"

#include "gateway/dialect/anthropic_message.hpp"

namespace balancer::gateway {

bool AnthropicStreamTee::feed(std::string_view bytes) {
  return decoder_.feed(bytes, [this](const SseEvent& event) { observe(event); });
}

void AnthropicStreamTee::finish() {
  const SseEvent last = decoder_.finish();
  if (!last.data.empty()) observe(last);
}

void AnthropicStreamTee::observe(const SseEvent& event) {
  if (event.name == "ping") return;
  if (event.name == "message_start") {
    started_ = true;
    read_usage(event.data, usage_);
    return;
  }
  // Some servers send errors without an event line.
  if (event.name == "error" || (event.name.empty() && event.data.starts_with("{\"type\":\"error\""))) {
    failed_ = true;
    if (auto error = read_error(event.data)) {
      error_type_ = std::move(error->type);
      error_message_ = std::move(error->message);
    }
    return;
  }
  substantive_ = true;
  if (event.name == "message_delta") read_usage(event.data, usage_);
  if (event.name == "message_stop") complete_ = true;
}

}  // namespace balancer::gateway
