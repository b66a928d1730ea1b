// A provider that failed is left alone for a while, by every gateway, and then gets its chance.
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "tests/integration/reliability/conversation.hpp"
#include "tests/integration/support/eventually.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {
namespace {

using namespace std::chrono_literals;
using fakes::FakeProvider;

class CooldownTest : public testing::Test {
 protected:
  CooldownTest() {
    first_.always(answers("from the first"));
    second_.always(answers("from the second"));
  }

  // One failure is enough.
  [[nodiscard]] std::string config(std::string_view settings) const {
    return patient_config("unhealthy_threshold: 1, " + std::string(settings));
  }
  [[nodiscard]] std::string patient_config(std::string_view settings) const {
    return config_for({{"first", first_.base_url()}, {"second", second_.base_url()}}, settings);
  }

  // An attempt's report and the next question travel in order only on one thread's stream.
  [[nodiscard]] static StackOptions one_thread() { return gateway_flags({"--threads", "1"}); }

  FakeProvider first_;
  FakeProvider second_;
};

TEST_F(CooldownTest, AFailedProviderIsNotAskedWhileItCools) {
  first_.enqueue(fakes::server_error());
  Standalone balancer(config("failure_cooldown: 60"), one_thread());
  ASSERT_EQ(text_of(ask(balancer.client())), "from the second");

  for (int i = 0; i < 10; ++i) {
    const fakes::HttpResponse response = ask(balancer.client());
    EXPECT_EQ(text_of(response), "from the second");
    EXPECT_EQ(attempts_of(response), "1");
  }

  EXPECT_EQ(first_.request_count(), 1u);
}

TEST_F(CooldownTest, AFailedProviderIsAskedAgainAfterItsCooldown) {
  first_.enqueue(fakes::server_error());
  Standalone balancer(config("failure_cooldown: 300ms"), one_thread());
  const auto failed_after = std::chrono::steady_clock::now();
  ASSERT_EQ(text_of(ask(balancer.client())), "from the second");

  EXPECT_TRUE(eventually([&] { return text_of(ask(balancer.client())) == "from the first"; }));

  EXPECT_GE(std::chrono::steady_clock::now() - failed_after, 300ms);
  EXPECT_EQ(first_.request_count(), 2u);
  EXPECT_EQ(text_of(ask(balancer.client())), "from the first");
}

TEST_F(CooldownTest, AFailedProbeCoolsAnewAndCostsTheClientNothing) {
  first_.enqueue(fakes::server_error());
  first_.enqueue(fakes::server_error());
  Standalone balancer(config("failure_cooldown: 300ms"), one_thread());

  EXPECT_TRUE(eventually([&] {
    const fakes::HttpResponse response = ask(balancer.client());
    EXPECT_EQ(response.status, 200);
    return text_of(response) == "from the first";
  }));

  EXPECT_EQ(first_.request_count(), 3u);
}

TEST_F(CooldownTest, ARetryAfterShorterThanTheCooldownCounts) {
  first_.enqueue(fakes::rate_limited(1s));
  Standalone balancer(config("failure_cooldown: 600"), one_thread());
  const auto failed_after = std::chrono::steady_clock::now();
  ASSERT_EQ(text_of(ask(balancer.client())), "from the second");

  EXPECT_TRUE(eventually([&] { return text_of(ask(balancer.client())) == "from the first"; }));

  EXPECT_GE(std::chrono::steady_clock::now() - failed_after, 1s);
  EXPECT_EQ(first_.request_count(), 2u);
}

TEST_F(CooldownTest, ARetryAfterLongerThanTheCooldownCounts) {
  first_.enqueue(fakes::rate_limited(240s));
  Standalone balancer(config("failure_cooldown: 100ms"), one_thread());
  ASSERT_EQ(text_of(ask(balancer.client())), "from the second");

  // Well past failure_cooldown: the other provider's own cooldown, begun later, is over.
  second_.enqueue(fakes::server_error());
  ASSERT_EQ(ask(balancer.client()).status, 500);
  ASSERT_TRUE(eventually([&] {
    EXPECT_EQ(text_of(ask(balancer.client())), "from the second");
    return listed_provider(balancer.client(), "second").at("status") == "healthy";
  }));

  EXPECT_EQ(listed_provider(balancer.client(), "first").at("status"), "cooling");
  EXPECT_EQ(first_.request_count(), 1u);
}

TEST_F(CooldownTest, WhenAllAreCoolingTheSoonestIsStillTried) {
  first_.enqueue(fakes::rate_limited(200s));
  second_.enqueue(fakes::rate_limited(100s));
  Standalone balancer(config("failure_cooldown: 60"), one_thread());
  ASSERT_EQ(ask(balancer.client()).status, 429);

  const fakes::HttpResponse response = ask(balancer.client());

  EXPECT_EQ(text_of(response), "from the second");
  EXPECT_EQ(attempts_of(response), "1");
  EXPECT_EQ(first_.request_count(), 1u);
}

TEST_F(CooldownTest, BelowTheThresholdAProviderStaysInUse) {
  for (int i = 0; i < 3; ++i) first_.enqueue(fakes::server_error());
  Standalone balancer(patient_config("failure_cooldown: 60"), one_thread());

  for (int i = 0; i < 5; ++i) EXPECT_EQ(text_of(ask(balancer.client())), "from the second");

  EXPECT_EQ(first_.request_count(), 3u);
}

TEST_F(CooldownTest, TheThresholdIsWhatTheSettingSays) {
  first_.enqueue(fakes::server_error());
  first_.enqueue(fakes::server_error());
  Standalone balancer(patient_config("failure_cooldown: 60, unhealthy_threshold: 2"), one_thread());

  for (int i = 0; i < 3; ++i) EXPECT_EQ(text_of(ask(balancer.client())), "from the second");

  EXPECT_EQ(first_.request_count(), 2u);
}

TEST_F(CooldownTest, ASuccessForgetsTheFailuresBeforeIt) {
  for (int i = 0; i < 4; ++i) {
    first_.enqueue(fakes::server_error());
    first_.enqueue(fakes::server_error());
    first_.enqueue(fakes::json_message("from the first"));
  }
  Standalone balancer(patient_config("failure_cooldown: 60"), one_thread());

  for (int i = 0; i < 12; ++i) EXPECT_EQ(ask(balancer.client()).status, 200);

  EXPECT_EQ(first_.request_count(), 12u);
}

TEST_F(CooldownTest, WhatOneGatewayLearnsTheOthersObey) {
  first_.enqueue(fakes::server_error());
  SplitStack stack(config("failure_cooldown: 60"), gateways(2));
  ASSERT_EQ(text_of(ask(stack.client(0))), "from the second");
  ASSERT_TRUE(eventually([&] { return text_of(ask(stack.client(1))) == "from the second"; }, 1s));
  const std::size_t asked = first_.request_count();

  for (int i = 0; i < 10; ++i) EXPECT_EQ(text_of(ask(stack.client(1))), "from the second");

  EXPECT_EQ(first_.request_count(), asked);
}

TEST_F(CooldownTest, AReloadKeepsTheCooldownsOfProvidersThatStay) {
  first_.enqueue(fakes::server_error());
  FakeProvider third;
  third.always(answers("from the third"));
  Standalone balancer(config("failure_cooldown: 60"), one_thread());
  ASSERT_EQ(text_of(ask(balancer.client())), "from the second");

  const std::vector<NamedProvider> changed{{"first", first_.base_url()}, {"third", third.base_url()}};
  balancer.write_config(config_for(changed, "unhealthy_threshold: 1, failure_cooldown: 60"));

  EXPECT_TRUE(eventually([&] { return text_of(ask(balancer.client())) == "from the third"; }, 2s));
  EXPECT_EQ(first_.request_count(), 1u);
}

}  // namespace
}  // namespace balancer::integration
