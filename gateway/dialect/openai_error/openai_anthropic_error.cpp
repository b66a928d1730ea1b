#include "gateway/dialect/openai_error/openai_anthropic_error.hpp"

#include <fmt/format.h>

#include "common/error/http_error.hpp"
#include "gateway/dialect/json/utf8_repair.hpp"

namespace balancer::gateway {
namespace {

using routing::AttemptOutcome;

constexpr std::size_t kMaxMessageBytes = 2000;

// The provider's words, of a bearable length; ours when it had none.
std::string words_of(const ProviderError& error, std::string_view otherwise) {
  if (error.message.empty()) return std::string(otherwise);
  if (error.message.size() <= kMaxMessageBytes) return error.message;
  std::size_t end = kMaxMessageBytes;
  while (end > 0 && (static_cast<unsigned char>(error.message[end]) & 0xc0) == 0x80) --end;
  return error.message.substr(0, end) + "…";
}

ClientError answer(int status, std::string message) {
  return {.status = status, .type = anthropic_error_type(status), .message = std::move(message),
          .should_retry = std::nullopt};
}

ClientError transient(const ClassifiedError& classified, const ProviderError& error) {
  if (classified.overloaded) return answer(529, words_of(error, "Overloaded"));
  if (classified.status == 409) return answer(409, words_of(error, "conflict"));
  return answer(502, words_of(error, fmt::format("gateway: the provider failed (HTTP {})", classified.status)));
}

}  // namespace

ClientError client_error(const ClassifiedError& classified, const ProviderError& error,
                         std::string_view requested_model, const OverflowEstimate& estimate) {
  if (classified.context_overflow) {
    return answer(400, overflow_message(read_overflow_numbers(error.message), estimate));
  }
  switch (classified.outcome) {
    case AttemptOutcome::kRequestFault:
      return answer(400, words_of(error, "gateway: the provider refused the request"));
    case AttemptOutcome::kCredentialsRejected: {
      ClientError result = answer(502, "gateway: provider credentials rejected");
      result.should_retry = false;
      return result;
    }
    case AttemptOutcome::kQuotaExhausted: {
      ClientError result = answer(429, words_of(error, "gateway: the provider's quota is used up"));
      result.should_retry = false;
      return result;
    }
    case AttemptOutcome::kModelMissing:
      return answer(404, fmt::format("model: {}", requested_model));
    case AttemptOutcome::kRateLimited:
      return answer(429, words_of(error, "gateway: the provider's rate limit is reached"));
    case AttemptOutcome::kTimeout:
      return answer(504, words_of(error, "gateway: the provider did not answer in time"));
    case AttemptOutcome::kTooLarge:
      return answer(413, words_of(error, "Request exceeds the maximum size of the provider."));
    default:
      return transient(classified, error);
  }
}

}  // namespace balancer::gateway
