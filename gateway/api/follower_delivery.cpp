#include "gateway/api/follower_delivery.hpp"

#include <utility>

#include "gateway/api/delivery_watch.hpp"
#include "gateway/api/reply.hpp"
#include "gateway/api/request_notes.hpp"
#include "gateway/api/shared_head.hpp"
#include "gateway/dialect/answer/answer_summary.hpp"
#include "gateway/dialect/answer/events_from_message.hpp"
#include "gateway/dialect/answer/message_from_events.hpp"

namespace balancer::gateway {
namespace {

bool can_follow_live(const AskedFor& asked_for, const DeliveryContext& context) {
  return context.stream && asked_for.form == AnswerForm::kEvents && context.max_tokens == asked_for.max_tokens;
}

}  // namespace

FollowerDelivery::FollowerDelivery(http::Exchange& exchange, std::shared_ptr<SharedAnswer> answer,
                                   DeliveryContext context, Dependencies& deps)
    : exchange_(exchange),
      context_(std::move(context)),
      live_(can_follow_live(answer->asked_for(), context_)),
      reader_(std::move(answer), live_ ? AnswerReader::Kind::kFollower : AnswerReader::Kind::kFollowerOfTheWhole),
      patience_(deps.wheel, [this] {
        too_late_ = true;
        reader_.wake();
      }) {
  patience_.arm_after(context_.snapshot->response_sharing.join_timeout);
}

asio::awaitable<FollowerDelivery::End> FollowerDelivery::run() {
  const DeliveryWatch watch(exchange_, reader_);
  while (true) {
    const AnswerReader::Event event = co_await reader_.next();
    if (exchange_.client_gone()) co_return End::kDone;
    const std::optional<End> end = co_await pass_on(event);
    if (end == End::kDone) {
      const bool cut_off = event.given_up || event.state == AnswerState::kBroken;
      note_shared_answer(*context_.record, exchange_, reader_.answer(),
                         cut_off ? SharedDelivery::kCutOff : SharedDelivery::kToItsEnd);
    }
    if (end && (end == End::kDone || !watch.ending())) co_return *end;
    if (!exchange_.answered() && watch.ending()) {
      co_await reply_ending();
      co_return End::kDone;
    }
    if (!exchange_.answered() && too_late_) co_return End::kTooLate;
  }
}

asio::awaitable<std::optional<FollowerDelivery::End>> FollowerDelivery::pass_on(const AnswerReader::Event& event) {
  if (event.given_up && exchange_.answered()) {
    co_await end_lagging_stream(exchange_);
    co_return End::kDone;
  }
  if (event.given_up || event.state == AnswerState::kFailed) co_return End::kAskAnew;
  if (event.state == AnswerState::kPending) co_return std::nullopt;
  if (live_ && reader_.answer().form() == AnswerForm::kEvents) co_return co_await pass_on_events(event);
  if (event.state == AnswerState::kBroken) co_return End::kAskAnew;
  if (event.state == AnswerState::kOpen) co_return std::nullopt;
  co_return co_await give_whole();
}

asio::awaitable<std::optional<FollowerDelivery::End>> FollowerDelivery::pass_on_events(
    const AnswerReader::Event& event) {
  if (!exchange_.answered()) {
    patience_.disarm();
    exchange_.begin_stream(head());
  }
  if (!event.piece.bytes.empty()) {
    const bool sent = co_await exchange_.write_piece(event.piece.bytes);
    if (!sent) co_return End::kDone;
    reader_.take(event.piece.bytes.size());
    co_return std::nullopt;
  }
  if (event.state == AnswerState::kOpen) co_return std::nullopt;
  if (event.state == AnswerState::kWhole) {
    reader_.begin_last();
    const bool sent = co_await exchange_.finish_stream();
    if (sent) reader_.take_rest();
  }
  co_return End::kDone;
}

asio::awaitable<FollowerDelivery::End> FollowerDelivery::give_whole() {
  const std::optional<std::string> text = rendered();
  if (!text) co_return End::kAskAnew;
  reader_.begin_last();
  const http::ResponseHead own_head = head();
  const bool sent = co_await exchange_.respond(own_head, *text);
  if (sent) reader_.take_rest();
  co_return End::kDone;
}

std::optional<std::string> FollowerDelivery::rendered() const {
  const SharedAnswer& answer = reader_.answer();
  std::optional<std::string> text = answer.whole_text();
  if (!text) return std::nullopt;
  const bool events = answer.form() == AnswerForm::kEvents;
  const AnswerSummary summary = events ? summarize_events(*text) : summarize_message(*text);
  if (!summary.complete) return std::nullopt;
  const bool same_limit = answer.asked_for().max_tokens == context_.max_tokens;
  if (!same_limit && !fits(summary, context_.max_tokens)) return std::nullopt;
  if (events == context_.stream) return text;
  return events ? message_from_events(*text) : events_from_message(*text);
}

http::ResponseHead FollowerDelivery::head() const {
  const AnswerOrigin origin = reader_.answer().origin();
  return shared_head({.request_id = exchange_.request_id(),
                      .stream = context_.stream,
                      .outcome = outcome_of(origin),
                      .origin = origin,
                      .diagnostics = context_.snapshot->diagnostic_headers});
}

asio::awaitable<void> FollowerDelivery::reply_ending() {
  Error ending{ErrorCode::kUnavailable, "gateway: shutting down", {}};
  co_await reply_error(exchange_, std::move(ending));
}

}  // namespace balancer::gateway
