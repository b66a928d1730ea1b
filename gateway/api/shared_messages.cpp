#include "gateway/api/shared_messages.hpp"

#include <utility>

#include "gateway/api/answer_production.hpp"
#include "gateway/api/follower_delivery.hpp"
#include "gateway/api/leader_delivery.hpp"
#include "gateway/api/routed_answer.hpp"

namespace balancer::gateway {
namespace {

// Behind a leader that fails, and behind the one that takes its place.
constexpr unsigned kMaxJoins = 2;

Flights::Entry enter_flight(const MessagesInput& input, const RequestSignature& signature, bool any_will_do,
                            const asio::any_io_executor& executor, Dependencies& deps) {
  const MessagesRequest& message = input.received.message;
  const AskedFor asked_for{.form = message.stream ? AnswerForm::kEvents : AnswerForm::kDocument,
                           .max_tokens = message.max_tokens};
  if (input.snapshot->response_sharing.coalescing) {
    return deps.flights.enter(signature, executor, asked_for, any_will_do);
  }
  // Made for the cache alone.
  Flights::Entry lonely{std::make_shared<SharedAnswer>(executor, asked_for, deps.flights.budget()), true};
  lonely.answer->seal();
  return lonely;
}

}  // namespace

asio::awaitable<void> serve_shared(http::Exchange& exchange, std::unique_ptr<MessagesInput> input,
                                   RequestSignature signature, CacheDirectives directives, Dependencies& deps) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  const DeliveryContext context = delivery_context(*input);
  for (unsigned joins = 0; joins < kMaxJoins; ++joins) {
    const Flights::Entry flight = enter_flight(*input, signature, !directives.no_cache, executor, deps);
    if (flight.leads) {
      LeaderDelivery delivery(exchange, flight.answer, context);
      ProductionOrder order{.request = RequestCopy(exchange.request(), exchange.request_id()),
                            .input = std::move(input),
                            .signature = signature,
                            .wants_fresh_answer = directives.no_cache,
                            .answer = flight.answer};
      deps.productions.spawn(produce_answer(std::move(order), deps));
      co_return co_await delivery.run();
    }
    FollowerDelivery delivery(exchange, flight.answer, context, deps);
    const FollowerDelivery::End end = co_await delivery.run();
    if (end == FollowerDelivery::End::kDone) co_return;
    if (end == FollowerDelivery::End::kTooLate) break;
  }
  co_await serve_alone(exchange, *input, deps);
}

}  // namespace balancer::gateway
