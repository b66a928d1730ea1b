#include "gateway/api/answer_production.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "gateway/api/reply.hpp"
#include "gateway/api/routed_answer.hpp"
#include "gateway/api/shared_head.hpp"
#include "gateway/coalescing/answer_recorder.hpp"
#include "gateway/dialect/answer/answer_summary.hpp"
#include "gateway/dialect/answer/events_from_message.hpp"
#include "gateway/dialect/answer/message_from_events.hpp"

namespace balancer::gateway {
namespace {

using Where = routing::AnswerElsewhere::Where;

// An answer that should be elsewhere and is not is looked for so often.
constexpr unsigned kMaxLookups = 2;

class Production {
 public:
  Production(ProductionOrder& order, Dependencies& deps)
      : order_(order),
        deps_(deps),
        sharing_(order.input->snapshot->response_sharing),
        recorder_(order.request, order.answer, deps.wheel, sharing_.linger),
        entry_(deps.productions, order.signature, recorder_) {}

  ~Production() {
    end_lead();
    deps_.flights.remove(order_.signature, *order_.answer);
  }
  Production(const Production&) = delete;
  Production& operator=(const Production&) = delete;

  asio::awaitable<void> run() {
    co_await make();
    // Nothing more is to be added to what is told of the request.
    order_.input->record.reset();
    if (made_by_provider_) co_await share();
    end_lead();
    co_await recorder_.keep_for_retry();
  }

 private:
  asio::awaitable<void> make() {
    for (unsigned lookups = 0;; ++lookups) {
      routing::RoutingDecision decision = co_await decide(lookups);
      if (auto* plan = std::get_if<routing::AttemptPlan>(&decision)) {
        leads_ = plan->leads;
        made_by_provider_ = true;
        co_return co_await ask_providers(std::move(*plan));
      }
      if (const auto* rejection = std::get_if<routing::Rejection>(&decision)) {
        co_return co_await reply_rejection(recorder_, *rejection, *order_.input);
      }
      const bool settled = co_await take_from_elsewhere(std::move(std::get<routing::AnswerElsewhere>(decision)));
      if (settled) co_return;
    }
  }

  asio::awaitable<routing::RoutingDecision> decide(unsigned lookups) {
    question_ = decision_request(*order_.input);
    // Whoever has looked in vain too often asks as if there was nothing to share.
    if (lookups <= kMaxLookups) question_.signature = order_.signature;
    question_.wants_fresh_answer = order_.wants_fresh_answer || lookups == kMaxLookups;
    return deps_.decisions.decide(question_, *order_.input->snapshot);
  }

  asio::awaitable<void> ask_providers(routing::AttemptPlan plan) {
    std::function<void(const AttemptTarget&)> note_origin = [answer = order_.answer](const AttemptTarget& target) {
      answer->set_origin({.source = AnswerOrigin::Source::kProvider,
                          .provider = target.provider.name,
                          .upstream_model = target.upstream_model,
                          .age = {}});
    };
    return serve_plan(recorder_, *order_.input, std::move(plan), CacheOutcome::kMiss, std::move(note_origin), deps_);
  }

  // True when the answer is given, or nobody wants it any more.
  asio::awaitable<bool> take_from_elsewhere(routing::AnswerElsewhere elsewhere) {
    const Where where = elsewhere.where;
    Result<FoundAnswer> found = co_await find(std::move(elsewhere));
    if (recorder_.client_gone()) co_return true;
    if (ending_) {
      Error ending{ErrorCode::kUnavailable, "gateway: shutting down", {}};
      co_await reply_error(recorder_, std::move(ending));
      co_return true;
    }
    if (!found) co_return false;
    co_return co_await give(std::move(*found), where);
  }

  asio::awaitable<Result<FoundAnswer>> find(routing::AnswerElsewhere elsewhere) {
    if (elsewhere.found) co_return std::move(*elsewhere.found);
    if (elsewhere.where == Where::kCached) co_return co_await deps_.responses.fetch(order_.signature);
    const auto time_left =
        std::chrono::duration_cast<std::chrono::milliseconds>(order_.input->deadline - deps_.wheel.now());
    const std::chrono::milliseconds limit =
        std::clamp(time_left, std::chrono::milliseconds(0), sharing_.join_timeout);
    std::function<void(std::function<void()>)> watch = [this](std::function<void()> cancel) {
      recorder_.watch_client([this, cancel = std::move(cancel)] {
        ending_ = !recorder_.client_gone();
        cancel();
      });
    };
    Result<FoundAnswer> joined = co_await deps_.responses.join(order_.signature, limit, std::move(watch));
    recorder_.stop_watching();
    co_return joined;
  }

  asio::awaitable<bool> give(FoundAnswer found, Where where) {
    const MessagesRequest& message = order_.input->received.message;
    const StoredAnswer& stored = *found.answer;
    const AnswerSummary summary = summarize_message(stored.message);
    const bool suits = sharing_.max_tokens_matter() || fits(summary, message.max_tokens);
    if (!summary.complete || !suits) co_return false;
    std::optional<std::string> events;
    if (message.stream) {
      events = events_from_message(stored.message);
      if (!events) co_return false;
    }
    const AnswerOrigin origin{
        .source = where == Where::kCached ? AnswerOrigin::Source::kCache : AnswerOrigin::Source::kOtherGateway,
        .provider = stored.provider,
        .upstream_model = stored.upstream_model,
        .age = found.age};
    order_.answer->set_origin(origin);
    const http::ResponseHead head = shared_head({.request_id = recorder_.request_id(),
                                                 .stream = message.stream,
                                                 .outcome = outcome_of(origin),
                                                 .origin = origin,
                                                 .diagnostics = order_.input->snapshot->diagnostic_headers});
    if (!message.stream) {
      co_await recorder_.respond(head, stored.message);
      co_return true;
    }
    recorder_.begin_stream(head);
    // Those who read it need not wait for each other.
    recorder_.push_piece(*events);
    co_await recorder_.finish_stream();
    co_return true;
  }

  // To whom it may be of use beyond those who read it here.
  asio::awaitable<void> share() {
    SharedAnswer& answer = *order_.answer;
    const bool of_use = sharing_.caching || entry_.wanted() || (leads_ && answer.follower_count() > 0);
    if (!of_use) co_return;
    std::optional<std::string> text = answer.whole_text();
    if (!text) co_return;
    const bool events = answer.form() == AnswerForm::kEvents;
    const AnswerSummary summary = events ? summarize_events(*text) : summarize_message(*text);
    if (!summary.complete) co_return;
    end_.local_join_count = static_cast<std::int64_t>(answer.follower_count());
    end_.input_token_count = summary.usage.input_token_count;
    end_.output_token_count = summary.usage.output_token_count;
    const bool cacheable = sharing_.caching && is_cacheable(summary, sharing_.store_truncated);
    if (!cacheable && !entry_.wanted()) co_return;
    std::optional<std::string> message = events ? message_from_events(*text) : std::move(text);
    if (!message || message->size() > kMaxStoredMessageBytes) co_return;
    AnswerOrigin origin = answer.origin();
    StoredAnswer stored{.message = std::move(*message),
                        .provider = std::move(origin.provider),
                        .upstream_model = std::move(origin.upstream_model),
                        .input_token_count = end_.input_token_count,
                        .output_token_count = end_.output_token_count};
    co_await deps_.responses.store(order_.signature, std::move(stored), cacheable);
  }

  void end_lead() {
    if (!std::exchange(leads_, false)) return;
    end_.signature = order_.signature;
    deps_.decisions.end_lead(end_);
  }

  ProductionOrder& order_;
  Dependencies& deps_;
  const ResponseSharing& sharing_;
  AnswerRecorder recorder_;
  Productions::Entry entry_;
  // Of the decision that is being waited for.
  DecisionRequest question_;
  bool leads_ = false;
  bool made_by_provider_ = false;
  bool ending_ = false;
  LeadEnd end_;
};

}  // namespace

asio::awaitable<void> produce_answer(ProductionOrder order, Dependencies& deps) {
  Production production(order, deps);
  co_await production.run();
}

}  // namespace balancer::gateway
