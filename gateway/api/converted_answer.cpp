#include "gateway/api/converted_answer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "common/error/http_error.hpp"
#include "common/text/ascii.hpp"
#include "gateway/api/input_estimate.hpp"
#include "gateway/api/reply.hpp"
#include "gateway/dialect/openai_error/self_heal.hpp"
#include "gateway/dialect/openai_response/anthropic_message_writer.hpp"
#include "gateway/upstream/sign_check.hpp"

namespace balancer::gateway {
namespace {

using Failure = ChatReply::Failure;
using routing::AttemptOutcome;

constexpr std::size_t kMaxErrorBytes = 1024 * 1024;
constexpr std::size_t kMaxMessageBytes = 64 * 1024 * 1024;

TokenUsage token_usage(const AnthropicUsage& usage) {
  return {.input_token_count =
              usage.input_tokens + usage.cache_creation_input_tokens + usage.cache_read_input_tokens,
          .uncached_input_token_count = usage.input_tokens,
          .cache_creation_token_count = usage.cache_creation_input_tokens,
          .cache_read_token_count = usage.cache_read_input_tokens,
          .output_token_count = usage.output_tokens};
}

ChatReply::Tools tools_mode(const ConversionSettings& settings) {
  return settings.tool_stream == ToolStream::kBuffered ? ChatReply::Tools::kBuffered : ChatReply::Tools::kLive;
}

std::int64_t whole_seconds(std::chrono::milliseconds delay) {
  return std::max<std::int64_t>(1, std::chrono::ceil<std::chrono::seconds>(delay).count());
}

UpstreamOutcome outcome_of_failure(const Failure& failure) {
  switch (failure.kind) {
    case Failure::Kind::kOverloaded: {
      UpstreamOutcome outcome = unusable_answer("the provider ended its answer for want of capacity");
      outcome.overloaded = true;
      return outcome;
    }
    case Failure::Kind::kError: return unusable_answer("the provider ended its answer with an error");
    case Failure::Kind::kTruncated:
      return classify_failure({UpstreamFailureKind::kTruncated, "upstream stream ended prematurely", false});
    case Failure::Kind::kTooLarge: return unusable_answer("an answer of absurd size");
    default: return unusable_answer("not a completion");
  }
}

// The gateway asks for none, and undoes none: what little there is may become much.
bool is_encoded(const UpstreamResponseHead& head) {
  const std::string_view coding = head.header("content-encoding");
  return !coding.empty() && !ascii_iequal(coding, "identity");
}

}  // namespace

ConvertedAnswer::ConvertedAnswer(const ForwardedRequest& request, const AttemptTarget& target,
                                 const ReplyContext& context, const ConversionSettings& settings, AttemptCall& call,
                                 Dependencies& deps)
    : request_(request), target_(target), context_(context), settings_(settings), call_(call), deps_(deps) {}

asio::awaitable<ConvertedEnd> ConvertedAnswer::take() {
  const UpstreamResponseHead& head = call_.head();
  if (head.status < 200 || head.status >= 300) co_return co_await take_error_answer();
  ConvertedEnd end;
  if (is_listed(head.status, request_.snapshot.unhealthy_signs)) {
    end.attempt = failed_attempt(listed_answer(head.status));
  } else if (is_html(head.header("content-type"))) {
    end.attempt = failed_attempt(unusable_answer("HTML instead of an answer"));
  } else if (is_encoded(head)) {
    end.attempt = failed_attempt(unusable_answer("a compressed answer"));
  } else if (context_.stream) {
    end.attempt = co_await deliver_stream();
  } else {
    end.attempt = co_await deliver_document();
  }
  co_return end;
}

asio::awaitable<AttemptEnd> ConvertedAnswer::deliver_stream() {
  AnthropicStreamWriter writer(context_.requested_model);
  ChatStream stream(context_, settings_, tools_mode(settings_), writer, deps_.conversion.answer);
  set_input_estimate(stream.reply());
  const auto on_commit = [this] {
    give_body_back();
    if (target_.on_answering) target_.on_answering();
  };
  ConvertedRelay relay(request_.exchange, call_.upstream(), stream, writer, deps_.wheel,
                       stream_settings(request_.snapshot, on_commit));
  const auto make_head = [&] {
    http::ResponseHead head = make_client_head(200, &stream.reply());
    head.add("content-type", kEventStreamType);
    head.add("cache-control", "no-cache");
    head.add("x-accel-buffering", "no");
    return head;
  };
  const ConvertedRelay::End how = co_await relay.run(make_head, target_.empty_answer_will_do);
  if (!stream.reply().usage_estimated()) deps_.conversion.usage_reporters.insert(target_.provider.name);
  AttemptEnd end = ended(how, relay, stream.reply());
  end.delivered = relay.committed();
  const bool needs_last_word =
      relay.committed() && (how == ConvertedRelay::End::kBroken || how == ConvertedRelay::End::kProviderFailed);
  if (needs_last_word) {
    const LastWord last = last_word(how, relay, end);
    co_await relay.finish_with_error(last.type, last.message);
  }
  co_return end;
}

AttemptEnd ConvertedAnswer::ended(ConvertedRelay::End how, const ConvertedRelay& relay, const ChatReply& reply) const {
  switch (how) {
    case ConvertedRelay::End::kDelivered: return delivered(reply);
    case ConvertedRelay::End::kClientGone: {
      AttemptEnd end = failed_attempt(classify_failure({UpstreamFailureKind::kCancelled, {}, false}));
      end.usage = token_usage(reply.usage());
      return end;
    }
    case ConvertedRelay::End::kEmptyAnswer: return empty_answer();
    case ConvertedRelay::End::kBroken: return failed_attempt(classify_failure(relay.broken()));
    case ConvertedRelay::End::kProviderFailed: break;
  }
  return told_failure(reply);
}

ConvertedAnswer::LastWord ConvertedAnswer::last_word(ConvertedRelay::End how, const ConvertedRelay& relay,
                                                     const AttemptEnd& end) {
  if (how == ConvertedRelay::End::kBroken && relay.broken().kind == UpstreamFailureKind::kCancelled) {
    return {"api_error", "gateway: shutting down"};
  }
  if (end.outcome.kind == AttemptOutcome::kTimeout) return {"timeout_error", "gateway: the provider fell silent"};
  if (end.told) return {std::string(end.told->type), end.told->message};
  if (end.outcome.overloaded) return {"overloaded_error", "Overloaded"};
  return {"api_error", "gateway: upstream stream ended prematurely"};
}

asio::awaitable<AttemptEnd> ConvertedAnswer::deliver_document() {
  AnthropicMessageWriter writer(context_.requested_model);
  ChatStream stream(context_, settings_, ChatReply::Tools::kBuffered, writer, deps_.conversion.answer);
  set_input_estimate(stream.reply());
  const ChatReply& reply = stream.reply();
  // A document, or a stream that nobody asked for: the end of the input is the end of either.
  while (reply.state() != ChatReply::State::kFailed && !stream.said_done()) {
    const UpstreamResult<std::string_view> bytes = co_await call_.upstream().read_some();
    if (!bytes) co_return failed_attempt(classify_failure(bytes.error()));
    if (bytes->empty()) {
      stream.end_of_input();
      break;
    }
    stream.feed(*bytes);
    if (writer.message().size() > kMaxMessageBytes) co_return failed_attempt(unusable_answer("an answer of absurd size"));
  }
  if (reply.state() == ChatReply::State::kFailed) co_return told_failure(reply);
  if (reply.empty_answer() && !target_.empty_answer_will_do) co_return empty_answer();
  AttemptEnd end = delivered(reply);
  http::ResponseHead head = make_client_head(200, &reply);
  head.add("content-type", kJsonType);
  end.delivered = true;
  const bool sent = co_await request_.exchange.respond(head, writer.message());
  if (!sent) end.outcome.kind = AttemptOutcome::kClientGone;
  co_return end;
}

asio::awaitable<ConvertedEnd> ConvertedAnswer::take_error_answer() {
  UpstreamResult<std::string> body = co_await call_.read_document(kMaxErrorBytes);
  if (!body && body.error().kind == UpstreamFailureKind::kCancelled) {
    co_return ConvertedEnd{failed_attempt(classify_failure(body.error())), std::nullopt};
  }
  const std::string text = body && !is_encoded(call_.head()) ? std::move(*body) : std::string();
  ProviderError error = read_provider_error(text).value_or(ProviderError{});
  if (error.message.empty()) error.message = plain_error_text(text);
  ConvertedEnd end;
  const ErrorAnswer answer = error_answer(call_.head().status, call_.head().header("retry-after"), error);
  const UpstreamOutcome outcome = classify_error_answer(answer, deps_.clock.wall_now(), ErrorDialect::kOpenAi);
  if (answer.status == 400 || answer.status == 422) end.healed = heal(error, settings_);
  end.attempt = told(outcome, answer, error);
  end.attempt.outcome =
      heed_answer_signs(std::move(end.attempt.outcome), answer, text, request_.snapshot.unhealthy_signs);
  co_return end;
}

ErrorAnswer ConvertedAnswer::error_answer(int status, std::string_view retry_after, const ProviderError& error) {
  return {.status = status,
          .retry_after = retry_after,
          .error_type = error.type,
          .error_message = error.message,
          .detail_code = error.code,
          .moderation = error.moderation};
}

AttemptEnd ConvertedAnswer::told_failure(const ChatReply& reply) const {
  const Failure& failure = reply.failure();
  if (failure.kind != Failure::Kind::kErrorDocument) {
    AttemptEnd end = failed_attempt(outcome_of_failure(failure));
    end.usage = token_usage(reply.usage());
    return end;
  }
  const ProviderError error = read_provider_error(failure.document).value_or(ProviderError{});
  ErrorAnswer answer = error_answer(error.status, {}, error);
  const UpstreamOutcome outcome = classify_error_document(answer);
  answer.status = outcome.status;
  return told(outcome, answer, error);
}

AttemptEnd ConvertedAnswer::told(UpstreamOutcome outcome, const ErrorAnswer& answer, const ProviderError& error) const {
  const ClassifiedError classified{.outcome = outcome.kind, .status = answer.status, .overloaded = outcome.overloaded,
                                   .context_overflow = says_context_overflow(answer)};
  const OverflowEstimate estimate{
      .input_tokens = classified.context_overflow ? input_tokens() : 0,
      .max_tokens = static_cast<std::int64_t>(context_.max_tokens.value_or(0)),
      .context_window = settings_.context_window,
  };
  ClientError for_client = client_error(classified, error, context_.requested_model, estimate);
  http::ResponseHead head = make_client_head(for_client.status, nullptr);
  head.add("content-type", kJsonType);
  if (outcome.retry_delay && (for_client.status == 429 || for_client.status == 529) && !for_client.should_retry) {
    head.add("retry-after", std::to_string(whole_seconds(*outcome.retry_delay)));
  }
  if (for_client.should_retry) head.add("x-should-retry", *for_client.should_retry ? "true" : "false");
  AttemptEnd end = failed_attempt(std::move(outcome));
  end.answer = KeptAnswer{
      std::move(head),
      anthropic_error_body(for_client.type, for_client.message, request_.exchange.request_id())};
  end.told = std::move(for_client);
  return end;
}

AttemptEnd ConvertedAnswer::delivered(const ChatReply& reply) const {
  AttemptEnd end;
  end.outcome = success(200);
  end.usage = token_usage(reply.usage());
  return end;
}

AttemptEnd ConvertedAnswer::empty_answer() {
  AttemptEnd end = failed_attempt(unusable_answer("an answer without content"));
  end.empty_answer = true;
  return end;
}

http::ResponseHead ConvertedAnswer::make_client_head(int status, const ChatReply* reply) const {
  http::ResponseHead head = make_head(status, request_.exchange.request_id());
  const UpstreamResponseHead& upstream = call_.head();
  for (const char* const name : {"x-request-id", "request-id"}) {
    if (const std::string_view id = upstream.header(name); !id.empty()) {
      head.add("x-upstream-request-id", id);
      break;
    }
  }
  call_.add_diagnostics(head);
  if (reply != nullptr && !reply->upstream_id().empty() && request_.snapshot.diagnostic_headers) {
    head.add("x-balancer-upstream-id", reply->upstream_id());
  }
  return head;
}

std::int64_t ConvertedAnswer::input_tokens() const {
  return input_tokens_ ? *input_tokens_ : estimated_input_tokens(request_.body, target_.upstream_model, deps_);
}

void ConvertedAnswer::set_input_estimate(ChatReply& reply) const {
  reply.set_input_estimate([this] { return input_tokens(); });
}

void ConvertedAnswer::give_body_back() {
  if (!request_.release_body) return;
  const bool will_be_told = deps_.conversion.usage_reporters.contains(target_.provider.name);
  // To count a body takes longer than to convert it.
  input_tokens_ = will_be_told ? context_.rough_input_tokens : input_tokens();
  request_.release_body();
}

}  // namespace balancer::gateway
