#include "gateway/api/converted_relay.hpp"

#include <utility>

#include "common/error/http_error.hpp"

namespace balancer::gateway {
namespace {

// Usage usually follows the end of an answer at once (protocol.md 4.4 rule 12).
constexpr std::chrono::seconds kWaitForUsage{2};
// What a provider still sends behind its last word is read so that the connection can serve again.
constexpr std::chrono::milliseconds kLinger{100};
constexpr std::string_view kPing = "event: ping\ndata: {\"type\": \"ping\"}\n\n";

using State = ChatReply::State;

}  // namespace

ConvertedRelay::ConvertedRelay(http::Exchange& exchange, UpstreamCall& call, ChatStream& stream,
                               AnthropicStreamWriter& writer, TimerWheel& wheel, StreamRelaySettings settings)
    : exchange_(exchange),
      call_(call),
      stream_(stream),
      writer_(writer),
      wheel_(wheel),
      settings_(settings),
      content_clock_(call, wheel, settings.content_idle),
      ping_timer_(wheel, [this] { ping(); }) {}

asio::awaitable<ConvertedRelay::End> ConvertedRelay::run(const HeadMaker& make_head, bool deliver_empty_answer) {
  const End end = co_await read_answer(make_head, deliver_empty_answer);
  if (end != End::kDelivered) co_return end;
  co_await exchange_.finish_stream();
  co_await drain();
  co_return end;
}

asio::awaitable<ConvertedRelay::End> ConvertedRelay::read_answer(const HeadMaker& make_head,
                                                                 bool deliver_empty_answer) {
  const ChatReply& reply = stream_.reply();
  while (true) {
    arm_timers();
    const UpstreamResult<std::string_view> bytes = co_await call_.read_some();
    disarm_timers();
    const bool cancelled = !bytes && bytes.error().kind == UpstreamFailureKind::kCancelled;
    if (cancelled && exchange_.client_gone()) co_return End::kClientGone;
    if (bytes && !bytes->empty()) {
      follow(*bytes);
    } else if (bytes || (reply.state() == State::kFinished && !cancelled)) {
      // However the connection ends behind the end that was said.
      stream_.end_of_input();
    } else {
      broken_ = bytes.error();
      co_return End::kBroken;
    }
    if (reply.empty_answer() && !deliver_empty_answer) co_return End::kEmptyAnswer;
    if (reply.state() == State::kFailed && !committed_) co_return End::kProviderFailed;
    if (!writer_.output().empty()) {
      const bool sent = co_await send_output(make_head);
      if (!sent) co_return End::kClientGone;
    }
    if (reply.state() == State::kFailed) co_return End::kProviderFailed;
    if (reply.state() == State::kComplete) co_return End::kDelivered;
    if (reply.state() == State::kFinished) limit_wait_for_usage();
  }
}

void ConvertedRelay::arm_timers() {
  content_clock_.begin_wait();
  if (committed_) ping_timer_.arm(ping_due_);
}

void ConvertedRelay::disarm_timers() {
  content_clock_.end_wait();
  ping_timer_.disarm();
}

void ConvertedRelay::follow(std::string_view bytes) {
  const std::uint64_t content_before = stream_.content();
  stream_.feed(bytes);
  if (stream_.content() > content_before) content_clock_.restart();
}

asio::awaitable<bool> ConvertedRelay::send_output(const HeadMaker& make_head) {
  if (!std::exchange(committed_, true)) {
    call_.extend_deadline(wheel_.now() + settings_.stream_total);
    exchange_.begin_stream(make_head());
    if (settings_.on_commit) settings_.on_commit();
  }
  const bool sent = co_await exchange_.write_piece(writer_.output());
  writer_.output().clear();
  ping_due_ = wheel_.now() + settings_.ping_interval;
  co_return sent;
}

void ConvertedRelay::limit_wait_for_usage() {
  if (std::exchange(end_was_said_, true)) return;
  call_.extend_deadline(wheel_.now() + kWaitForUsage);
}

asio::awaitable<void> ConvertedRelay::drain() {
  call_.extend_deadline(wheel_.now() + kLinger);
  while (true) {
    const UpstreamResult<std::string_view> bytes = co_await call_.read_some();
    if (!bytes || bytes->empty()) co_return;
  }
}

void ConvertedRelay::ping() {
  exchange_.push_piece(kPing);
  ping_due_ = wheel_.now() + settings_.ping_interval;
  ping_timer_.arm(ping_due_);
}

asio::awaitable<void> ConvertedRelay::finish_with_error(std::string_view type, std::string_view message) {
  std::string event = "event: error\ndata: ";
  event += anthropic_error_body(type, message, exchange_.request_id());
  event += "\n\n";
  const bool sent = co_await exchange_.write_piece(event);
  if (sent) co_await exchange_.finish_stream();
}

}  // namespace balancer::gateway
