// Minutes without a control plane at a fixed rate of requests: killed, frozen, or behind a link that fell silent, it costs
// no request anything but, now and then, the wait for one decision.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <iostream>
#include <optional>
#include <string_view>

#include "tests/fakes/silent_link.hpp"
#include "tests/integration/reliability/conversation.hpp"
#include "tests/integration/support/eventually.hpp"
#include "tests/integration/support/rate_load.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {
namespace {

using namespace std::chrono_literals;
using testing::IsEmpty;

constexpr std::size_t kGateways = 2;
constexpr std::size_t kRate = 200;
// For machines that have other work to do.
constexpr auto kScheduling = 25ms;

class LongLossTest : public testing::Test {
 protected:
  LongLossTest() { provider_.always(answers("hello")); }

  void start(fakes::SilentLink* link = nullptr) {
    StackOptions options = gateways(kGateways);
    options.link = link;
    stack_.emplace(config_for({{"only", provider_.base_url()}}), options);
    RateOptions rate{.ports = {}, .rate = kRate};
    for (std::size_t i = 0; i < kGateways; ++i) rate.ports.push_back(stack_->gateway(i).listening().port("http"));
    load_.emplace(rate);
    serve(2s);
    load_->take();
  }

  RateResult serve(std::chrono::seconds time) {
    load_->wait_for_answers(kRate * static_cast<std::size_t>(time.count()));
    return load_->take();
  }
  void expect_connected(bool connected, std::chrono::milliseconds within) {
    const auto since = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < kGateways; ++i) {
      EXPECT_TRUE(eventually([&] {
        return stack_->gateway(i).metric("balancer_gateway_control_plane_connected") == (connected ? 1 : 0);
      }, within)) << i;
    }
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - since);
    std::cout << (connected ? "connected again after " : "known to be lost after ") << took.count() << " ms\n";
  }
  static void expect_none_failed(std::string_view phase, const RateResult& result) {
    std::cout << phase << ": " << result.summary() << std::endl;
    EXPECT_THAT(result.failures, IsEmpty()) << phase;
  }

  fakes::FakeProvider provider_;
  std::optional<SplitStack> stack_;
  std::optional<RateLoad> load_;
};

TEST_F(LongLossTest, AKillForTwentySecondsFailsNoRequestAndSlowsNone) {
  start();
  const RateResult before = serve(20s);

  stack_->kill_control_plane();
  expect_connected(false, 2s);
  const RateResult without = serve(20s);
  stack_->start_control_plane();
  expect_connected(true, 5s);
  const RateResult after = serve(20s);

  expect_none_failed("before", before);
  expect_none_failed("without", without);
  expect_none_failed("after", after);
  EXPECT_LE(without.p99, before.p99 * 3 / 2 + kScheduling);
  EXPECT_LE(after.p99, before.p99 * 3 / 2 + kScheduling);
}

TEST_F(LongLossTest, AFreezeForHalfAMinuteCostsNoRequestMoreThanOneDecisionsWait) {
  start();
  const RateResult before = serve(10s);

  stack_->control_plane().signal(SIGSTOP);
  const RateResult frozen = serve(30s);
  stack_->control_plane().signal(SIGCONT);
  expect_connected(true, 5s);

  expect_none_failed("before", before);
  expect_none_failed("frozen", frozen);
  EXPECT_LE(frozen.p99, before.p99 + 50ms + kScheduling);
  // Most do not even ask.
  EXPECT_LE(frozen.p50, before.p50 * 2 + 5ms);
  expect_none_failed("after", load_->stop());
}

TEST_F(LongLossTest, ALinkThatIsSilentForAMinuteFailsNoRequestAndIsHealed) {
  fakes::SilentLink link;
  start(&link);

  link.fall_silent();
  expect_connected(false, 15s);
  const RateResult silent = serve(60s);
  link.heal();
  expect_connected(true, 5s);
  const RateResult after = serve(5s);

  expect_none_failed("silent", silent);
  expect_none_failed("after", after);
  EXPECT_FALSE(link.has_answered_with("too_many_pings"));
  std::cout << link.connection_count() << " connections" << std::endl;
  // Before the link goes.
  load_.reset();
  stack_.reset();
}

}  // namespace
}  // namespace balancer::integration
