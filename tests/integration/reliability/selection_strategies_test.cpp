// How requests are shared among the providers that are well, over all gateways together.
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "tests/integration/reliability/arrivals.hpp"
#include "tests/integration/reliability/conversation.hpp"
#include "tests/integration/support/eventually.hpp"
#include "tests/integration/support/rate_load.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {
namespace {

using namespace std::chrono_literals;
using fakes::FakeProvider;
using fakes::HttpResponse;

// Requests of different numbers share no answer.
HttpResponse ask_number(const fakes::HttpClient& client, std::size_t number) {
  return ask(client, AnswerForm::kDocument, "claude-test", std::to_string(number));
}

class SelectionStrategiesTest : public testing::Test {
 protected:
  SelectionStrategiesTest() {
    for (FakeProvider& provider : providers_) provider.always(answers("hello"));
  }

  [[nodiscard]] NamedProvider named(char name, std::string members = "", std::string target_members = "") const {
    return {std::string(1, name), providers_.at(static_cast<std::size_t>(name - 'a')).base_url(), std::move(members),
            std::move(target_members)};
  }
  [[nodiscard]] std::size_t count(char name) const {
    return providers_.at(static_cast<std::size_t>(name - 'a')).request_count();
  }

  std::array<FakeProvider, 3> providers_;
};

TEST_F(SelectionStrategiesTest, RoundRobinIsExactOverThreeGatewaysThatAskAtTheSameTime) {
  constexpr std::size_t kGateways = 3;
  constexpr std::size_t kEach = 30;
  SplitStack stack(config_for({named('a'), named('b'), named('c')}, "selection_strategy: round_robin"),
                   gateways(kGateways));

  std::vector<std::future<void>> askers;
  for (std::size_t i = 0; i < kGateways; ++i) {
    askers.push_back(std::async(std::launch::async, [client = stack.client(i), i] {
      for (std::size_t request = 0; request < kEach; ++request) {
        EXPECT_EQ(ask_number(client, i * kEach + request).status, 200);
      }
    }));
  }
  for (auto& asker : askers) asker.get();

  for (const char name : {'a', 'b', 'c'}) EXPECT_EQ(count(name), kEach) << name;
}

TEST_F(SelectionStrategiesTest, WeightedSharesAreExactOverTwoGateways) {
  SplitStack stack(config_for({named('a', "", "weight: 5"), named('b', "", "weight: 3"), named('c', "", "weight: 2")},
                              "selection_strategy: weighted"),
                   gateways(2));

  for (std::size_t i = 0; i < 50; ++i) ASSERT_EQ(ask_number(stack.client(i % 2), i).status, 200);

  EXPECT_EQ(count('a'), 25u);
  EXPECT_EQ(count('b'), 15u);
  EXPECT_EQ(count('c'), 10u);
}

TEST_F(SelectionStrategiesTest, LeastLatencyLeavesTheSlowOneAlone) {
  const auto slowly = [](const fakes::RecordedRequest& request) { return answers("late")(request).after(100ms); };
  providers_[0].always(slowly);
  SplitStack stack(config_for({named('a'), named('b'), named('c')}, "selection_strategy: least_latency"), gateways(2));

  for (std::size_t i = 0; i < 60; ++i) ASSERT_EQ(ask_number(stack.client(i % 2), i).status, 200);

  // It has to be met to be known.
  EXPECT_GE(count('a'), 1u);
  EXPECT_LE(count('a'), 6u);
  EXPECT_GE(count('b'), 5u);
  EXPECT_GE(count('c'), 5u);
}

TEST_F(SelectionStrategiesTest, ARouteMayHaveAStrategyOfItsOwn) {
  std::string config = config_for({named('a'), named('b')}, "selection_strategy: priority");
  config.insert(config.find("model_routes:\n") + std::string("model_routes:\n").size(),
                "  \"shared-*\": {strategy: round_robin, providers: [{provider: a}, {provider: b}]}\n");
  Standalone balancer(config);

  for (int i = 0; i < 10; ++i) ASSERT_EQ(ask(balancer.client(), AnswerForm::kDocument, "shared-model").status, 200);
  EXPECT_EQ(count('a'), 5u);
  EXPECT_EQ(count('b'), 5u);

  for (int i = 0; i < 10; ++i) ASSERT_EQ(provider_of(ask(balancer.client())), "a");
}

class MaxInFlightTest : public SelectionStrategiesTest {
 protected:
  // So many different requests, dealt out to two gateways, that wait for their answers until release().
  void hold(SplitStack& stack, std::size_t requests) {
    for (FakeProvider& provider : providers_) {
      provider.always([this](const fakes::RecordedRequest& request) { return answers("held")(request).after(held_); });
    }
    for (std::size_t i = 0; i < requests; ++i) {
      waiting_.push_back(std::async(std::launch::async, ask_number, stack.client(i % 2), i));
      ASSERT_TRUE(eventually([&] { return count('a') + count('b') + count('c') == i + 1; }));
    }
  }
  void release() {
    held_->release();
    for (auto& waiting : waiting_) EXPECT_EQ(waiting.get().status, 200);
    waiting_.clear();
  }

  std::shared_ptr<fakes::Latch> held_ = std::make_shared<fakes::Latch>();
  std::vector<std::future<HttpResponse>> waiting_;
};

TEST_F(MaxInFlightTest, OverflowGoesToTheNextProviderWhicheverGatewayItComesFrom) {
  SplitStack stack(config_for({named('a', "max_in_flight: 2"), named('b', "max_in_flight: 3"), named('c')}), gateways(2));

  hold(stack, 8);

  EXPECT_EQ(count('a'), 2u);
  EXPECT_EQ(count('b'), 3u);
  EXPECT_EQ(count('c'), 3u);
  release();
}

TEST_F(MaxInFlightTest, APlaceThatIsFreeAgainIsUsedAgain) {
  SplitStack stack(config_for({named('a', "max_in_flight: 1"), named('b')}), gateways(2));
  hold(stack, 2);
  ASSERT_EQ(count('b'), 1u);

  release();

  EXPECT_TRUE(eventually([&] { return provider_of(ask(stack.client(0))) == "a"; }, 2s));
  EXPECT_TRUE(eventually([&] { return provider_of(ask(stack.client(1))) == "a"; }, 2s));
}

// Half of the traffic is for a provider that has become ten times slower, and has more of it than it can bear.
TEST_F(MaxInFlightTest, ASlowProviderHasItsLimitAndDelaysNobodyElses) {
  constexpr auto kUsual = 50ms;
  constexpr auto kSlow = 10 * kUsual;
  Arrivals slow;
  providers_[0].always([&](const fakes::RecordedRequest& request) {
    slow.record();
    return answers("late")(request).after(kSlow);
  });
  providers_[1].always([&](const fakes::RecordedRequest& request) { return answers("well")(request).after(kUsual); });
  std::string config = config_for({named('b'), named('a', "max_in_flight: 2")});
  config.insert(config.find("model_routes:\n") + std::string("model_routes:\n").size(),
                "  \"slow-*\": {providers: [{provider: a}]}\n");
  SplitStack stack(config);
  const std::vector<std::uint16_t> ports{stack.gateway().listening().port("http")};
  RateLoad quick({.ports = ports, .rate = 50});
  quick.wait_for_answers(150);
  const RateResult before = quick.take();

  RateLoad beside({.ports = ports, .rate = 50, .model = "slow-model"});
  beside.wait_for_answers(50);
  static_cast<void>(quick.take());
  quick.wait_for_answers(200);
  const RateResult meanwhile = quick.take();

  EXPECT_TRUE(before.failures.empty()) << before.summary();
  EXPECT_TRUE(meanwhile.failures.empty()) << meanwhile.summary();
  EXPECT_LE(meanwhile.p50, before.p50 * 11 / 10 + 20ms) << meanwhile.summary() << before.summary();
  // Were they to wait for each other, it would be for the slow one's whole time.
  EXPECT_LE(meanwhile.p99, before.p99 * 11 / 10 + kSlow / 2) << meanwhile.summary() << before.summary();
  // The third comes when the first is done.
  const auto arrivals = slow.all();
  ASSERT_GE(arrivals.size(), 4u);
  for (std::size_t i = 2; i < arrivals.size(); ++i) EXPECT_GE(arrivals[i] - arrivals[i - 2], kSlow);
}

TEST_F(MaxInFlightTest, WithoutANextProviderTheClientIsToldToComeBack) {
  SplitStack stack(config_for({named('a', "max_in_flight: 2")}), gateways(2));
  hold(stack, 2);

  for (std::size_t i = 0; i < 4; ++i) {
    const HttpResponse response = ask(stack.client(i % 2));
    EXPECT_EQ(response.status, 529);
    EXPECT_EQ(response.error_type(), "overloaded_error");
    EXPECT_TRUE(response.headers.contains("retry-after"));
  }

  EXPECT_EQ(count('a'), 2u);
  release();
}

}  // namespace
}  // namespace balancer::integration
