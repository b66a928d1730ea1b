#include "gateway/api/immediate_answer.hpp"

#include "gateway/api/input_estimate.hpp"
#include "gateway/api/reply.hpp"
#include "gateway/dialect/openai_response/anthropic_message_writer.hpp"
#include "gateway/dialect/openai_response/anthropic_stream_writer.hpp"

namespace balancer::gateway {
namespace {

AnthropicEnding no_output(const AnthropicUsage& usage) {
  return {.stop_reason = "max_tokens", .stop_sequence = {}, .refusal_explanation = {}, .usage = usage};
}

std::string message_without_content(const ReplyContext& context, const AnthropicUsage& usage) {
  AnthropicMessageWriter writer(context.requested_model);
  writer.start(usage);
  writer.finish(no_output(usage));
  return writer.message();
}

std::string events_without_content(const ReplyContext& context, const AnthropicUsage& usage) {
  AnthropicStreamWriter writer(context.requested_model);
  writer.start(usage);
  writer.finish(no_output(usage));
  return std::move(writer.output());
}

}  // namespace

asio::awaitable<AttemptEnd> answer_without_provider(const ForwardedRequest& request, const AttemptTarget& target,
                                                    const ReplyContext& context, Dependencies& deps) {
  const AnthropicUsage usage{.input_tokens = estimated_input_tokens(request.body, target.upstream_model, deps)};
  http::ResponseHead head = make_head(200, request.exchange.request_id());
  head.add("content-type", context.stream ? kEventStreamType : kJsonType);
  const std::string body =
      context.stream ? events_without_content(context, usage) : message_without_content(context, usage);
  AttemptEnd end;
  end.answered_here = true;
  end.delivered = true;
  end.outcome = success(200);
  const bool sent = co_await request.exchange.respond(head, body);
  if (!sent) end.outcome.kind = routing::AttemptOutcome::kClientGone;
  co_return end;
}

}  // namespace balancer::gateway
