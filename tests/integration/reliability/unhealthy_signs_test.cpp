// What the operator counts as a provider's failure ("unhealthy_*") is one: the next provider answers, and it counts.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/fakes/openai_answers.hpp"
#include "tests/fakes/unreachable_port.hpp"
#include "tests/integration/reliability/conversation.hpp"
#include "tests/integration/support/eventually.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {
namespace {

using fakes::FakeProvider;
using fakes::HttpResponse;
using fakes::ScriptedResponse;

// Of either type, in its own words.
class UnhealthySignsTest : public testing::TestWithParam<std::string> {
 protected:
  UnhealthySignsTest() { second_.always(answers("from the second")); }

  // The first provider is of the type in question, the second always of the Anthropic type.
  [[nodiscard]] std::string config(const std::string& first_url, const std::string& settings) const {
    return "providers:\n  - {name: first, type: " + GetParam() + ", base_url: \"" + first_url +
           "\", auth_value: key}\n  - {name: second, type: anthropic, base_url: \"" + second_.base_url() +
           "\", auth_value: key}\nmodel_routes:\n  \"*\":\n    - {provider: first, model: passthrough, priority: 1}\n"
           "    - {provider: second, model: passthrough, priority: 2}\n"
           "settings: {unhealthy_threshold: 1, failure_cooldown: 60, sticky_provider_duration: 0, " + settings + "}\n";
  }

  static ScriptedResponse refusal(int status, std::string_view message) {
    return GetParam() == "openai" ? fakes::chat_error(status, message, "")
                                  : fakes::error_answer(status, "invalid_request_error", message);
  }

  static std::string state_of_first(const Standalone& balancer) {
    const nlohmann::json listing = balancer.client().get("/providers").json();
    for (const auto& provider : listing.at("providers")) {
      if (provider.at("name") == "first") return provider.at("healthy") ? "healthy" : "unhealthy";
    }
    return "unknown";
  }

  static void expect_failed_over_and_counted(const Standalone& balancer) {
    const HttpResponse response = ask(balancer.client());

    EXPECT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(provider_of(response), "second");
    EXPECT_TRUE(eventually([&] { return state_of_first(balancer) == "unhealthy"; }));
  }

  FakeProvider first_;
  FakeProvider second_;
};

TEST_P(UnhealthySignsTest, AListedStatusFailsOverAndCounts) {
  for (const int status : {400, 418, 422}) {
    first_.enqueue(refusal(status, "no"));
    expect_failed_over_and_counted(
        Standalone(config(first_.base_url(), "unhealthy_http_codes: [400, 418, 422]")));
  }
}

TEST_P(UnhealthySignsTest, ABodyPatternFoundInARefusalFailsOverAndCounts) {
  first_.always(refusal(400, "No Available Claude accounts, try later"));

  expect_failed_over_and_counted(
      Standalone(config(first_.base_url(), "unhealthy_response_body_patterns: ['no available.*accounts']")));
}

TEST_P(UnhealthySignsTest, AConnectionErrorThatAPatternIsFoundInFailsOverAndCounts) {
  const fakes::RefusingPort nobody;

  expect_failed_over_and_counted(Standalone(config("http://127.0.0.1:" + std::to_string(nobody.port()),
                                                   "unhealthy_exception_patterns: [refused]")));
}

TEST_P(UnhealthySignsTest, AListedStatusMakesAFailureOfASuccess) {
  ScriptedResponse answer = GetParam() == "openai" ? fakes::chat_completion("never") : fakes::json_message("never");
  first_.always(answer.status(203));

  expect_failed_over_and_counted(Standalone(config(first_.base_url(), "unhealthy_http_codes: [203]")));
}

TEST_P(UnhealthySignsTest, WhatIsNotListedStaysTheClientsFault) {
  first_.always(refusal(400, "messages: at least one message is required"));
  Standalone balancer(config(first_.base_url(),
                             "unhealthy_http_codes: [418], unhealthy_response_body_patterns: ['no available']"));

  const HttpResponse response = ask(balancer.client());

  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(message_of(response), "messages: at least one message is required");
  EXPECT_EQ(second_.request_count(), 0U);
  EXPECT_EQ(state_of_first(balancer), "healthy");
}

// Claude Code shortens the conversation when it is told so.
TEST_P(UnhealthySignsTest, AConversationThatIsTooLongIsStillTold) {
  first_.always(refusal(400, "prompt is too long: 210000 tokens > 200000 maximum"));
  Standalone balancer(config(first_.base_url(), "unhealthy_http_codes: [400]"));

  const HttpResponse response = ask(balancer.client());

  EXPECT_EQ(response.status, 400);
  EXPECT_TRUE(message_of(response).starts_with("prompt is too long")) << response.body;
  EXPECT_EQ(second_.request_count(), 0U);
}

TEST_P(UnhealthySignsTest, ABodyPatternMakesNoFailureOfASuccess) {
  first_.always(GetParam() == "openai" ? fakes::chat_completion("busy") : fakes::json_message("busy"));
  Standalone balancer(config(first_.base_url(), "unhealthy_response_body_patterns: [busy]"));

  EXPECT_EQ(provider_of(ask(balancer.client())), "first");
}

INSTANTIATE_TEST_SUITE_P(OfEitherType, UnhealthySignsTest, testing::Values("anthropic", "openai"),
                         [](const testing::TestParamInfo<std::string>& instance) { return instance.param; });

}  // namespace
}  // namespace balancer::integration
