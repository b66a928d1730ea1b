#include "gateway/api/stream_relay.hpp"

#include "common/error/http_error.hpp"
#include "common/text/ascii.hpp"

namespace balancer::gateway {
namespace {

using routing::AttemptOutcome;

constexpr std::chrono::seconds kLongestHold{2};
// Behind its last word a provider may only end its stream.
constexpr std::chrono::seconds kAfterLastWord{2};
constexpr std::size_t kMaxHeldBytes = 1024 * 1024;
constexpr std::string_view kPing = "event: ping\ndata: {\"type\": \"ping\"}\n\n";

bool is_encoded(const UpstreamResponseHead& head) {
  const std::string_view coding = head.header("content-encoding");
  return !coding.empty() && !ascii_iequal(coding, "identity");
}

UpstreamFailure oversized_event() { return {UpstreamFailureKind::kMalformed, "an event of absurd size", false}; }

}  // namespace

StreamRelaySettings stream_settings(const Snapshot& snapshot, std::function<void()> on_commit) {
  return {.ping_interval = snapshot.ping_interval,
          .stream_total = snapshot.timeouts.stream_total,
          .content_idle = snapshot.timeouts.content_idle,
          .on_commit = std::move(on_commit)};
}

StreamRelay::StreamRelay(http::Exchange& exchange, UpstreamCall& call, const http::ResponseHead& head,
                         TimerWheel& wheel, StreamRelaySettings settings)
    : exchange_(exchange),
      call_(call),
      head_(head),
      wheel_(wheel),
      settings_(settings),
      opaque_(is_encoded(call.head())),
      content_clock_(call, wheel, settings.content_idle),
      commit_timer_(wheel, [this] { commit_late(); }),
      ping_timer_(wheel, [this] { ping(); }) {}

asio::awaitable<StreamEnd> StreamRelay::run() {
  while (true) {
    arm_timers();
    const UpstreamResult<std::string_view> bytes = co_await call_.read_some();
    disarm_timers();
    if (!bytes) co_return co_await broken(bytes.error());
    if (bytes->empty()) co_return co_await end_of_input();
    if (!follow(*bytes)) co_return co_await broken(oversized_event());

    std::string_view ready = *bytes;
    if (!committed_) {
      held_ += *bytes;
      if (tee_.failed() && !tee_.substantive()) co_return ended(verdict());
      if (!tee_.substantive() && !opaque_ && held_.size() < kMaxHeldBytes) continue;
      commit();
      ready = held_;
    }
    if (said_last_word()) limit_rest_of_stream();
    const bool sent = co_await exchange_.write_piece(ready);
    held_.clear();
    if (!sent) co_return ended(classify_failure({UpstreamFailureKind::kCancelled, {}, false}));
  }
}

void StreamRelay::arm_timers() {
  content_clock_.begin_wait();
  if (committed_) {
    ping_timer_.arm_after(settings_.ping_interval);
    return;
  }
  if (tee_.started() && !commit_due_) commit_due_ = wheel_.now() + kLongestHold;
  if (commit_due_) commit_timer_.arm(*commit_due_);
}

void StreamRelay::disarm_timers() {
  content_clock_.end_wait();
  commit_timer_.disarm();
  ping_timer_.disarm();
}

bool StreamRelay::follow(std::string_view bytes) {
  const std::uint64_t content_before = tee_.content_events();
  if (!opaque_ && !tee_.feed(bytes)) return false;
  if (opaque_ || tee_.content_events() > content_before) content_clock_.restart();
  return true;
}

void StreamRelay::commit() {
  committed_ = true;
  call_.extend_deadline(wheel_.now() + settings_.stream_total);
  exchange_.begin_stream(head_);
  if (settings_.on_commit) settings_.on_commit();
}

void StreamRelay::commit_late() {
  commit();
  exchange_.push_piece(held_);
  held_.clear();
  ping_timer_.arm_after(settings_.ping_interval);
}

void StreamRelay::ping() {
  if (!opaque_ && tee_.at_boundary() && !said_last_word()) exchange_.push_piece(kPing);
  ping_timer_.arm_after(settings_.ping_interval);
}

void StreamRelay::limit_rest_of_stream() {
  if (std::exchange(rest_limited_, true)) return;
  call_.extend_deadline(wheel_.now() + kAfterLastWord);
}

asio::awaitable<StreamEnd> StreamRelay::end_of_input() {
  tee_.finish();
  if (!committed_) {
    if (tee_.failed()) co_return ended(verdict());
    co_return ended(unusable_answer("the stream ended before it began"));
  }
  if (!opaque_ && !said_last_word()) {
    UpstreamFailure truncated{UpstreamFailureKind::kTruncated, "upstream stream ended prematurely", false};
    co_return co_await broken(std::move(truncated));
  }
  co_await exchange_.finish_stream();
  co_return ended(verdict());
}

asio::awaitable<StreamEnd> StreamRelay::broken(UpstreamFailure failure) {
  const bool cancelled = failure.kind == UpstreamFailureKind::kCancelled;
  if (!committed_ || (cancelled && exchange_.client_gone())) co_return ended(classify_failure(failure));
  if (said_last_word()) {
    // How the provider hung up after it does not matter.
    co_await exchange_.finish_stream();
    co_return ended(verdict());
  }
  const bool timeout = is_timeout(failure.kind);
  const std::string_view message = cancelled ? "gateway: shutting down"
                                   : timeout ? "gateway: the provider fell silent"
                                             : "gateway: upstream stream ended prematurely";
  co_await finish_with_error(timeout ? "timeout_error" : "api_error", message);
  co_return ended(classify_failure(failure));
}

asio::awaitable<void> StreamRelay::finish_with_error(std::string_view type, std::string_view message) {
  std::string tail;
  if (opaque_) {
    // Nothing can be said inside a compressed stream: leaving it unfinished breaks the connection.
    co_return;
  }
  if (!tee_.at_boundary()) tail = "\n\n";
  tail += "event: error\ndata: ";
  tail += anthropic_error_body(type, message, exchange_.request_id());
  tail += "\n\n";
  if (co_await exchange_.write_piece(tail)) co_await exchange_.finish_stream();
}

StreamEnd StreamRelay::ended(UpstreamOutcome outcome) const { return {std::move(outcome), committed_, tee_.usage()}; }

bool StreamRelay::said_last_word() const { return tee_.complete() || tee_.failed(); }

UpstreamOutcome StreamRelay::verdict() const {
  if (tee_.failed()) return classify_error_event(tee_.error_type(), tee_.error_message());
  return {.kind = AttemptOutcome::kSuccess, .status = call_.head().status, .overloaded = false,
          .retry_delay = std::nullopt, .detail = {}};
}

}  // namespace balancer::gateway
