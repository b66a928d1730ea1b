// A cooldown holds for all gateways of a control plane, and so does the one probe at its end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <string>

#include "tests/integration/reliability/arrivals.hpp"
#include "tests/integration/reliability/conversation.hpp"
#include "tests/integration/support/eventually.hpp"
#include "tests/integration/support/load.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {
namespace {

using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

constexpr std::size_t kGateways = 3;

class CooldownOverGatewaysTest : public testing::Test {
 protected:
  CooldownOverGatewaysTest() {
    first_.always([this](const fakes::RecordedRequest& request) {
      arrivals_.record();
      return responder_(request);
    });
    second_.always(answers("from the second"));
  }

  [[nodiscard]] std::string config(std::string_view settings) const {
    return config_for({{"first", first_.base_url()}, {"second", second_.base_url()}}, settings);
  }

  static LoadOptions load_on(SplitStack& stack) {
    LoadOptions options{.ports = {}, .clients = 2 * kGateways, .pause = 20ms};
    for (std::size_t i = 0; i < kGateways; ++i) options.ports.push_back(stack.gateway(i).listening().port("http"));
    return options;
  }

  // Traffic goes on until then.
  static void serve_until(SteadyLoad& load, Steady::time_point end) {
    while (Steady::now() < end) load.wait_for_answers(10);
  }

  // To be set before the programs start.
  fakes::FakeProvider::Responder responder_ = answers("from the first");
  Arrivals arrivals_;
  fakes::FakeProvider first_;
  fakes::FakeProvider second_;
};

TEST_F(CooldownOverGatewaysTest, NoGatewayAsksALimitedProviderLaterThanASecondAfter) {
  responder_ = [](const fakes::RecordedRequest&) { return fakes::rate_limited(60s); };
  SplitStack stack(config(""), gateways(kGateways));
  SteadyLoad load(load_on(stack));
  load.wait_for_answers(50);
  const Steady::time_point refused = arrivals_.all().front();

  serve_until(load, refused + 2500ms);

  EXPECT_EQ(arrivals_.count_since(refused + 1s), 0u);
  EXPECT_THAT(load.stop().failures, testing::IsEmpty());
}

TEST_F(CooldownOverGatewaysTest, ThreeFailuresAtThreeGatewaysAreThreeInARow) {
  responder_ = [](const fakes::RecordedRequest&) { return fakes::server_error(); };
  SplitStack stack(config("failure_cooldown: 60"), gateways(kGateways));
  for (std::size_t i = 0; i < kGateways; ++i) ASSERT_EQ(text_of(ask(stack.client(i))), "from the second");

  EXPECT_TRUE(eventually([&] { return listed_provider(stack.client(0), "first").at("status") == "cooling"; }, 1s));

  EXPECT_EQ(first_.request_count(), 3u);
}

// Two requests are under way together; the refusals come one after the other.
TEST_F(CooldownOverGatewaysTest, ALaterRefusalProlongsTheCooldownAndNeverShortensIt) {
  for (const auto& [former, latter] : {std::pair(60s, 2s), std::pair(2s, 60s)}) {
    SCOPED_TRACE(former.count());
    const auto may_refuse = std::make_shared<fakes::Latch>();
    const auto may_refuse_again = std::make_shared<fakes::Latch>();
    first_.enqueue(fakes::rate_limited(former).after(may_refuse));
    first_.enqueue(fakes::rate_limited(latter).after(may_refuse_again));
    const std::size_t asked_before = first_.request_count();
    SplitStack stack(config(""), gateways(kGateways));
    auto one = std::async(std::launch::async, [client = stack.client(0)] { return text_of(ask(client)); });
    ASSERT_TRUE(first_.wait_for_requests(asked_before + 1));
    auto other = std::async(std::launch::async, [client = stack.client(1)] {
      return text_of(ask(client, AnswerForm::kDocument, "claude-test", "something else"));
    });
    ASSERT_TRUE(first_.wait_for_requests(asked_before + 2));

    may_refuse->release();
    EXPECT_EQ(one.get(), "from the second");
    EXPECT_TRUE(eventually([&] { return provider_of(ask(stack.client(2))) == "second"; }, 1s));
    may_refuse_again->release();
    EXPECT_EQ(other.get(), "from the second");

    const auto end = Steady::now() + 3s;
    while (Steady::now() < end) {
      for (std::size_t i = 0; i < kGateways; ++i) ASSERT_EQ(text_of(ask(stack.client(i))), "from the second");
    }
    EXPECT_EQ(first_.request_count(), asked_before + 2);
  }
}

TEST_F(CooldownOverGatewaysTest, ARestartOfTheControlPlaneKeepsTheRemainingTime) {
  std::atomic<bool> refused = false;
  responder_ = [&refused](const fakes::RecordedRequest& request) {
    return refused.exchange(true) ? answers("back")(request) : fakes::rate_limited(4s);
  };
  SplitStack stack(config("failure_cooldown: 300ms"), gateways(kGateways));
  EXPECT_EQ(text_of(ask(stack.client(0))), "from the second");
  ASSERT_TRUE(eventually([&] { return listed_provider(stack.client(2), "first").at("status") == "cooling"; }, 1s));
  const Steady::time_point refusal = arrivals_.all().front();
  SteadyLoad load(load_on(stack));

  stack.kill_control_plane();
  load.wait_for_answers(30);
  stack.start_control_plane();
  serve_until(load, refusal + 6s);

  EXPECT_THAT(load.stop().failures, testing::IsEmpty());
  const auto arrivals = arrivals_.all();
  ASSERT_GE(arrivals.size(), 2u);
  const auto left_alone = std::chrono::duration_cast<std::chrono::milliseconds>(arrivals[1] - arrivals[0]);
  EXPECT_GE(left_alone, 4s);
  EXPECT_LE(left_alone, 5s);
}

// The state is rebuilt before the first question: even a gateway that never saw the failure learns of it.
TEST_F(CooldownOverGatewaysTest, ARestartedControlPlaneTellsAGatewayThatIsNew) {
  responder_ = [](const fakes::RecordedRequest&) { return fakes::rate_limited(60s); };
  SplitStack stack(config(""), gateways(1));
  ASSERT_EQ(text_of(ask(stack.client())), "from the second");
  ASSERT_TRUE(eventually([&] { return listed_provider(stack.client(), "first").at("status") == "cooling"; }, 1s));
  stack.kill_control_plane();
  stack.start_control_plane();
  ASSERT_TRUE(eventually([&] {
    const fakes::HttpResponse response = stack.client().get("/providers");
    return response.status == 200 && response.json().at("healthy_providers") == 1;
  }, 5s));

  RunningGateway& latecomer = stack.add_gateway();

  EXPECT_EQ(text_of(ask(latecomer.client())), "from the second");
  EXPECT_EQ(first_.request_count(), 1u);
}

class ProbeOverGatewaysTest : public CooldownOverGatewaysTest {
 protected:
  static constexpr auto kBase = 400ms;
  static constexpr const char* kSettings =
      "unhealthy_threshold: 1, failure_cooldown: 400ms, failure_cooldown_limit: 1600ms";
};

TEST_F(ProbeOverGatewaysTest, ExactlyOneIsUnderWayWhileNobodyKnowsItsOutcome) {
  const auto may_answer = std::make_shared<fakes::Latch>();
  std::atomic<bool> failed = false;
  responder_ = [&](const fakes::RecordedRequest& request) {
    return failed.exchange(true) ? answers("back")(request).after(may_answer) : fakes::server_error();
  };
  SplitStack stack(config(kSettings), gateways(kGateways));
  ASSERT_EQ(text_of(ask(stack.client(0))), "from the second");
  for (std::size_t i = 1; i < kGateways; ++i) {
    ASSERT_TRUE(eventually([&] { return listed_provider(stack.client(i), "first").at("status") == "cooling"; }, 1s));
  }
  ASSERT_EQ(first_.request_count(), 1u);
  SteadyLoad load(load_on(stack));

  ASSERT_TRUE(first_.wait_for_requests(2));
  serve_until(load, Steady::now() + 3 * kBase);
  EXPECT_EQ(first_.request_count(), 2u);
  may_answer->release();

  // Then everybody comes back.
  EXPECT_TRUE(first_.wait_for_requests(50));
  const LoadResult result = load.stop();
  EXPECT_THAT(result.failures, testing::IsEmpty());
}

// After the probe it is not everybody's at once: two at first, whichever gateways they come from, and twice as many with
// every success.
TEST_F(ProbeOverGatewaysTest, AProviderThatCameBackIsGivenWorkByAndBy) {
  const auto may_answer = std::make_shared<fakes::Latch>();
  std::atomic<int> asked = 0;
  responder_ = [&](const fakes::RecordedRequest& request) {
    const int number = asked++;
    if (number == 0) return fakes::server_error();
    // The probe's own success doubles the two.
    return number == 1 ? answers("back")(request) : answers("slowly")(request).after(may_answer);
  };
  SplitStack stack(config(kSettings), gateways(kGateways));
  ASSERT_EQ(text_of(ask(stack.client(0))), "from the second");
  for (std::size_t i = 1; i < kGateways; ++i) {
    ASSERT_TRUE(eventually([&] { return listed_provider(stack.client(i), "first").at("status") == "cooling"; }, 1s));
  }
  LoadOptions options = load_on(stack);
  options.clients = 5 * kGateways;
  SteadyLoad load(options);
  ASSERT_TRUE(first_.wait_for_requests(3));

  // Those who are given no place there are served by the other all the while.
  const std::size_t served = second_.request_count();
  EXPECT_TRUE(second_.wait_for_requests(served + 200));
  EXPECT_LE(first_.request_count(), 2u + 4u);
  may_answer->release();

  EXPECT_TRUE(first_.wait_for_requests(100));
  EXPECT_THAT(load.stop().failures, testing::IsEmpty());
}

TEST_F(ProbeOverGatewaysTest, EachThatFailsDoublesTheTimeToTheNextUpToTheLimit) {
  responder_ = [](const fakes::RecordedRequest&) { return fakes::server_error(); };
  SplitStack stack(config(kSettings), gateways(kGateways));
  ASSERT_EQ(text_of(ask(stack.client(0))), "from the second");
  for (std::size_t i = 1; i < kGateways; ++i) {
    ASSERT_TRUE(eventually([&] { return listed_provider(stack.client(i), "first").at("status") == "cooling"; }, 1s));
  }
  SteadyLoad load(load_on(stack));

  // 0.4 + 0.8 + 1.6 + 1.6 s, and a fifth more at most.
  ASSERT_TRUE(first_.wait_for_requests(5, 15s));
  EXPECT_THAT(load.stop().failures, testing::IsEmpty());

  const auto arrivals = arrivals_.all();
  ASSERT_EQ(arrivals.size(), 5u);
  const std::vector<std::chrono::milliseconds> shortest{kBase, 2 * kBase, 4 * kBase, 4 * kBase};
  for (std::size_t i = 0; i < shortest.size(); ++i) {
    SCOPED_TRACE(i);
    const auto gap = std::chrono::duration_cast<std::chrono::milliseconds>(arrivals[i + 1] - arrivals[i]);
    EXPECT_GE(gap, shortest[i]);
    // A second for machines that have other work to do; past the limit, another doubling were more than that.
    EXPECT_LE(gap, shortest[i] * 12 / 10 + 1s);
  }
}

}  // namespace
}  // namespace balancer::integration
