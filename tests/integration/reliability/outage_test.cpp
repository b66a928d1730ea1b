// When every provider fails, an outage is not multiplied by retries, clients are told to wait, and all is well again as
// soon as the providers are.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "tests/integration/reliability/conversation.hpp"
#include "tests/integration/support/eventually.hpp"
#include "tests/integration/support/load.hpp"
#include "tests/integration/support/process_usage.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {
namespace {

using namespace std::chrono_literals;
using testing::Each;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

class OutageTest : public testing::Test {
 protected:
  OutageTest() { fail_with(fakes::overloaded()); }

  void fail_with(const fakes::ScriptedResponse& failure) {
    for (fakes::FakeProvider* const provider : {&first_, &second_, &third_}) provider->always(failure);
  }
  void recover() {
    for (fakes::FakeProvider* const provider : {&first_, &second_, &third_}) provider->always(answers("well"));
  }

  [[nodiscard]] std::string config(std::string_view settings) const {
    return config_for(
        {{"first", first_.base_url()}, {"second", second_.base_url()}, {"third", third_.base_url()}}, settings);
  }
  [[nodiscard]] std::size_t attempts() const {
    return first_.request_count() + second_.request_count() + third_.request_count();
  }

  // The budget is a thread's.
  static StackOptions one_thread() { return gateway_flags({"--threads", "1"}); }

  static void cool_everybody(const fakes::HttpClient& client) {
    ASSERT_TRUE(eventually([&] {
      EXPECT_NE(ask(client).status, 200);
      const nlohmann::json listing = client.get("/providers").json();
      return listing.at("healthy_providers") == 0;
    }));
  }

  LoadOptions load_on(SplitStack& stack) const {
    return {.ports = {stack.gateway().listening().port("http")}, .clients = 6, .pause = 10ms};
  }

  fakes::FakeProvider first_;
  fakes::FakeProvider second_;
  fakes::FakeProvider third_;
};

TEST_F(OutageTest, AttemptsAreAFifthMoreThanRequestsAtMost) {
  SplitStack stack(config("failure_cooldown: 60"), one_thread());
  cool_everybody(stack.client());
  const std::size_t before = attempts();
  SteadyLoad load(load_on(stack));

  load.wait_for_answers(600);

  const LoadResult result = load.stop();
  EXPECT_EQ(result.failures.size(), result.answer_count);
  EXPECT_LE(static_cast<double>(attempts() - before), 1.2 * static_cast<double>(result.answer_count) + 3);
  EXPECT_THAT(result.failures, Each(testing::AnyOf(StartsWith("status 529"), StartsWith("status 503"),
                                                   StartsWith("status 502"), StartsWith("status 429"))));
}

TEST_F(OutageTest, ClientsAreServedWithinFiveSecondsOfTheRecovery) {
  SplitStack stack(config("failure_cooldown: 2s"), one_thread());
  cool_everybody(stack.client());
  {
    SteadyLoad load(load_on(stack));
    load.wait_for_answers(200);
    load.stop();
  }

  recover();

  EXPECT_TRUE(eventually([&] {
    for (int i = 0; i < 20; ++i) {
      if (ask(stack.client()).status != 200) return false;
    }
    return true;
  }, 5s));
  SteadyLoad load(load_on(stack));
  load.wait_for_answers(100);
  const LoadResult result = load.stop();
  EXPECT_THAT(result.failures, IsEmpty());
  EXPECT_LT(result.slowest, 1s);
}

struct Failure {
  std::string name;
  fakes::ScriptedResponse answer;
};

class OutageOfAKindTest : public OutageTest, public testing::WithParamInterface<Failure> {};

TEST_P(OutageOfAKindTest, ClientsAreToldWhenToComeBack) {
  fail_with(GetParam().answer);
  SplitStack stack(config("failure_cooldown: 60, failure_cooldown_limit: 120"), one_thread());
  cool_everybody(stack.client());

  for (int i = 0; i < 12; ++i) {
    const fakes::HttpResponse response = ask(stack.client(), i % 2 == 0 ? AnswerForm::kDocument : AnswerForm::kStream);
    ASSERT_GE(response.status, 400);
    const std::string seconds = response.headers.value("retry-after").value_or("none");
    ASSERT_THAT(seconds, testing::MatchesRegex("[0-9]+")) << response.status << ": " << response.body;
    EXPECT_GE(std::stoi(seconds), 1);
    // The limit, and a fifth of jitter.
    EXPECT_LE(std::stoi(seconds), 144);
  }
}

INSTANTIATE_TEST_SUITE_P(With, OutageOfAKindTest,
                         testing::Values(Failure{"Overload", fakes::overloaded()}, Failure{"Errors", fakes::server_error()},
                                         Failure{"Unavailability", fakes::server_error(503)},
                                         Failure{"Resets", fakes::reset_before_headers()},
                                         Failure{"Closes", fakes::close_before_headers()}),
                         [](const testing::TestParamInfo<Failure>& instance) { return instance.param.name; });

TEST_F(OutageTest, NobodyIsSentAwayWhileTheProvidersCountAsWell) {
  SplitStack stack(config("unhealthy_threshold: 1000"), one_thread());
  fail_with(fakes::server_error());

  EXPECT_FALSE(ask(stack.client()).headers.contains("retry-after"));
}

TEST_F(OutageTest, LeavesNoWorkBehind) {
  SplitStack stack(config("failure_cooldown: 1s"), one_thread());
  const auto cost_of_answers = [&](std::size_t count) {
    SteadyLoad load(load_on(stack));
    const auto before = cpu_time(stack.gateway().process()) + cpu_time(stack.control_plane());
    load.wait_for_answers(count);
    const auto used = cpu_time(stack.gateway().process()) + cpu_time(stack.control_plane()) - before;
    return std::chrono::duration<double, std::milli>(used) / load.stop().answer_count;
  };
  recover();
  const auto usual = cost_of_answers(600);
  fail_with(fakes::overloaded());
  cool_everybody(stack.client());
  static_cast<void>(cost_of_answers(200));
  recover();
  ASSERT_TRUE(eventually([&] { return ask(stack.client()).status == 200; }, 5s));

  const auto afterwards = cost_of_answers(600);

  // Twice for a machine that has other work to do; the kernel counts in steps of 10 ms.
  EXPECT_LE(afterwards.count(), 2 * usual.count() + 0.1);
}

// Resets, which say nothing themselves, become an answer that says to try again.
TEST_F(OutageTest, SilentFailuresAreToldInTheProperForm) {
  fail_with(fakes::reset_before_headers());
  SplitStack stack(config("failure_cooldown: 60"), one_thread());
  cool_everybody(stack.client());

  for (int i = 0; i < 20; ++i) {
    const fakes::HttpResponse response = ask(stack.client(), i % 2 == 0 ? AnswerForm::kDocument : AnswerForm::kStream);
    EXPECT_THAT(response.status, testing::AnyOf(529, 503, 502, 429));
    EXPECT_THAT(response.error_type(), Not(IsEmpty()));
    EXPECT_EQ(response.headers.value("x-should-retry").value_or("true"), "true");
  }
}

// While others are well, nobody counts retries: the client must not see a failure that another provider can mend.
TEST_F(OutageTest, OfOneProviderIsMendedByTheOthersHoweverManyRequestsThereAre) {
  second_.always(answers("well"));
  SplitStack stack(config("unhealthy_threshold: 1000"), one_thread());
  SteadyLoad load(load_on(stack));

  load.wait_for_answers(300);

  EXPECT_THAT(load.stop().failures, IsEmpty());
}

}  // namespace
}  // namespace balancer::integration
