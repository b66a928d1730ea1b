// A provider that says when to come back is taken at its word, within limits (protocol.md 5.5).
#include <gtest/gtest.h>

#include <chrono>
#include <ctime>
#include <string>

#include "tests/integration/reliability/arrivals.hpp"
#include "tests/integration/reliability/conversation.hpp"
#include "tests/integration/support/eventually.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {
namespace {

using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

std::string http_date(std::chrono::system_clock::time_point time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm date{};
  ::gmtime_r(&seconds, &date);
  char text[64];
  return {text, std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &date)};
}

class RetryAfterTest : public testing::TestWithParam<int> {
 protected:
  RetryAfterTest() { second_.always(answers("from the second")); }

  // The first provider refuses once, and serves from then on. Returns how long it was left alone.
  std::chrono::milliseconds time_left_alone(const std::string& retry_after, std::string_view settings) {
    first_.always([this](const fakes::RecordedRequest& request) {
      arrivals_.record();
      return answers("from the first")(request);
    });
    first_.enqueue(fakes::error_answer(GetParam(), "overloaded_error", "later").header("retry-after", retry_after));
    Standalone balancer(config_for({{"first", first_.base_url()}, {"second", second_.base_url()}}, settings),
                        gateway_flags({"--threads", "1"}));
    const auto refused = Steady::now();
    EXPECT_EQ(text_of(ask(balancer.client())), "from the second");
    EXPECT_TRUE(eventually([&] { return text_of(ask(balancer.client())) == "from the first"; }));
    const auto served = arrivals_.all();
    if (served.empty()) return 0ms;
    return std::chrono::duration_cast<std::chrono::milliseconds>(served.front() - refused);
  }

  static constexpr const char* kLongCooldown = "failure_cooldown: 600";
  static constexpr const char* kOneSecondAtMost = "failure_cooldown: 500ms, failure_cooldown_limit: 1s";

  Arrivals arrivals_;
  fakes::FakeProvider first_;
  fakes::FakeProvider second_;
};

TEST_P(RetryAfterTest, InSecondsIsObeyed) {
  const auto left_alone = time_left_alone("1", kLongCooldown);

  EXPECT_GE(left_alone, 1s);
  EXPECT_LT(left_alone, 3s);
}

TEST_P(RetryAfterTest, AsADateIsObeyed) {
  // Dates have whole seconds.
  const auto left_alone = time_left_alone(http_date(std::chrono::system_clock::now() + 3s), kLongCooldown);

  EXPECT_GE(left_alone, 1500ms);
  EXPECT_LT(left_alone, 5s);
}

TEST_P(RetryAfterTest, OfADayIsNotBelieved) {
  const auto left_alone = time_left_alone("86400", kOneSecondAtMost);

  EXPECT_GE(left_alone, 1s);
  EXPECT_LT(left_alone, 3s);
}

TEST_P(RetryAfterTest, AsADateInTheFarFutureIsNotBelieved) {
  const auto left_alone = time_left_alone("Fri, 31 Dec 2099 23:59:59 GMT", kOneSecondAtMost);

  EXPECT_GE(left_alone, 1s);
  EXPECT_LT(left_alone, 3s);
}

// It says no more than none: one model's rate limit, or one failure of several.
TEST_P(RetryAfterTest, AsADateGoneByIsNone) {
  first_.enqueue(fakes::error_answer(GetParam(), "overloaded_error", "later")
                     .header("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT"));
  first_.always(answers("from the first"));
  Standalone balancer(config_for({{"first", first_.base_url()}, {"second", second_.base_url()}}),
                      gateway_flags({"--threads", "1"}));
  ASSERT_EQ(text_of(ask(balancer.client())), "from the second");

  EXPECT_EQ(text_of(ask(balancer.client(), AnswerForm::kDocument, "another-model")), "from the first");
  EXPECT_EQ(listed_provider(balancer.client(), "first").at("status"), "healthy");
}

INSTANTIATE_TEST_SUITE_P(EveryStatusThatMayHaveOne, RetryAfterTest, testing::Values(429, 503, 529),
                         [](const testing::TestParamInfo<int>& instance) {
                           return "Status" + std::to_string(instance.param);
                         });

}  // namespace
}  // namespace balancer::integration
