#include "gateway/api/leader_delivery.hpp"

#include <utility>

#include "gateway/api/delivery_watch.hpp"
#include "gateway/api/reply.hpp"
#include "gateway/api/request_notes.hpp"
#include "gateway/api/shared_head.hpp"

namespace balancer::gateway {

LeaderDelivery::LeaderDelivery(http::Exchange& exchange, std::shared_ptr<SharedAnswer> answer, DeliveryContext context)
    : exchange_(exchange),
      context_(std::move(context)),
      reader_(std::move(answer), AnswerReader::Kind::kLeader) {}

asio::awaitable<void> LeaderDelivery::run() {
  co_await deliver();
  note_outcome();
}

asio::awaitable<void> LeaderDelivery::deliver() {
  const DeliveryWatch watch(exchange_, reader_);
  bool done = false;
  while (!done) {
    const AnswerReader::Event event = co_await reader_.next();
    if (exchange_.client_gone()) co_return;
    done = co_await pass_on(event);
  }
}

asio::awaitable<bool> LeaderDelivery::pass_on(const AnswerReader::Event& event) {
  if (event.state == AnswerState::kPending) co_return false;
  const bool events = event.state != AnswerState::kFailed && reader_.answer().form() == AnswerForm::kEvents;
  if (events) co_return co_await pass_on_events(event);
  co_await pass_on_document(event);
  co_return true;
}

asio::awaitable<bool> LeaderDelivery::pass_on_events(const AnswerReader::Event& event) {
  if (!exchange_.answered()) {
    exchange_.begin_stream(reader_.answer().head());
    reader_.take_at_once([this](std::string_view bytes) { return exchange_.push_piece(bytes); });
  }
  if (event.owes) {
    const bool sent = co_await exchange_.write_piece({});
    if (sent) reader_.settle();
    co_return !sent;
  }
  if (event.given_up) {
    co_await end_lagging_stream(exchange_);
    co_return true;
  }
  if (!event.piece.bytes.empty()) {
    const bool sent = co_await exchange_.write_piece(event.piece.bytes);
    if (sent) reader_.take(event.piece.bytes.size());
    co_return !sent;
  }
  if (event.state == AnswerState::kWhole) {
    reader_.begin_last();
    const bool sent = co_await exchange_.finish_stream();
    if (sent) reader_.take_rest();
  }
  co_return event.state != AnswerState::kOpen;
}

asio::awaitable<void> LeaderDelivery::pass_on_document(const AnswerReader::Event& event) {
  const http::ResponseHead head = reader_.answer().head();
  if (event.state == AnswerState::kFailed && event.piece.bytes.empty()) {
    // Nobody said why: the server answers for what is left unanswered.
    co_return;
  }
  reader_.begin_last();
  const bool sent = co_await exchange_.respond(head, event.piece.bytes);
  if (sent) reader_.take_rest();
}

void LeaderDelivery::note_outcome() {
  // Of a provider's answer, whoever asked the providers has written it down.
  if (reader_.answer().origin().source == AnswerOrigin::Source::kProvider) return;
  note_shared_answer(*context_.record, exchange_, reader_.answer(), SharedDelivery::kToItsEnd);
}

}  // namespace balancer::gateway
