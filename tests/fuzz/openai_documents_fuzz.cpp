// Whole answers and error pages of OpenAI-compatible providers: an answer becomes one Anthropic message, the same as its
// event stream tells; an error becomes one that a client can read, and what it teaches is learned once.
//
// The first byte is the HTTP status, as '0' (200) to '9' (529); the rest is the body.
#include <array>
#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <simdjson.h>
#include <string>
#include <string_view>

#include "gateway/dialect/answer/message_from_events.hpp"
#include "gateway/dialect/openai_error/openai_anthropic_error.hpp"
#include "gateway/dialect/openai_error/self_heal.hpp"
#include "gateway/dialect/openai_response/anthropic_message_writer.hpp"
#include "gateway/dialect/openai_response/anthropic_stream_writer.hpp"
#include "gateway/dialect/openai_response/chat_stream.hpp"
#include "gateway/upstream/upstream_outcome.hpp"
#include "tests/fuzz/finding.hpp"

namespace {

using namespace balancer;           // NOLINT(google-build-using-namespace)
using namespace balancer::gateway;  // NOLINT(google-build-using-namespace)
using fuzz::complain;
using Json = nlohmann::json;

constexpr std::array kStatuses{200, 400, 401, 403, 404, 413, 422, 429, 500, 529};

bool is_utf8(std::string_view text) { return simdjson::validate_utf8(text.data(), text.size()); }

ReplyContext context() {
  ReplyContext context;
  context.requested_model = "claude-test";
  context.thinking_wanted = true;
  context.reasoning_tag = "01234567";
  context.offered_tools = {"ls", "pwd"};
  context.stop_sequences = {"END"};
  return context;
}

ChatReply::State convert(std::string_view body, AnthropicEvents& events) {
  static ConversionScratch scratch;
  static const ReplyContext reply_context = context();
  static const ConversionSettings settings;
  ChatStream stream(reply_context, settings, ChatReply::Tools::kBuffered, events, scratch);
  stream.feed(body);
  stream.end_of_input();
  return stream.reply().state();
}

// Without what is made up anew each time; nothing for numbers that this reader does not know.
std::optional<Json> comparable(std::string_view message) {
  Json json = Json::parse(message, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) return std::nullopt;
  json.erase("id");
  json.erase("usage");
  for (Json& block : json["content"]) block.erase("id");
  return json;
}

void check_answer(std::string_view body) {
  AnthropicMessageWriter message("claude-test");
  AnthropicStreamWriter events("claude-test");
  const ChatReply::State state = convert(body, message);
  if (convert(body, events) != state) complain("another end as events", body);
  if (state != ChatReply::State::kComplete) return;
  if (!JsonDocument().read_copy(message.message())) complain("not JSON", message.message());
  const std::optional<std::string> told = message_from_events(events.output());
  if (!told) complain("events that nobody understands", events.output());
  const auto as_message = comparable(message.message());
  const auto as_events = comparable(*told);
  if (as_message && as_events && *as_message != *as_events) complain("events that tell another answer", message.message());
}

// Each lesson is learned once: an error that is repeated for ever teaches no more.
void check_lessons(const ProviderError& error, std::string_view body) {
  constexpr int kMostLessons = 8;
  ConversionSettings settings;
  for (int lesson = 0; lesson < kMostLessons; ++lesson) {
    const auto healed = heal(error, settings);
    if (!healed) return;
    settings = *healed;
  }
  complain("lessons without end", body);
}

void check_error(int status, const ProviderError& error, std::string_view body) {
  const ErrorAnswer answer{.status = status,
                           .retry_after = {},
                           .error_type = error.type,
                           .error_message = error.message,
                           .detail_code = error.code,
                           .moderation = error.moderation};
  const UpstreamOutcome outcome = classify_error_answer(answer, {}, ErrorDialect::kOpenAi);
  const ClassifiedError classified{.outcome = outcome.kind, .status = status, .overloaded = outcome.overloaded,
                                   .context_overflow = says_context_overflow(answer)};
  const ClientError told = client_error(classified, error, "claude-test", {.input_tokens = 10, .max_tokens = 20});
  if (told.status < 400 || told.status > 599) complain("an error with a status that is none", body);
  if (told.type.empty() || told.message.empty()) complain("an error without words", body);
  if (!is_utf8(told.message)) complain("an error that is not UTF-8", body);
}

void check_error_page(int status, std::string_view body) {
  constexpr std::size_t kLongestText = 500;
  ProviderError error = read_provider_error(body).value_or(ProviderError{});
  for (const std::string* text : {&error.type, &error.code, &error.message, &error.param}) {
    if (!is_utf8(*text)) complain("a provider's words that are not UTF-8", body);
  }
  const std::string plain = plain_error_text(body);
  if (plain.size() > kLongestText || !is_utf8(plain)) complain("a page that is no text", body);
  if (error.message.empty()) error.message = plain;
  const OverflowNumbers numbers = read_overflow_numbers(error.message);
  for (const auto& number : {numbers.limit, numbers.prompt, numbers.max_tokens}) {
    if (number && (*number < 1 || *number > 1'000'000'000'000)) complain("a token count out of bounds", body);
  }
  check_error(status, error, body);
  check_lessons(error, body);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1 || data[0] < '0' || data[0] > '9') return 0;
  const int status = kStatuses[static_cast<std::size_t>(data[0] - '0')];
  const std::string_view body = fuzz::as_text(data + 1, size - 1);
  if (status == 200) {
    check_answer(body);
  } else {
    check_error_page(status, body);
  }
  return 0;
}
