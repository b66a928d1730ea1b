#include "gateway/api/attempt_call.hpp"

#include <algorithm>
#include <utility>

#include "common/text/ascii.hpp"
#include "gateway/upstream/sign_check.hpp"

namespace balancer::gateway {
namespace {

std::string upstream_request_id(const UpstreamResponseHead& head) {
  // Longer ones are not worth keeping: real ones have some thirty letters.
  constexpr std::size_t kMaxLength = 128;
  const std::string_view id = head.header("request-id");
  return std::string((id.empty() ? head.header("x-request-id") : id).substr(0, kMaxLength));
}

AttemptTimeouts timeouts_of(const ForwardedRequest& request) {
  const Timeouts& configured = request.snapshot.timeouts;
  return {configured.connect, configured.tls_handshake, request.first_byte_timeout, configured.idle, request.deadline};
}

}  // namespace

AttemptCall::AttemptCall(const ForwardedRequest& request, const AttemptTarget& target, Dependencies& deps)
    : request_(request),
      target_(target),
      deps_(deps),
      started_(deps.wheel.now()),
      call_(deps.upstreams.pool_for(target.provider), timeouts_of(request)) {
  request_.exchange.watch_client([this] { call_.cancel(); });
}

AttemptCall::~AttemptCall() { request_.exchange.stop_watching(); }

asio::awaitable<UpstreamResult<void>> AttemptCall::send(std::span<const asio::const_buffer> buffers) {
  UpstreamResult<void> sent = co_await call_.start(buffers);
  if (sent) time_to_first_byte_ = elapsed();
  co_return sent;
}

asio::awaitable<UpstreamResult<std::string>> AttemptCall::read_document(std::size_t limit) {
  std::string document;
  if (const auto length = head().content_length) document.reserve(std::min<std::uint64_t>(*length, limit));
  while (true) {
    const UpstreamResult<std::string_view> bytes = co_await call_.read_some();
    if (!bytes) co_return bytes.error();
    if (bytes->empty()) co_return document;
    if (document.size() + bytes->size() > limit) {
      co_return UpstreamFailure{UpstreamFailureKind::kTooLarge, "the answer is too large", false};
    }
    document += *bytes;
  }
}

void AttemptCall::add_diagnostics(http::ResponseHead& head) const {
  head.add("x-provider-used", target_.provider.name);
  if (!request_.snapshot.diagnostic_headers) return;
  head.add("x-balancer-provider", target_.provider.name);
  head.add("x-balancer-upstream-model", target_.upstream_model);
  head.add("x-balancer-attempts", std::to_string(target_.attempt_number));
  if (request_.cache_outcome) head.add("x-balancer-cache", to_string(*request_.cache_outcome));
}

AttemptEnd AttemptCall::measured(AttemptEnd end) const {
  end.outcome = heed_connection_signs(std::move(end.outcome), request_.snapshot.unhealthy_signs);
  end.total_time = elapsed();
  end.response_byte_count = call_.bytes_received();
  end.time_to_first_byte = time_to_first_byte_;
  if (time_to_first_byte_) end.upstream_request_id = upstream_request_id(call_.head());
  return end;
}

std::chrono::microseconds AttemptCall::elapsed() const {
  return std::chrono::duration_cast<std::chrono::microseconds>(deps_.wheel.now() - started_);
}

AttemptEnd failed_attempt(UpstreamOutcome outcome) {
  AttemptEnd end;
  end.outcome = std::move(outcome);
  return end;
}

bool is_event_stream(std::string_view content_type) { return ascii_istarts_with(content_type, "text/event-stream"); }
bool is_html(std::string_view content_type) { return ascii_istarts_with(content_type, "text/html"); }

}  // namespace balancer::gateway
