// A provider whose address or name leads nowhere delays its own requests for as long as connecting may take, and
// nobody else's.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <string>
#include <vector>

#include "tests/fakes/unreachable_port.hpp"
#include "tests/integration/reliability/conversation.hpp"
#include "tests/integration/support/controlled_system.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {
namespace {

using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;
using Duration = std::chrono::microseconds;

constexpr auto kConnectTimeout = 300ms;
constexpr const char* kSettings = "unhealthy_threshold: 1000, timeouts: {connect: 300ms}";

class BlackHoleTest : public testing::Test {
 protected:
  BlackHoleTest() {
    second_.always(answers("from the second"));
    // The programs' every lookup of this name hangs.
    options_.environment = system_.environment();
    options_.gateway_arguments = {"--threads", "1"};
  }

  [[nodiscard]] std::string config(const std::string& first) const {
    return config_for({{"first", first}, {"second", second_.base_url()}}, kSettings);
  }

  static Duration time_of(const fakes::HttpClient& client, std::string_view body, std::string_view provider) {
    const auto began = Steady::now();
    const fakes::HttpResponse response = client.post("/v1/messages", body);
    EXPECT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(provider_of(response), provider);
    return std::chrono::duration_cast<Duration>(Steady::now() - began);
  }

  void expect_next_after_connect_timeout(const std::string& first) {
    Standalone balancer(config(first), options_);
    std::vector<Duration> times;
    for (int i = 0; i < 5; ++i) {
      times.push_back(time_of(balancer.client(), message_request(AnswerForm::kDocument), "second"));
    }

    std::sort(times.begin(), times.end());
    EXPECT_GE(times.front(), kConnectTimeout);
    EXPECT_LE(times[times.size() / 2], kConnectTimeout + 50ms);
  }

  // Times of requests that go to the second provider alone, sorted, while others wait for the first.
  std::vector<Duration> times_beside(const std::string& first) {
    Standalone balancer(config(first), options_);
    std::vector<std::future<Duration>> waiting;
    for (int i = 0; i < 8; ++i) {
      waiting.push_back(std::async(std::launch::async, [client = balancer.client(), i] {
        return time_of(client, message_request(AnswerForm::kDocument, "claude-test", std::to_string(i)), "second");
      }));
    }
    const std::string pinned = R"({"provider":"second","model":"m","max_tokens":1,"messages":[]})";
    std::vector<Duration> times;
    for (int i = 0; i < 100; ++i) times.push_back(time_of(balancer.client(), pinned, "second"));
    for (auto& request : waiting) request.get();
    std::sort(times.begin(), times.end());
    return times;
  }

  void expect_others_undisturbed(const std::string& first) {
    const fakes::RefusingPort refusing;
    const std::vector<Duration> usual = times_beside("http://127.0.0.1:" + std::to_string(refusing.port()));

    const std::vector<Duration> beside = times_beside(first);

    EXPECT_LE(beside[98], usual[98] * 12 / 10 + 20ms);
    // Were they queued behind the hole, each would wait for about as long.
    EXPECT_LT(beside[98], kConnectTimeout / 2);
  }

  ControlledSystem system_;
  StackOptions options_;
  fakes::FakeProvider second_;
  const std::string hanging_name_ = std::string("http://") + ControlledSystem::kHangingHost;
};

TEST_F(BlackHoleTest, AnAddressThatNeverAnswersCostsTheConnectTimeout) {
  const fakes::SilentPort silent;

  expect_next_after_connect_timeout("http://127.0.0.1:" + std::to_string(silent.port()));
}

TEST_F(BlackHoleTest, ANameThatNeverResolvesCostsTheConnectTimeout) { expect_next_after_connect_timeout(hanging_name_); }

TEST_F(BlackHoleTest, AnAddressThatNeverAnswersDisturbsNoOtherProvider) {
  const fakes::SilentPort silent;

  expect_others_undisturbed("http://127.0.0.1:" + std::to_string(silent.port()));
}

TEST_F(BlackHoleTest, ANameThatNeverResolvesDisturbsNoOtherProvider) { expect_others_undisturbed(hanging_name_); }

// The second provider's name has to be looked up, too: by somebody who does not hang.
TEST_F(BlackHoleTest, ANameThatNeverResolvesLeavesOtherNamesTheirLookups) {
  const std::string by_name = "http://localhost:" + std::to_string(second_.port());
  Standalone balancer(config_for({{"first", hanging_name_}, {"second", by_name}}, kSettings), options_);

  for (int i = 0; i < 6; ++i) {
    EXPECT_LT(time_of(balancer.client(), message_request(AnswerForm::kDocument), "second"), 2 * kConnectTimeout);
  }
}

}  // namespace
}  // namespace balancer::integration
