// A gateway that was stopped for two minutes takes up where it was: it has forgotten no cooldown, ends none early, counts
// nothing backwards, and does not take the time it missed for anybody's slowness.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <string>

#include "tests/integration/reliability/conversation.hpp"
#include "tests/integration/support/eventually.hpp"
#include "tests/integration/support/rate_load.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kRate = 50;

TEST(LongFreezeTest, OfAGatewayEndsNoCooldownAndCountsNothingBackwards) {
  fakes::FakeProvider first;
  fakes::FakeProvider second;
  first.enqueue(fakes::rate_limited(600s));
  first.always(answers("from the first"));
  second.always(answers("from the second"));
  SplitStack stack(config_for({{"first", first.base_url()}, {"second", second.base_url()}}, "failure_cooldown_limit: 900"),
                   gateways(2));
  ASSERT_EQ(text_of(ask(stack.client(0))), "from the second");
  ASSERT_TRUE(eventually([&] { return listed_provider(stack.client(1), "first").at("status") == "cooling"; }));
  ASSERT_EQ(text_of(ask(stack.client(1), AnswerForm::kDocument, "claude-test", "other")), "from the second");
  const Labels second_attempts{{"provider", "second"}};
  const auto attempts_before = stack.gateway(1).metric("balancer_gateway_upstream_attempts_total", second_attempts);
  ASSERT_TRUE(attempts_before.has_value());
  RateLoad load({.ports = {stack.gateway(0).listening().port("http")}, .rate = kRate});

  stack.gateway(1).process().signal(SIGSTOP);
  load.wait_for_answers(120 * kRate);
  stack.gateway(1).process().signal(SIGCONT);

  ASSERT_TRUE(eventually([&] { return stack.client(1).get("/providers").status == 200; }, 5s));
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(text_of(ask(stack.client(1), AnswerForm::kDocument, "claude-test", std::to_string(i))), "from the second");
  }
  EXPECT_EQ(first.request_count(), 1u);
  EXPECT_EQ(listed_provider(stack.client(1), "first").at("status"), "cooling");
  EXPECT_EQ(listed_provider(stack.client(1), "second").at("status"), "healthy");
  EXPECT_GE(stack.gateway(1).metric("balancer_gateway_upstream_attempts_total", second_attempts),
            attempts_before.value() + 20);
  EXPECT_EQ(stack.gateway(1).metric("balancer_gateway_open_requests"), 0);
  EXPECT_TRUE(eventually([&] { return stack.gateway(1).metric("balancer_gateway_control_plane_connected") == 1; }, 5s));
  EXPECT_THAT(load.stop().failures, testing::IsEmpty());
}

}  // namespace
}  // namespace balancer::integration
