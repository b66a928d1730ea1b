// When the answer that others wait for comes to nothing, none of them is given half of it for the whole.
#include <gtest/gtest.h>

#include <memory>
#include <ostream>
#include <string>

#include "tests/integration/sharing/shared_question.hpp"
#include "tests/integration/sharing/stillness.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {
namespace {

using fakes::HttpResponse;
using fakes::ScriptedResponse;

constexpr std::size_t kJoiners = 6;

struct Failure {
  std::string name;
  ScriptedResponse (*script)();
  friend void PrintTo(const Failure& failure, std::ostream* out) { *out << failure.name; }
};

std::string name_of(const testing::TestParamInfo<Failure>& instance) { return instance.param.name; }

class FailingLeaderTest : public testing::TestWithParam<Failure> {
 protected:
  FailingLeaderTest() { provider_.always(answers("well")); }

  // Failures are many here, and the provider is asked all the same.
  [[nodiscard]] std::string config() const {
    return config_for({{"only", provider_.base_url()}},
                      "unhealthy_threshold: 1000, failure_cooldown: 0, attempt_limit: 1");
  }
  [[nodiscard]] ScriptedResponse held() const { return GetParam().script().after(held_); }

  void ask_together(Askers& askers, const fakes::HttpClient& leader, const fakes::HttpClient& others) {
    askers.ask(leader, question(AnswerForm::kStream));
    ASSERT_TRUE(provider_.wait_for_requests(1));
    while (askers.size() < 1 + kJoiners) {
      askers.ask(others, question(askers.size() % 2 == 0 ? AnswerForm::kStream : AnswerForm::kDocument));
    }
  }

  std::shared_ptr<fakes::Latch> held_ = std::make_shared<fakes::Latch>();
  fakes::FakeProvider provider_;
};

class FailsBeforeItsFirstEventTest : public FailingLeaderTest {};

TEST_P(FailsBeforeItsFirstEventTest, TheNextLeadsAndTheOthersJoinThat) {
  provider_.enqueue(held());
  const auto second_held = std::make_shared<fakes::Latch>();
  provider_.always([second_held](const fakes::RecordedRequest& request) {
    return answers("well")(request).after(second_held);
  });
  Standalone balancer(config());
  Askers askers;
  ask_together(askers, balancer.client(), balancer.client());
  ASSERT_TRUE(come_to_rest(balancer.gateway()));

  held_->release();
  ASSERT_TRUE(provider_.wait_for_requests(2));
  ASSERT_TRUE(come_to_rest(balancer.gateway()));
  second_held->release();
  const std::vector<HttpResponse> responses = askers.answers();

  EXPECT_TRUE(tells_of_failure(responses[0])) << responses[0].raw;
  for (std::size_t i = 1; i < responses.size(); ++i) EXPECT_EQ(text_of(responses[i]), "well") << responses[i].raw;
  EXPECT_EQ(provider_.request_count(), 2U);
}

TEST_P(FailsBeforeItsFirstEventTest, AfterASecondFailureEachAsksForItself) {
  provider_.enqueue(held());
  const auto second_held = std::make_shared<fakes::Latch>();
  provider_.enqueue(GetParam().script().after(second_held));
  Standalone balancer(config());
  Askers askers;
  ask_together(askers, balancer.client(), balancer.client());
  ASSERT_TRUE(come_to_rest(balancer.gateway()));

  held_->release();
  ASSERT_TRUE(provider_.wait_for_requests(2));
  ASSERT_TRUE(come_to_rest(balancer.gateway()));
  second_held->release();

  std::size_t failures = 0;
  for (const HttpResponse& response : askers.answers()) {
    if (tells_of_failure(response)) {
      ++failures;
    } else {
      EXPECT_FALSE(message_in(response).is_null()) << response.raw;
    }
  }
  EXPECT_EQ(failures, 2U);
  EXPECT_EQ(provider_.request_count(), 2U + kJoiners - 1);
}

TEST_P(FailsBeforeItsFirstEventTest, JoinersOfAnotherGatewayAskAnew) {
  provider_.enqueue(held());
  SplitStack stack(config(), gateways(2));
  Askers askers;
  ask_together(askers, stack.client(0), stack.client(1));
  ASSERT_TRUE(come_to_rest(stack, 2));

  held_->release();
  const std::vector<HttpResponse> responses = askers.answers();

  EXPECT_TRUE(tells_of_failure(responses[0])) << responses[0].raw;
  for (std::size_t i = 1; i < responses.size(); ++i) EXPECT_EQ(text_of(responses[i]), "well") << responses[i].raw;
}

INSTANTIATE_TEST_SUITE_P(AnyWay, FailsBeforeItsFirstEventTest,
                         testing::Values(Failure{"Reset", [] { return fakes::reset_before_headers(); }},
                                         Failure{"HangUp", [] { return fakes::close_before_headers(); }},
                                         Failure{"ServerError", [] { return fakes::server_error(); }},
                                         Failure{"FirstEventIsAnError",
                                                 [] { return fakes::sse_error_first("overloaded_error"); }}),
                         name_of);

class FailsInTheMiddleTest : public FailingLeaderTest {
 protected:
  // Up to the failure.
  [[nodiscard]] static std::string beginning() { return fakes::sse_stream({"one", "two"}).keep_parts(3).body(); }
};

TEST_P(FailsInTheMiddleTest, StreamsEndWithTheSameErrorAndDocumentsAreAskedForAnew) {
  provider_.enqueue(held());
  Standalone balancer(config());
  Askers askers;
  ask_together(askers, balancer.client(), balancer.client());
  ASSERT_TRUE(come_to_rest(balancer.gateway()));

  held_->release();
  const std::vector<HttpResponse> responses = askers.answers();

  EXPECT_TRUE(tells_of_failure(responses[0]));
  EXPECT_TRUE(responses[0].body.starts_with(beginning())) << responses[0].body;
  for (std::size_t i = 1; i < responses.size(); ++i) {
    SCOPED_TRACE(responses[i].raw);
    if (i % 2 == 0) {
      EXPECT_EQ(responses[i].body, responses[0].body);
      EXPECT_EQ(responses[i].complete, responses[0].complete);
    } else {
      EXPECT_EQ(text_of(responses[i]), "well");
    }
  }
}

TEST_P(FailsInTheMiddleTest, JoinersOfAnotherGatewayAskAnew) {
  provider_.enqueue(held());
  SplitStack stack(config(), gateways(2));
  Askers askers;
  ask_together(askers, stack.client(0), stack.client(1));
  ASSERT_TRUE(come_to_rest(stack, 2));

  held_->release();
  const std::vector<HttpResponse> responses = askers.answers();

  EXPECT_TRUE(tells_of_failure(responses[0]));
  for (std::size_t i = 1; i < responses.size(); ++i) EXPECT_EQ(text_of(responses[i]), "well") << responses[i].raw;
}

INSTANTIATE_TEST_SUITE_P(
    AnyWay, FailsInTheMiddleTest,
    testing::Values(Failure{"Reset", [] { return fakes::reset_after_events(3, fakes::sse_stream({"one", "two"})); }},
                    Failure{"NoEnd", [] { return fakes::sse_stream({"one", "two"}).keep_parts(3); }},
                    Failure{"ErrorEvent", [] { return fakes::sse_error_after({"one"}, "overloaded_error"); }}),
    name_of);

}  // namespace
}  // namespace balancer::integration
