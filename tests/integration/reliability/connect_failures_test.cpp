// A provider that cannot be connected to, or resets the connection, costs no client an answer and next to no time.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "tests/fakes/unreachable_port.hpp"
#include "tests/integration/reliability/conversation.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {
namespace {

using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

constexpr std::size_t kRequests = 500;
// Every request meets the failure anew.
constexpr const char* kNeverCooling = "unhealthy_threshold: 1000";

class ConnectFailuresTest : public testing::Test {
 protected:
  ConnectFailuresTest() { second_.always(answers("from the second")); }

  // 99 of 100 requests take no longer.
  std::chrono::microseconds slowest_but_one_percent(const std::vector<NamedProvider>& providers,
                                                    std::string_view attempts) {
    Standalone balancer(config_for(providers, kNeverCooling));
    fakes::HttpConnection connection = balancer.client().connect();
    std::vector<std::chrono::microseconds> times;
    for (std::size_t i = 0; i < kRequests; ++i) {
      const AnswerForm form = i % 2 == 0 ? AnswerForm::kDocument : AnswerForm::kStream;
      const auto began = Steady::now();
      const fakes::HttpResponse response = connection.post("/v1/messages", message_request(form));
      times.push_back(std::chrono::duration_cast<std::chrono::microseconds>(Steady::now() - began));
      EXPECT_EQ(response.status, 200) << response.body;
      EXPECT_EQ(response.body, answer(form, "from the second").body());
      EXPECT_EQ(provider_of(response), "second");
      EXPECT_EQ(attempts_of(response), attempts);
      if (HasFailure()) break;
    }
    std::sort(times.begin(), times.end());
    return times[times.size() * 99 / 100];
  }

  void expect_little_delay_with_first_at(const std::string& base_url) {
    const NamedProvider second{"second", second_.base_url()};

    const auto alone = slowest_but_one_percent({second}, "1");
    const auto behind_another = slowest_but_one_percent({{"first", base_url}, second}, "2");

    EXPECT_LE(behind_another, alone + 50ms);
  }

  fakes::FakeProvider second_;
};

TEST_F(ConnectFailuresTest, RefusedConnectionsFailNoRequest) {
  const fakes::RefusingPort nobody;

  expect_little_delay_with_first_at("http://127.0.0.1:" + std::to_string(nobody.port()));
}

TEST_F(ConnectFailuresTest, ResetsBeforeAnyAnswerFailNoRequest) {
  fakes::FakeProvider first;
  first.always(fakes::reset_before_headers());

  expect_little_delay_with_first_at(first.base_url());

  EXPECT_EQ(first.request_count(), kRequests);
}

TEST_F(ConnectFailuresTest, NobodyKnocksAnyMoreOnceTheProviderCools) {
  fakes::FakeProvider first;
  first.always(fakes::reset_before_headers());
  Standalone balancer(config_for({{"first", first.base_url()}, {"second", second_.base_url()}}, "failure_cooldown: 60"),
                      gateway_flags({"--threads", "1"}));

  for (int i = 0; i < 100; ++i) ASSERT_EQ(text_of(ask(balancer.client())), "from the second");

  EXPECT_EQ(first.request_count(), 3u);
}

}  // namespace
}  // namespace balancer::integration
