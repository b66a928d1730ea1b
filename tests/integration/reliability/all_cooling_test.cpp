// What happens when every provider of a route cools is what when_all_cooling says, and nobody is ever taken out for good.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "tests/integration/passthrough/expectations.hpp"
#include "tests/integration/reliability/conversation.hpp"
#include "tests/integration/support/eventually.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {
namespace {

using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

class AllCoolingTest : public testing::Test {
 protected:
  AllCoolingTest() {
    first_.enqueue(fakes::rate_limited(60s));
    second_.enqueue(fakes::rate_limited(30s));
    first_.always(answers("from the first"));
    second_.always(answers("from the second"));
  }

  // Both providers have just refused.
  void start(std::string_view settings) {
    stack_.emplace(config_for({{"first", first_.base_url()}, {"second", second_.base_url()}}, settings), gateways(2));
    ASSERT_EQ(ask(client()).status, 429);
    for (std::size_t i = 0; i < 2; ++i) {
      ASSERT_TRUE(eventually([&] { return client(i).get("/providers").json().at("healthy_providers") == 0; }, 1s));
    }
  }
  [[nodiscard]] fakes::HttpClient client(std::size_t gateway = 0) const { return stack_->client(gateway); }

  fakes::FakeProvider first_;
  fakes::FakeProvider second_;
  std::optional<SplitStack> stack_;
};

TEST_F(AllCoolingTest, TheOneThatIsSoonestBackIsTriedAtEveryGateway) {
  start("when_all_cooling: soonest");

  const fakes::HttpResponse response = ask(client(1));

  EXPECT_EQ(text_of(response), "from the second");
  EXPECT_EQ(attempts_of(response), "1");
  EXPECT_EQ(first_.request_count(), 1u);
}

TEST_F(AllCoolingTest, SoonestIsTheDefault) {
  start("");

  EXPECT_EQ(text_of(ask(client(1))), "from the second");
}

TEST_F(AllCoolingTest, FailFastRefusesAtOnceAndSaysWhenTheFirstIsBack) {
  start("when_all_cooling: fail_fast");

  std::vector<Steady::duration> times;
  for (std::size_t i = 0; i < 20; ++i) {
    const auto began = Steady::now();
    const fakes::HttpResponse response = ask(client(i % 2));
    times.push_back(Steady::now() - began);
    EXPECT_THAT(response.status, testing::AnyOf(529, 503, 429));
    EXPECT_TRUE(is_error(response, response.status, response.error_type()));
    const int wait = std::stoi(response.headers.value("retry-after").value_or("0"));
    EXPECT_GE(wait, 20);
    EXPECT_LE(wait, 30);
  }

  std::sort(times.begin(), times.end());
  EXPECT_LE(times[times.size() / 2], 50ms);
  EXPECT_EQ(first_.request_count() + second_.request_count(), 2u);
}

TEST(AllCoolingForAMomentTest, FailFastProbesOnceTheTimeIsUp) {
  fakes::FakeProvider only;
  only.enqueue(fakes::rate_limited(1s));
  only.always(answers("back"));
  Standalone balancer(config_for({{"only", only.base_url()}}, "when_all_cooling: fail_fast"),
                      gateway_flags({"--threads", "1"}));
  ASSERT_EQ(ask(balancer.client()).status, 429);
  ASSERT_NE(ask(balancer.client()).status, 200);

  EXPECT_TRUE(eventually([&] { return ask(balancer.client()).status == 200; }, 3s));

  EXPECT_EQ(only.request_count(), 2u);
  EXPECT_EQ(text_of(ask(balancer.client())), "back");
}

TEST(LastProviderTest, IsAskedHoweverOftenItFails) {
  fakes::FakeProvider only;
  only.always(fakes::server_error());
  Standalone balancer(config_for({{"only", only.base_url()}}));

  for (int i = 0; i < 100; ++i) EXPECT_EQ(ask(balancer.client()).status, 500);

  EXPECT_EQ(only.request_count(), 100u);
}

TEST(LastHealthyProviderTest, IsAskedThoughAllOthersAreOut) {
  fakes::FakeProvider dead;
  fakes::FakeProvider only;
  dead.always(fakes::error_answer(401, "authentication_error", "no"));
  only.always(answers("alone"));
  std::vector<NamedProvider> providers;
  for (int i = 0; i < 9; ++i) providers.push_back({"dead" + std::to_string(i), dead.base_url()});
  providers.push_back({"only", only.base_url()});
  Standalone balancer(config_for(providers, "attempt_limit: 20"));

  for (int i = 0; i < 20; ++i) EXPECT_EQ(text_of(ask(balancer.client())), "alone");
}

}  // namespace
}  // namespace balancer::integration
