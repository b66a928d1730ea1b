#include "gateway/dialect/openai_error/context_overflow.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <re2/re2.h>

#include <string>

#include "tests/unit/gateway/dialect/openai_error/overflow_texts.hpp"

namespace balancer::gateway {
namespace {

const OverflowEstimate kEstimate{.input_tokens = 150'000, .max_tokens = 32'000, .context_window = 100'000};

// A > B, in whichever of the two wordings; everything else is a mistake.
bool is_told_so_that_clients_understand(const std::string& message) {
  static const RE2 kPrompt(R"(prompt is too long: (\d+) tokens > (\d+) maximum)");
  static const RE2 kBoth(
      R"(input length and `max_tokens` exceed context limit: (\d+) \+ (\d+) > (\d+), decrease input length or )"
      R"(`max_tokens` and try again)");
  std::int64_t prompt = 0;
  std::int64_t max_tokens = 0;
  std::int64_t limit = 0;
  if (RE2::FullMatch(message, kPrompt, &prompt, &limit)) return prompt > limit;
  return RE2::FullMatch(message, kBoth, &prompt, &max_tokens, &limit) && prompt < limit && prompt + max_tokens > limit;
}

TEST(ContextOverflowTest, NumbersAreReadFromTheWordingOfEveryProvider) {
  for (const OverflowText& overflow : overflow_texts()) {
    const OverflowNumbers numbers = read_overflow_numbers(overflow.text);
    EXPECT_EQ(numbers.limit, overflow.numbers.limit) << overflow.provider;
    EXPECT_EQ(numbers.prompt, overflow.numbers.prompt) << overflow.provider;
    EXPECT_EQ(numbers.max_tokens, overflow.numbers.max_tokens) << overflow.provider;
  }
}

TEST(ContextOverflowTest, EveryProvidersOverflowIsToldInWordsThatClientsMatch) {
  for (const OverflowText& overflow : overflow_texts()) {
    const std::string message = overflow_message(read_overflow_numbers(overflow.text), kEstimate);
    EXPECT_TRUE(is_told_so_that_clients_understand(message)) << overflow.provider << ": " << message;
  }
}

TEST(ContextOverflowTest, PromptThatExceedsTheWindowAloneIsTooLong) {
  EXPECT_EQ(overflow_message({.limit = 8192, .prompt = 9000, .max_tokens = 100}, kEstimate),
            "prompt is too long: 9000 tokens > 8192 maximum");
}

TEST(ContextOverflowTest, PromptThatFitsWithoutItsAnswerAsksForALowerMaxTokens) {
  EXPECT_EQ(overflow_message({.limit = 200'000, .prompt = 190'000, .max_tokens = 32'000}, kEstimate),
            "input length and `max_tokens` exceed context limit: 190000 + 32000 > 200000, decrease input length or "
            "`max_tokens` and try again");
}

TEST(ContextOverflowTest, MaxTokensIsTheClientsOwnWhenTheProviderDidNotRepeatIt) {
  EXPECT_EQ(overflow_message({.limit = 200'000, .prompt = 190'000, .max_tokens = std::nullopt}, kEstimate),
            "input length and `max_tokens` exceed context limit: 190000 + 32000 > 200000, decrease input length or "
            "`max_tokens` and try again");
}

TEST(ContextOverflowTest, EstimateAndConfiguredWindowStandInForUntoldNumbers) {
  EXPECT_EQ(overflow_message({}, kEstimate), "prompt is too long: 150000 tokens > 100000 maximum");
}

TEST(ContextOverflowTest, EstimateBelowTheWindowIsRaisedAboveIt) {
  EXPECT_EQ(overflow_message({}, {.input_tokens = 5, .max_tokens = 0, .context_window = 100'000}),
            "prompt is too long: 100001 tokens > 100000 maximum");
  EXPECT_EQ(overflow_message({.limit = 8192, .prompt = 8192, .max_tokens = std::nullopt}, {}),
            "prompt is too long: 8193 tokens > 8192 maximum");
}

TEST(ContextOverflowTest, GuessedPromptNeverAsksForALowerMaxTokens) {
  EXPECT_EQ(overflow_message({.limit = 160'000, .prompt = std::nullopt, .max_tokens = std::nullopt}, kEstimate),
            "prompt is too long: 160001 tokens > 160000 maximum");
}

TEST(ContextOverflowTest, WindowIsTheUsualOneWhenNothingIsKnown) {
  EXPECT_EQ(overflow_message({}, {}), "prompt is too long: 128001 tokens > 128000 maximum");
}

TEST(ContextOverflowTest, AbsurdNumbersCountAsUntold) {
  const OverflowNumbers numbers = read_overflow_numbers(
      "maximum context length is 99999999999999999999 tokens, your messages resulted in 9223372036854775807 tokens");

  EXPECT_EQ(numbers, OverflowNumbers{});
  EXPECT_TRUE(is_told_so_that_clients_understand(overflow_message(
      numbers, {.input_tokens = 0, .max_tokens = INT64_MAX, .context_window = UINT64_MAX})));
  EXPECT_TRUE(is_told_so_that_clients_understand(overflow_message(
      {.limit = 1'000'000'000'000, .prompt = 999'999'999'999, .max_tokens = std::nullopt},
      {.input_tokens = 0, .max_tokens = INT64_MAX, .context_window = std::nullopt})));
}

TEST(ContextOverflowTest, HostileTextsHoldNoNumbers) {
  for (const std::string& text :
       {std::string(), std::string("> ,,,"), std::string("maximum context length is ,,, tokens"),
        std::string("> 0 maximum"), std::string("\xff\xfe\x00 > ", 6), std::string(100'000, '\xf0'),
        std::string(5'000, ' ') + "> 200000"}) {
    EXPECT_EQ(read_overflow_numbers(text), OverflowNumbers{}) << text.substr(0, 40);
  }
}

}  // namespace
}  // namespace balancer::gateway
