// Whatever goes wrong with a provider before the client has seen a byte, the next provider answers instead.
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <tuple>

#include "tests/fakes/unreachable_port.hpp"
#include "tests/integration/reliability/conversation.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {
namespace {

using fakes::ScriptedResponse;

constexpr const char* kShortTimeouts =
    "failure_cooldown: 60, timeouts: {connect: 250ms, idle: 250ms, streaming: {first_byte: 250ms}, "
    "non_streaming: {first_byte: 250ms}}";

struct Misdeed {
  std::string name;
  std::function<ScriptedResponse(AnswerForm)> script;
};

Misdeed whatever_the_form(std::string name, ScriptedResponse script) {
  return {std::move(name), [script = std::move(script)](AnswerForm) { return script; }};
}

std::vector<Misdeed> misdeeds() {
  using namespace std::chrono_literals;
  return {
      whatever_the_form("ResetBeforeHead", fakes::reset_before_headers()),
      whatever_the_form("CloseBeforeHead", fakes::close_before_headers()),
      whatever_the_form("Credentials401", fakes::error_answer(401, "authentication_error", "invalid x-api-key")),
      whatever_the_form("Forbidden403", fakes::error_answer(403, "permission_error", "no")),
      whatever_the_form("Quota402", fakes::error_answer(402, "billing_error", "pay")),
      whatever_the_form("ModelMissing404", fakes::error_answer(404, "not_found_error", "model: claude-test")),
      whatever_the_form("TooLarge413", fakes::error_answer(413, "request_too_large", "too large")),
      whatever_the_form("RateLimited429", fakes::rate_limited(30s)),
      whatever_the_form("ServerError500", fakes::server_error(500)),
      whatever_the_form("Unavailable503", fakes::server_error(503)),
      whatever_the_form("Cloudflare520Html", fakes::html_200().status(520)),
      whatever_the_form("Overloaded529", fakes::overloaded()),
      whatever_the_form("Redirect302", ScriptedResponse().status(302).header("location", "http://127.0.0.1:1/")),
      whatever_the_form("Silence", fakes::hang()),
      whatever_the_form("Html200", fakes::html_200()),
      whatever_the_form("Garbage", fakes::raw_answer("I am no web server\r\n\r\n").close()),
      {"SilenceAfterHead",
       [](AnswerForm form) {
         return form == AnswerForm::kStream ? fakes::hang_after_headers()
                                            : fakes::json_message("never").keep_bytes(0).send_headers().hang();
       }},
      {"Empty200",
       [](AnswerForm form) {
         return form == AnswerForm::kStream ? fakes::sse_bytes({})
                                            : ScriptedResponse().header("content-type", "application/json");
       }},
      {"ErrorInside200",
       [](AnswerForm form) {
         return form == AnswerForm::kStream ? fakes::sse_error_first("overloaded_error")
                                            : fakes::error_answer(200, "overloaded_error", "Overloaded");
       }},
      {"ResetInTheMiddleOfWhatNobodySaw",
       [](AnswerForm form) {
         return form == AnswerForm::kStream ? fakes::reset_after_events(1, fakes::sse_stream({"never"}))
                                            : fakes::reset_after(40, fakes::json_message("never"));
       }},
  };
}

void expect_only_the_second_answer(const fakes::HttpResponse& response, AnswerForm form) {
  EXPECT_EQ(response.status, 200);
  EXPECT_TRUE(response.complete);
  EXPECT_EQ(response.body, answer(form, "from the second").body());
  EXPECT_EQ(provider_of(response), "second");
  EXPECT_EQ(attempts_of(response), "2");
}

using Case = std::tuple<Misdeed, AnswerForm>;

class FailoverBeforeCommitTest : public testing::TestWithParam<Case> {};

TEST_P(FailoverBeforeCommitTest, AnswersFromTheSecondProvider) {
  const auto& [misdeed, form] = GetParam();
  fakes::FakeProvider first;
  fakes::FakeProvider second;
  first.enqueue(misdeed.script(form));
  second.always(answers("from the second"));
  Standalone balancer(config_for({{"first", first.base_url()}, {"second", second.base_url()}}, kShortTimeouts));

  const fakes::HttpResponse response = ask(balancer.client(), form);

  expect_only_the_second_answer(response, form);
  EXPECT_EQ(first.request_count(), 1u);
  EXPECT_EQ(second.request_count(), 1u);
}

INSTANTIATE_TEST_SUITE_P(EveryMisdeed, FailoverBeforeCommitTest,
                         testing::Combine(testing::ValuesIn(misdeeds()),
                                          testing::Values(AnswerForm::kDocument, AnswerForm::kStream)),
                         [](const testing::TestParamInfo<Case>& instance) {
                           const bool stream = std::get<1>(instance.param) == AnswerForm::kStream;
                           return std::get<0>(instance.param).name + (stream ? "Stream" : "Document");
                         });

class UnreachableProviderTest : public testing::TestWithParam<AnswerForm> {
 protected:
  UnreachableProviderTest() { second_.always(answers("from the second")); }

  fakes::HttpResponse ask_with_first_at(std::uint16_t port) {
    const std::string base_url = "http://127.0.0.1:" + std::to_string(port);
    Standalone balancer(config_for({{"first", base_url}, {"second", second_.base_url()}}, kShortTimeouts));
    return ask(balancer.client(), GetParam());
  }

  fakes::FakeProvider second_;
};

TEST_P(UnreachableProviderTest, ARefusedConnectionGoesToTheSecondProvider) {
  const fakes::RefusingPort nobody;

  expect_only_the_second_answer(ask_with_first_at(nobody.port()), GetParam());
}

TEST_P(UnreachableProviderTest, AConnectionThatNobodyAnswersGoesToTheSecondProvider) {
  const fakes::SilentPort nobody;

  expect_only_the_second_answer(ask_with_first_at(nobody.port()), GetParam());
}

TEST_P(UnreachableProviderTest, ANameThatDoesNotResolveGoesToTheSecondProvider) {
  Standalone balancer(config_for({{"first", "http://nobody.invalid"}, {"second", second_.base_url()}}, kShortTimeouts));

  expect_only_the_second_answer(ask(balancer.client(), GetParam()), GetParam());
}

INSTANTIATE_TEST_SUITE_P(BothForms, UnreachableProviderTest,
                         testing::Values(AnswerForm::kDocument, AnswerForm::kStream),
                         [](const testing::TestParamInfo<AnswerForm>& instance) {
                           return instance.param == AnswerForm::kStream ? "Stream" : "Document";
                         });

// A server may close an idle connection in the very moment in which it is used again: the provider is not to blame.
TEST(ReusedConnectionTest, ThatWasClosedMeanwhileIsReplacedEvenForTheLastProvider) {
  fakes::FakeProvider only;
  only.enqueue(fakes::json_message("one"));
  only.enqueue(fakes::close_before_headers());
  only.enqueue(fakes::json_message("two"));
  Standalone balancer(config_for({{"only", only.base_url()}}), gateway_flags({"--threads", "1"}));
  ASSERT_EQ(ask(balancer.client()).status, 200);

  const fakes::HttpResponse response = ask(balancer.client());

  ASSERT_EQ(response.status, 200) << response.body;
  EXPECT_EQ(text_of(response), "two");
  EXPECT_EQ(only.connections_accepted(), 2u);
}

}  // namespace
}  // namespace balancer::integration
