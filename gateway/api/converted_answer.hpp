// A provider's answer to a converted request, from its head on: delivered in the form that the client asked for, or
// taken as a failure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/api/attempt_call.hpp"
#include "gateway/api/converted_relay.hpp"
#include "gateway/dialect/openai_response/chat_stream.hpp"

namespace balancer::gateway {

struct ConvertedEnd {
  AttemptEnd attempt;
  // The provider does not know something in the request: with these settings it may succeed.
  std::optional<ConversionSettings> healed;
};

class ConvertedAnswer {
 public:
  // The references outlive take().
  ConvertedAnswer(const ForwardedRequest& request, const AttemptTarget& target, const ReplyContext& context,
                  const ConversionSettings& settings, AttemptCall& call, Dependencies& deps);

  asio::awaitable<ConvertedEnd> take();

 private:
  struct LastWord {
    std::string type;
    std::string message;
  };

  asio::awaitable<AttemptEnd> deliver_stream();
  asio::awaitable<AttemptEnd> deliver_document();
  asio::awaitable<ConvertedEnd> take_error_answer();

  [[nodiscard]] AttemptEnd ended(ConvertedRelay::End how, const ConvertedRelay& relay, const ChatReply& reply) const;
  // What the client of a stream that has begun is told of its end.
  [[nodiscard]] static LastWord last_word(ConvertedRelay::End how, const ConvertedRelay& relay, const AttemptEnd& end);
  [[nodiscard]] AttemptEnd delivered(const ChatReply& reply) const;
  [[nodiscard]] static AttemptEnd empty_answer();
  // The failure that the provider told inside an answer of status 200.
  [[nodiscard]] AttemptEnd told_failure(const ChatReply& reply) const;
  // A failure that the provider put in words, with the client's answer should it be the last.
  [[nodiscard]] AttemptEnd told(UpstreamOutcome outcome, const ErrorAnswer& answer, const ProviderError& error) const;
  [[nodiscard]] static ErrorAnswer error_answer(int status, std::string_view retry_after, const ProviderError& error);
  [[nodiscard]] http::ResponseHead make_client_head(int status, const ChatReply* reply) const;
  // Of the request, for answers that do not say.
  [[nodiscard]] std::int64_t input_tokens() const;
  void set_input_estimate(ChatReply& reply) const;
  // A stream has begun, and may last.
  void give_body_back();

  const ForwardedRequest& request_;
  const AttemptTarget& target_;
  const ReplyContext& context_;
  const ConversionSettings& settings_;
  AttemptCall& call_;
  Dependencies& deps_;
  // Once the body that it would be estimated from is given back.
  std::optional<std::int64_t> input_tokens_;
};

}  // namespace balancer::gateway
