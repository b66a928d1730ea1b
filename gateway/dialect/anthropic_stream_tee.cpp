#include "gateway/dialect/anthropic_stream_tee.hpp"

#include <nlohmann/json.hpp>
#include <optional>

#include "gateway/dialect/anthropic_message.hpp"

namespace balancer::gateway {

bool AnthropicStreamTee::feed(std::string_view bytes) {
  return decoder_.feed(bytes, [this](const SseEvent& event) { observe(event); });
}

void AnthropicStreamTee::finish() {
  const SseEvent last = decoder_.finish();
  // Without the blank line only its data tells a whole event from one cut off.
  if (nlohmann::json::accept(last.data)) observe(last);
}

void AnthropicStreamTee::observe(const SseEvent& event) {
  if (event.name == "ping") return;
  if (event.name != "message_start" || !started_) ++content_events_;
  if (event.name == "message_start") {
    started_ = true;
    read_usage(event.data, usage_);
    return;
  }
  // Some servers send errors without an event line.
  if (event.name == "error" || event.name.empty()) {
    const std::optional<AnthropicError> error = read_error(event.data);
    if (error || event.name == "error") {
      failed_ = true;
      error_type_ = error ? error->type : "";
      error_message_ = error ? error->message : "";
      return;
    }
  }
  substantive_ = true;
  if (event.name == "message_delta") read_usage(event.data, usage_);
  if (event.name == "message_stop") complete_ = true;
}

}  // namespace balancer::gateway
