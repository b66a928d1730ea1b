#include "gateway/api/converted_attempt.hpp"

#include <array>
#include <utility>

#include "gateway/api/converted_answer.hpp"
#include "gateway/api/dropped_fields.hpp"
#include "gateway/api/immediate_answer.hpp"
#include "gateway/dialect/openai_request/anthropic_openai_request.hpp"
#include "gateway/upstream/upstream_request.hpp"

namespace balancer::gateway {
namespace {

// The request sent with one set of settings.
asio::awaitable<ConvertedEnd> send_converted(const ForwardedRequest& request, const AttemptTarget& target,
                                             const ConversionSettings& settings, Dependencies& deps) {
  const ConversionTarget conversion_target{
      .provider = target.provider.name,
      .upstream_model = target.upstream_model,
      .settings = settings,
      .session_id = request.exchange.request().header("x-claude-code-session-id"),
  };
  auto converted = convert_messages_request(request.body, conversion_target, deps.conversion.request);
  ConvertedEnd end;
  if (!converted) {
    end.attempt.refusal = std::move(converted).error();
    co_return end;
  }
  note_dropped_fields(converted->dropped, deps);
  if (converted->reply.max_tokens == 0U) {
    end.attempt = co_await answer_without_provider(request, target, converted->reply, deps);
    co_return end;
  }
  AttemptCall call(request, target, deps);
  const std::string traceparent = traceparent_for(request, target);
  const std::string head = chat_completions_head({.client_fields = request.exchange.request().fields,
                                                  .stream = converted->reply.stream,
                                                  .body_size = converted->body.size(),
                                                  .traceparent = traceparent,
                                                  .via = request.snapshot.epoch,
                                                  .withheld = withheld_field(request, target)},
                                                 target.provider);
  const std::array<asio::const_buffer, 2> buffers{asio::buffer(head), asio::buffer(converted->body)};
  const UpstreamResult<void> sent = co_await call.send(buffers);
  if (!sent) {
    end.attempt = call.measured(failed_attempt(classify_failure(sent.error())));
    co_return end;
  }
  std::string().swap(converted->body);
  ConvertedAnswer answer(request, target, converted->reply, settings, call, deps);
  end = co_await answer.take();
  end.attempt = call.measured(std::move(end.attempt));
  co_return end;
}

}  // namespace

asio::awaitable<AttemptEnd> attempt_converted(const ForwardedRequest& request, const AttemptTarget& target,
                                              Dependencies& deps) {
  LearnedSettings& learned = deps.conversion.learned;
  learned.use_snapshot(request.snapshot.epoch, request.snapshot.version);
  const ConversionSettings* const known =
      learned.find(target.provider.name, target.upstream_model, deps.wheel.now());
  const ConversionSettings settings = known != nullptr ? *known : target.provider.conversion;
  ConvertedEnd end = co_await send_converted(request, target, settings, deps);
  if (!end.healed) co_return std::move(end.attempt);

  const ConversionSettings healed = std::move(*end.healed);
  ConvertedEnd second = co_await send_converted(request, target, healed, deps);
  // What did not help is not worth remembering; what leads to the next lesson is.
  if (second.attempt.outcome.kind == routing::AttemptOutcome::kSuccess || second.healed) {
    const LearnedLesson lesson{.epoch = request.snapshot.epoch,
                               .version = request.snapshot.version,
                               .provider = target.provider.name,
                               .upstream_model = target.upstream_model,
                               .settings = healed};
    learned.remember(lesson, deps.wheel.now());
    deps.conversion.tell_others(lesson);
  }
  co_return std::move(second.attempt);
}

}  // namespace balancer::gateway
