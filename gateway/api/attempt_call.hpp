// What attempts in every dialect have in common: one call to the provider, its clock, the client that may leave
// meanwhile, and what the client's answer says of all that.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "common/upstream/upstream_call.hpp"
#include "gateway/api/provider_attempt.hpp"

namespace balancer::gateway {

class AttemptCall {
 public:
  // The references outlive the call. `upstream_model` is the name that the provider is asked for.
  AttemptCall(const ForwardedRequest& request, const AttemptTarget& target, Dependencies& deps);
  // The client is no longer watched.
  ~AttemptCall();
  AttemptCall(const AttemptCall&) = delete;
  AttemptCall& operator=(const AttemptCall&) = delete;

  // Sends the request and reads the answer's head; a client that leaves cancels the call from here on.
  asio::awaitable<UpstreamResult<void>> send(std::span<const asio::const_buffer> buffers);
  // The rest of the answer, up to `limit` bytes.
  asio::awaitable<UpstreamResult<std::string>> read_document(std::size_t limit);

  [[nodiscard]] UpstreamCall& upstream() { return call_; }
  [[nodiscard]] const UpstreamResponseHead& head() const { return call_.head(); }

  // What the client's answer says of the attempts: who answered, with which model, after how many.
  void add_diagnostics(http::ResponseHead& head) const;
  // Fills in what was measured, and heeds what the operator says of failed connections.
  [[nodiscard]] AttemptEnd measured(AttemptEnd end) const;

 private:
  [[nodiscard]] std::chrono::microseconds elapsed() const;

  const ForwardedRequest& request_;
  const AttemptTarget& target_;
  Dependencies& deps_;
  const TimerWheel::TimePoint started_;
  std::optional<std::chrono::microseconds> time_to_first_byte_;
  UpstreamCall call_;
};

[[nodiscard]] AttemptEnd failed_attempt(UpstreamOutcome outcome);

[[nodiscard]] bool is_event_stream(std::string_view content_type);
[[nodiscard]] bool is_html(std::string_view content_type);

}  // namespace balancer::gateway
