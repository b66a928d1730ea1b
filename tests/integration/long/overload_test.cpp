// A minute of four times what the gateway takes on (promises.md T25): the rest is refused at once, who is accepted is served
// as ever, nothing piles up, and behind it all is as it was.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <optional>
#include <vector>

#include "tests/integration/reliability/conversation.hpp"
#include "tests/integration/support/process_usage.hpp"
#include "tests/integration/support/rate_load.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {
namespace {

using namespace std::chrono_literals;

constexpr auto kProviderTakes = 50ms;
constexpr std::size_t kInFlight = 8;
constexpr std::size_t kCapacity = kInFlight * 1000 / kProviderTakes.count();
constexpr std::size_t kCalmRate = kCapacity / 4;
constexpr std::size_t kFloodRate = 4 * kCapacity;
// For machines that have other work to do.
constexpr auto kScheduling = 25ms;

class LongOverloadTest : public testing::Test {
 protected:
  LongOverloadTest() {
    provider_.always([](const fakes::RecordedRequest& recorded) {
      const bool stream = recorded.body.find(R"("stream":true)") != std::string::npos;
      return (stream ? fakes::sse_stream({"hello"}) : fakes::json_message("hello")).after(kProviderTakes);
    });
    StackOptions options;
    options.gateway_arguments = {"--max-in-flight", std::to_string(kInFlight)};
    stack_.emplace(config_for({{"only", provider_.base_url()}}), options);
  }

  RateResult ask(std::size_t rate, std::chrono::seconds time) {
    RateLoad load({.ports = {stack_->gateway().listening().port("http")}, .rate = rate});
    load.wait_for_answers(rate * static_cast<std::size_t>(time.count()));
    RateResult result = load.stop();
    std::cout << rate << " a second: " << result.summary() << std::endl;
    return result;
  }
  [[nodiscard]] std::size_t resident() { return resident_bytes(stack_->gateway().process()); }

  fakes::FakeProvider provider_;
  std::optional<SplitStack> stack_;
};

TEST_F(LongOverloadTest, AMinuteOfFourTimesTheCapacityIsShedFastAndLeavesNothingBehind) {
  const RateResult calm = ask(kCalmRate, 5s);
  ASSERT_TRUE(calm.failures.empty());
  ask(kFloodRate, 5s);
  const std::size_t before = resident();

  const RateResult flood = ask(kFloodRate, 60s);
  const std::size_t after = resident();
  const RateResult normal = ask(kCalmRate, 5s);

  const std::size_t accepted = flood.answer_count - flood.failures.size();
  EXPECT_GT(accepted, 60 * kCapacity * 3 / 4);
  EXPECT_LT(flood.p99, 2 * calm.p99 + kScheduling);
  std::vector<std::chrono::microseconds> shed;
  for (const RateFailure& failure : flood.failures) {
    ASSERT_EQ(failure.status, 529) << failure.what;
    ASSERT_EQ(failure.retry_after, "1");
    shed.push_back(failure.after);
  }
  ASSERT_GT(shed.size(), flood.answer_count / 2);
  std::sort(shed.begin(), shed.end());
  std::cout << "refused after " << shed[shed.size() / 2].count() << " us (p50), " << shed[shed.size() * 99 / 100].count()
            << " us (p99); resident " << before / 1024 << " KiB before, " << after / 1024 << " KiB behind\n";
  EXPECT_LT(shed[shed.size() * 99 / 100], 20ms + kScheduling);
  constexpr std::size_t kMebibyte = 1024 * 1024;
  EXPECT_LT(after, before + 8 * kMebibyte);
  EXPECT_TRUE(normal.failures.empty()) << normal.summary();
  EXPECT_LT(normal.p99, calm.p99 + kScheduling);
}

}  // namespace
}  // namespace balancer::integration
