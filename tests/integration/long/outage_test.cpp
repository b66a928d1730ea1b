// A minute in which every provider fails, at a fixed rate of requests: the outage is not multiplied, everybody is told when
// to come back, and the end of it is the end of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <string>
#include <utility>

#include "tests/integration/reliability/conversation.hpp"
#include "tests/integration/support/eventually.hpp"
#include "tests/integration/support/process_usage.hpp"
#include "tests/integration/support/rate_load.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kRate = 200;

class LongOutageTest : public testing::Test {
 protected:
  void all_answer(const fakes::FakeProvider::Responder& responder) {
    for (fakes::FakeProvider* const provider : {&first_, &second_, &third_}) provider->always(responder);
  }
  [[nodiscard]] std::size_t attempts() const {
    return first_.request_count() + second_.request_count() + third_.request_count();
  }

  fakes::FakeProvider first_;
  fakes::FakeProvider second_;
  fakes::FakeProvider third_;
};

TEST_F(LongOutageTest, IsNotMultipliedAndLeavesNothingBehind) {
  all_answer(answers("well"));
  SplitStack stack(config_for({{"first", first_.base_url()}, {"second", second_.base_url()}, {"third", third_.base_url()}},
                              "failure_cooldown: 2s, failure_cooldown_limit: 4s"),
                   gateway_flags({"--threads", "1"}));
  RateLoad load({.ports = {stack.gateway().listening().port("http")}, .rate = kRate});
  const auto serve = [&](std::size_t seconds) {
    const auto cpu_before = cpu_time(stack.gateway().process()) + cpu_time(stack.control_plane());
    load.wait_for_answers(kRate * seconds);
    const auto used = cpu_time(stack.gateway().process()) + cpu_time(stack.control_plane()) - cpu_before;
    RateResult result = load.take();
    const auto each = std::chrono::duration<double, std::micro>(used) / static_cast<double>(result.answer_count);
    std::cout << result.summary() << ", " << each.count() << " us of CPU each" << std::endl;
    return std::pair(result, each);
  };
  serve(2);
  const auto [usual, usual_cost] = serve(10);

  all_answer([](const fakes::RecordedRequest&) { return fakes::overloaded(); });
  ASSERT_TRUE(eventually([&] { return stack.client().get("/providers").json().at("healthy_providers") == 0; }));
  load.take();
  const std::size_t attempts_before = attempts();
  const auto [outage, outage_cost] = serve(60);
  const std::size_t made = attempts() - attempts_before;

  std::cout << made << " attempts for " << outage.answer_count << " requests" << std::endl;
  EXPECT_EQ(outage.failures.size(), outage.answer_count);
  // Those that were under way at either end, too.
  EXPECT_LE(static_cast<double>(made), 1.2 * static_cast<double>(outage.answer_count) + 20);
  for (const RateFailure& failure : outage.failures) {
    EXPECT_THAT(failure.status, testing::AnyOf(529, 503, 502, 429)) << failure.what;
    EXPECT_TRUE(failure.retry_after.has_value()) << failure.what;
    if (HasFailure()) break;
  }

  all_answer(answers("well"));
  ASSERT_TRUE(eventually([&] { return stack.client().get("/providers").json().at("healthy_providers") == 3; }, 5s));
  load.take();
  const auto [after, after_cost] = serve(10);

  EXPECT_THAT(after.failures, testing::IsEmpty());
  EXPECT_LE(after.p99, usual.p99 * 3 / 2 + 25ms);
  EXPECT_LE(after_cost.count(), usual_cost.count() * 3 / 2 + 100);
}

}  // namespace
}  // namespace balancer::integration
