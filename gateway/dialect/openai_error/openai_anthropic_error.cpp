#include "gateway/dialect/openai_error/openai_anthropic_error.hpp"

#include <fmt/format.h>
#include <re2/re2.h>

#include "common/error/http_error.hpp"
#include "gateway/dialect/openai_error/utf8_prefix.hpp"

namespace balancer::gateway {
namespace {

using routing::AttemptOutcome;

constexpr std::size_t kMaxMessageBytes = 2000;

// The provider's words, of a bearable length and never HTML; ours when it had none.
std::string words_of(const ProviderError& error, std::string_view otherwise) {
  static const RE2 kHtml(R"((?i)<(?:!doctype|html|head|body|title|center|div|h[1-6]|hr|br|p)[\s/>])");
  const std::string_view message = error.message;
  const bool html = RE2::PartialMatch(re2::StringPiece(message.data(), message.size()), kHtml);
  const std::string words = html ? plain_error_text(message) : std::string(utf8_prefix(message, kMaxMessageBytes));
  return words.empty() ? std::string(otherwise) : words;
}

ClientError answer(int status, std::string message) {
  return {.status = status, .type = anthropic_error_type(status), .message = std::move(message),
          .should_retry = std::nullopt};
}

ClientError final_answer(int status, std::string message) {
  ClientError result = answer(status, std::move(message));
  result.should_retry = false;
  return result;
}

// Statuses by which something else than the API answers.
bool is_wrong_address(int status) {
  return (status >= 300 && status < 400) || status == 405 || status == 406 || status == 415;
}

ClientError transient(const ClassifiedError& classified, const ProviderError& error) {
  const int status = classified.status;
  if (classified.overloaded) return answer(529, words_of(error, "Overloaded"));
  if (status == 409) return answer(409, words_of(error, "gateway: the provider reports a conflict"));
  if (is_wrong_address(status)) {
    return answer(502, fmt::format("gateway: the provider answered HTTP {}: is its base_url right?", status));
  }
  return answer(502, words_of(error, fmt::format("gateway: the provider failed (HTTP {})", status)));
}

}  // namespace

ClientError client_error(const ClassifiedError& classified, const ProviderError& error,
                         std::string_view requested_model, const OverflowEstimate& estimate) {
  if (classified.context_overflow) {
    return answer(400, overflow_message(read_overflow_numbers(error.message), estimate));
  }
  switch (classified.outcome) {
    case AttemptOutcome::kRequestFault:
      return answer(classified.status == 404 ? 404 : 400,
                    words_of(error, "gateway: the provider refused the request"));
    case AttemptOutcome::kCredentialsRejected:
      return final_answer(502, "gateway: provider credentials rejected");
    case AttemptOutcome::kQuotaExhausted:
      return final_answer(429, words_of(error, "gateway: the provider's quota is used up"));
    case AttemptOutcome::kModelMissing:
      return answer(404, fmt::format("model: {}", requested_model));
    case AttemptOutcome::kRateLimited:
      return answer(429, words_of(error, "gateway: the provider's rate limit is reached"));
    case AttemptOutcome::kTimeout:
      return answer(504, words_of(error, "gateway: the provider did not answer in time"));
    case AttemptOutcome::kTooLarge:
      return answer(413, words_of(error, "gateway: the request is too large for the provider"));
    default:
      return transient(classified, error);
  }
}

}  // namespace balancer::gateway
