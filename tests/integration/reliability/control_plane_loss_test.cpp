// No request needs the control plane: killed, frozen or not yet there, it fails none (static stability).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <string>
#include <vector>

#include "tests/integration/reliability/conversation.hpp"
#include "tests/integration/support/eventually.hpp"
#include "tests/integration/support/load.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {
namespace {

using namespace std::chrono_literals;
using fakes::FakeProvider;

constexpr std::size_t kGateways = 2;

class ControlPlaneLossTest : public testing::Test {
 protected:
  ControlPlaneLossTest() {
    first_.always(answers("from the first"));
    second_.always(answers("from the second"));
  }

  [[nodiscard]] std::string config() const {
    return config_for({{"first", first_.base_url()}, {"second", second_.base_url()}}, "unhealthy_threshold: 1, failure_cooldown: 60");
  }

  static LoadOptions load_on(SplitStack& stack) {
    LoadOptions options;
    for (std::size_t i = 0; i < kGateways; ++i) options.ports.push_back(stack.gateway(i).listening().port("http"));
    return options;
  }

  static bool connected(SplitStack& stack, std::size_t gateway, bool wanted) {
    return stack.gateway(gateway).metric("balancer_gateway_control_plane_connected") == (wanted ? 1 : 0);
  }

  // What one gateway finds out, the other obeys: reports go up, and decisions or news come down.
  void expect_gateways_joined(SplitStack& stack) {
    ASSERT_TRUE(eventually([&] { return stack.client(0).get("/providers").status == 200; }, 5s));
    ASSERT_TRUE(eventually([&] { return stack.client(1).get("/providers").status == 200; }, 5s));
    first_.always(fakes::server_error());
    EXPECT_EQ(text_of(ask(stack.client(0))), "from the second");
    EXPECT_TRUE(eventually([&] {
      const fakes::HttpResponse response = ask(stack.client(1));
      return provider_of(response) == "second" && attempts_of(response) == "1";
    }, 5s));
  }

  FakeProvider first_;
  FakeProvider second_;
};

TEST_F(ControlPlaneLossTest, AKillUnderLoadFailsNoRequestAndARestartIsNoticed) {
  SplitStack stack(config(), gateways(kGateways));
  SteadyLoad load(load_on(stack));
  load.wait_for_answers(100);

  stack.kill_control_plane();
  for (std::size_t i = 0; i < kGateways; ++i) {
    EXPECT_TRUE(eventually([&] { return connected(stack, i, false); }, 2s)) << i;
  }
  load.wait_for_answers(200);
  stack.start_control_plane();
  for (std::size_t i = 0; i < kGateways; ++i) {
    EXPECT_TRUE(eventually([&] { return connected(stack, i, true); }, 5s)) << i;
  }
  load.wait_for_answers(100);

  EXPECT_THAT(load.stop().failures, testing::IsEmpty());
  expect_gateways_joined(stack);
}

TEST_F(ControlPlaneLossTest, AConfigurationWrittenMeanwhileArrivesWithTheRestart) {
  SplitStack stack(config(), gateways(kGateways));
  ASSERT_EQ(provider_of(ask(stack.client())), "first");
  stack.kill_control_plane();
  stack.write_config(config_for({{"second", second_.base_url()}}));
  ASSERT_EQ(provider_of(ask(stack.client())), "first");

  stack.start_control_plane();

  for (std::size_t i = 0; i < kGateways; ++i) {
    EXPECT_TRUE(eventually([&] { return provider_of(ask(stack.client(i))) == "second"; }, 5s));
  }
}

TEST_F(ControlPlaneLossTest, WithoutItAGatewayStillFailsOverAndRemembers) {
  SplitStack stack(config(), gateway_flags({"--threads", "1"}));
  stack.kill_control_plane();
  first_.always(fakes::server_error());

  EXPECT_EQ(text_of(ask(stack.client())), "from the second");
  EXPECT_EQ(text_of(ask(stack.client())), "from the second");

  EXPECT_EQ(first_.request_count(), 1u);
}

TEST_F(ControlPlaneLossTest, AFreezeUnderLoadFailsNoRequestAndDelaysNoneForLong) {
  SplitStack stack(config(), gateways(kGateways));
  SteadyLoad load(load_on(stack));
  load.wait_for_answers(100);

  stack.control_plane().signal(SIGSTOP);
  load.wait_for_answers(300);
  stack.control_plane().signal(SIGCONT);
  load.wait_for_answers(100);

  const LoadResult result = load.stop();
  EXPECT_THAT(result.failures, testing::IsEmpty());
  // Twenty times the deadline of a decision, for machines that have other work to do.
  EXPECT_LT(result.slowest, 1s);
  expect_gateways_joined(stack);
}

TEST_F(ControlPlaneLossTest, AFrozenOneIsSoonNoLongerWaitedFor) {
  SplitStack stack(config(), gateway_flags({"--threads", "1"}));
  ASSERT_EQ(ask(stack.client()).status, 200);
  stack.control_plane().signal(SIGSTOP);
  constexpr int kRequests = 60;

  const auto began = std::chrono::steady_clock::now();
  for (int i = 0; i < kRequests; ++i) ASSERT_EQ(ask(stack.client()).status, 200);
  const auto took = std::chrono::steady_clock::now() - began;

  // Were each to wait, this would take three seconds.
  EXPECT_LT(took, kRequests * 50ms / 2);
}

// One thread asks one question after the other: after three that waited in vain, the control plane counts as silent.
TEST_F(ControlPlaneLossTest, WhoFindsItFrozenWaitsForTheDecisionsDeadlineAndNoLonger) {
  SplitStack stack(config(), gateway_flags({"--threads", "1"}));
  int number = 0;
  const auto time_one = [&] {
    const auto asked = std::chrono::steady_clock::now();
    EXPECT_EQ(ask(stack.client(), AnswerForm::kDocument, "claude-test", std::to_string(number++)).status, 200);
    return std::chrono::steady_clock::now() - asked;
  };
  std::vector<std::chrono::nanoseconds> usual;
  std::vector<std::chrono::nanoseconds> waited;

  for (int freeze = 0; freeze < 4; ++freeze) {
    ASSERT_TRUE(eventually([&] { return connected(stack, 0, true); }));
    for (int i = 0; i < 10; ++i) usual.push_back(time_one());
    stack.control_plane().signal(SIGSTOP);
    std::vector<std::chrono::nanoseconds> times;
    // It may answer a last question before the signal has reached all of its threads.
    while (times.size() < 6 && connected(stack, 0, true)) times.push_back(time_one());
    ASSERT_THAT(times.size(), testing::AllOf(testing::Ge(3u), testing::Le(5u)));
    waited.insert(waited.end(), times.end() - 3, times.end());
    stack.control_plane().signal(SIGCONT);
    ASSERT_TRUE(eventually([&] { return ask(stack.client()).status == 200 && connected(stack, 0, true); }, 5s));
  }

  // The medians: a machine with other work to do delays one or the other.
  const auto median = [](std::vector<std::chrono::nanoseconds>& times) {
    std::nth_element(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2), times.end());
    return times[times.size() / 2];
  };
  EXPECT_GE(median(waited), 45ms) << "they did not wait: the test shows nothing";
  EXPECT_LE(median(waited), 50ms + 2 * median(usual) + 25ms);
}

TEST_F(ControlPlaneLossTest, AProbeLeftOutIsNotLostWhenItsAnswerComesTooLate) {
  const std::vector<NamedProvider> both{{"first", first_.base_url()}, {"second", second_.base_url()}};
  SplitStack stack(config_for(both, "unhealthy_threshold: 1, failure_cooldown: 200ms"), gateway_flags({"--threads", "1"}));
  first_.enqueue(fakes::server_error());
  ASSERT_EQ(text_of(ask(stack.client())), "from the second");
  stack.control_plane().signal(SIGSTOP);
  // Planned by the gateway; the questions stay behind in the frozen process, which will admit a probe for one of them.
  ASSERT_TRUE(eventually([&] { return text_of(ask(stack.client())) == "from the first"; }));

  stack.control_plane().signal(SIGCONT);

  EXPECT_TRUE(eventually([&] {
    const nlohmann::json listing = stack.client().get("/providers").json();
    return ask(stack.client()).status == 200 && listing.value("healthy_providers", 0) == 2;
  }, 5s));
}

}  // namespace
}  // namespace balancer::integration
