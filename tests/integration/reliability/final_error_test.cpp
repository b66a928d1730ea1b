// When every provider has failed, the client gets the one status that tells it best what to do next (protocol.md 5.5).
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "tests/integration/reliability/conversation.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {
namespace {

using namespace std::chrono_literals;
using fakes::ScriptedResponse;

struct Ending {
  std::string name;
  std::vector<ScriptedResponse> answers;
  int status;
  std::string type;
  std::optional<std::string> retry_after = std::nullopt;
  std::optional<std::string> should_retry = std::nullopt;
};

ScriptedResponse rejected(int status) { return fakes::error_answer(status, "authentication_error", "bad key"); }
ScriptedResponse unpaid() { return fakes::error_answer(402, "billing_error", "credit balance"); }
ScriptedResponse model_missing() { return fakes::error_answer(404, "not_found_error", "model: claude-test"); }
ScriptedResponse too_large() { return fakes::error_answer(413, "request_too_large", "too large"); }

std::vector<Ending> endings() {
  return {
      {"AllRateLimited", {fakes::rate_limited(30s), fakes::rate_limited(7s)}, 429, "rate_limit_error", "7"},
      {"RateLimitedAndBroken", {fakes::rate_limited(30s), fakes::server_error()}, 429, "rate_limit_error", "30"},
      {"AllSilent", {fakes::hang(), fakes::hang()}, 504, "timeout_error"},
      {"SilentAndBroken", {fakes::hang(), fakes::server_error()}, 502, "api_error"},
      {"AllBroken", {fakes::server_error(), fakes::reset_before_headers()}, 502, "api_error"},
      {"BrokenAndOverloaded", {fakes::server_error(), fakes::overloaded()}, 529, "overloaded_error"},
      {"OverloadedInsideAStatus200",
       {fakes::error_answer(200, "overloaded_error", "Overloaded"), fakes::server_error()},
       529,
       "overloaded_error"},
      {"BrokenAndRejected", {fakes::server_error(), rejected(401)}, 502, "api_error"},
      {"NoneHasTheModel", {model_missing(), model_missing()}, 404, "not_found_error"},
      {"AllRejected", {rejected(401), rejected(403)}, 502, "api_error", std::nullopt, "false"},
      {"AllUnpaid", {unpaid(), unpaid()}, 429, "rate_limit_error", std::nullopt, "false"},
      {"UnpaidAndRateLimited", {unpaid(), fakes::rate_limited(7s)}, 429, "rate_limit_error", "7"},
      {"UnpaidAndBroken", {unpaid(), fakes::server_error()}, 429, "rate_limit_error"},
      {"TooLargeForAll", {too_large(), too_large()}, 413, "request_too_large"},
  };
}

class FinalErrorTest : public testing::TestWithParam<Ending> {};

TEST_P(FinalErrorTest, SaysWhatToDoAndListsTheAttempts) {
  const Ending& ending = GetParam();
  fakes::FakeProvider first;
  fakes::FakeProvider second;
  first.enqueue(ending.answers[0]);
  second.enqueue(ending.answers[1]);
  Standalone balancer(config_for({{"first", first.base_url()}, {"second", second.base_url()}},
                                 "timeouts: {streaming: {first_byte: 150ms}, non_streaming: {first_byte: 150ms}}"));

  const fakes::HttpResponse response = ask(balancer.client());

  EXPECT_EQ(response.status, ending.status) << response.body;
  EXPECT_EQ(response.error_type(), ending.type);
  EXPECT_EQ(response.headers.value("retry-after"), ending.retry_after);
  EXPECT_EQ(response.headers.value("x-should-retry"), ending.should_retry);
  EXPECT_EQ(attempts_of(response), "2");
  EXPECT_EQ(response.json().value("request_id", ""), response.headers.value("request-id"));
  const std::string message = message_of(response);
  EXPECT_TRUE(message.starts_with("gateway: ")) << message;
  EXPECT_NE(message.find("first: "), std::string::npos) << message;
  EXPECT_NE(message.find("second: "), std::string::npos) << message;
  EXPECT_EQ(response.raw.find("sk-secret"), std::string::npos) << response.raw;
}

INSTANTIATE_TEST_SUITE_P(EveryEnding, FinalErrorTest, testing::ValuesIn(endings()),
                         [](const testing::TestParamInfo<Ending>& instance) { return instance.param.name; });

class OnlyProviderTest : public testing::TestWithParam<AnswerForm> {
 protected:
  fakes::HttpResponse ask_after(ScriptedResponse script) {
    only_.enqueue(std::move(script));
    Standalone balancer(config_for({{"only", only_.base_url()}}));
    return ask(balancer.client(), GetParam());
  }

  fakes::FakeProvider only_;
};

TEST_P(OnlyProviderTest, SpeaksForItself) {
  const fakes::HttpResponse response = ask_after(fakes::rate_limited(30s).header("x-should-retry", "true"));

  EXPECT_EQ(response.status, 429);
  EXPECT_EQ(response.body, fakes::rate_limited(30s).body());
  EXPECT_EQ(response.headers.value("retry-after"), "30");
  EXPECT_EQ(response.headers.value("x-should-retry"), "true");
}

// Claude Code would tell its user to log in.
TEST_P(OnlyProviderTest, DoesNotTellTheClientThatOurKeyIsWrong) {
  const fakes::HttpResponse response = ask_after(rejected(401));

  EXPECT_EQ(response.status, 502);
  EXPECT_EQ(response.error_type(), "api_error");
  EXPECT_EQ(response.headers.value("x-should-retry"), "false");
  EXPECT_EQ(response.raw.find("sk-secret"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(BothForms, OnlyProviderTest, testing::Values(AnswerForm::kDocument, AnswerForm::kStream),
                         [](const testing::TestParamInfo<AnswerForm>& instance) {
                           return instance.param == AnswerForm::kStream ? "Stream" : "Document";
                         });

class AttemptLimitTest : public testing::Test {
 protected:
  // Asks once with five providers that all fail; how many requests reached them.
  std::size_t attempts_with(std::string_view settings, std::string_view told) {
    std::vector<NamedProvider> named;
    for (std::size_t i = 0; i < providers_.size(); ++i) {
      providers_[i].always(fakes::server_error());
      named.push_back({"provider" + std::to_string(i), providers_[i].base_url()});
    }
    Standalone balancer(config_for(named, settings));
    const fakes::HttpResponse response = ask(balancer.client());
    EXPECT_EQ(response.status, 502);
    EXPECT_EQ(attempts_of(response), told);
    std::size_t count = 0;
    for (const fakes::FakeProvider& provider : providers_) count += provider.request_count();
    return count;
  }

  std::array<fakes::FakeProvider, 5> providers_;
};

TEST_F(AttemptLimitTest, FourAttemptsAreEnough) { EXPECT_EQ(attempts_with("", "4"), 4u); }

TEST_F(AttemptLimitTest, IsWhatTheSettingSays) { EXPECT_EQ(attempts_with("attempt_limit: 2", "2"), 2u); }

TEST(TotalDeadlineTest, EndsTheAttemptsHoweverManyProvidersAreLeft) {
  std::array<fakes::FakeProvider, 3> providers;
  std::vector<NamedProvider> named;
  for (fakes::FakeProvider& provider : providers) {
    provider.always(fakes::hang());
    named.push_back({"provider" + std::to_string(named.size()), provider.base_url()});
  }
  Standalone balancer(config_for(named, "timeouts: {until_commit: 300ms, non_streaming: {first_byte: 200ms}}"));

  const fakes::HttpResponse response = ask(balancer.client());

  EXPECT_EQ(response.status, 504);
  EXPECT_EQ(providers[0].request_count(), 1u);
  EXPECT_EQ(providers[1].request_count(), 1u);
  EXPECT_EQ(providers[2].request_count(), 0u);
}

}  // namespace
}  // namespace balancer::integration
