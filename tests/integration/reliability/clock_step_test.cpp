// Time that jumps: a wall clock that is set, or a process that was frozen. Cooldowns and sessions go by elapsed time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <csignal>
#include <future>
#include <map>
#include <memory>
#include <sstream>
#include <string>

#include "tests/integration/reliability/conversation.hpp"
#include "tests/integration/support/controlled_system.hpp"
#include "tests/integration/support/eventually.hpp"
#include "tests/integration/support/load.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {
namespace {

using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

constexpr std::size_t kGateways = 2;

// Of the day that it will be then.
long hour_in(std::chrono::hours distance) {
  const auto then = std::chrono::system_clock::now() + distance;
  return std::chrono::hh_mm_ss(then - std::chrono::floor<std::chrono::days>(then)).hours().count();
}

// By name and labels: counters, and what histograms count and sum up.
using Readings = std::map<std::string, double>;

Readings growing_only(const std::string& exposition) {
  Readings readings;
  std::istringstream lines(exposition);
  std::string family;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string mark, word, name, type;
    if (line.starts_with("# TYPE ") && words >> mark >> word >> name >> type) {
      family = type == "counter" || type == "histogram" ? name : "";
    }
    if (line.starts_with('#') || family.empty() || !line.starts_with(family)) continue;
    const std::size_t value = line.rfind(' ');
    readings[line.substr(0, value)] = std::stod(line.substr(value));
  }
  return readings;
}

// Nothing has become less, and nothing lasted for a time that the steps alone can account for.
void expect_grown(const Readings& before, const Readings& after) {
  EXPECT_GE(before.size(), 20u);
  for (const auto& [series, value] : before) {
    const auto now = after.find(series);
    ASSERT_NE(now, after.end()) << series;
    EXPECT_GE(now->second, value) << series;
    if (series.find("seconds_sum") != std::string::npos) EXPECT_LT(now->second - value, 600) << series;
  }
}

class ClockStepTest : public testing::TestWithParam<std::chrono::hours> {
 protected:
  ClockStepTest() {
    first_.always(answers("from the first"));
    second_.always(answers("from the second"));
  }

  void start(std::string_view settings) {
    StackOptions options = gateways(kGateways);
    options.environment = system_.environment();
    stack_.emplace(config_for({{"first", first_.base_url()}, {"second", second_.base_url()}}, settings), options);
  }
  [[nodiscard]] fakes::HttpClient client(std::size_t gateway = 0) const { return stack_->client(gateway); }
  // Every gateway knows.
  void expect_cooling() {
    for (std::size_t i = 0; i < kGateways; ++i) {
      ASSERT_TRUE(eventually([&] { return listed_provider(client(i), "first").at("status") == "cooling"; }, 1s));
    }
  }
  void expect_first_left_alone() {
    const std::size_t asked = first_.request_count();
    for (std::size_t i = 0; i < 20; ++i) EXPECT_EQ(text_of(ask(client(i % kGateways))), "from the second");
    EXPECT_EQ(first_.request_count(), asked);
  }

  ControlledSystem system_;
  fakes::FakeProvider first_;
  fakes::FakeProvider second_;
  std::optional<SplitStack> stack_;
};

// Otherwise the other tests of this file would test nothing.
TEST_P(ClockStepTest, IsSeenByThePrograms) {
  start("unhealthy_threshold: 1");
  first_.enqueue(fakes::server_error());
  const long hour_before = hour_in(GetParam());
  system_.set_wall_clock_ahead(GetParam());
  ASSERT_EQ(text_of(ask(client())), "from the second");
  expect_cooling();

  const std::string failed_at = listed_provider(client(), "first").at("last_failure_time");

  const long hour = std::stol(failed_at.substr(failed_at.find('T') + 1, 2));
  EXPECT_THAT(hour, testing::AnyOf(hour_before, hour_in(GetParam()))) << failed_at;
}

TEST_P(ClockStepTest, EndsNoCooldownEarly) {
  start("");
  first_.enqueue(fakes::rate_limited(60s));
  ASSERT_EQ(text_of(ask(client())), "from the second");
  expect_cooling();

  system_.set_wall_clock_ahead(GetParam());
  expect_first_left_alone();
  system_.set_wall_clock_ahead(-GetParam());
  expect_first_left_alone();

  EXPECT_EQ(listed_provider(client(), "first").at("status"), "cooling");
}

TEST_P(ClockStepTest, DelaysNoRecovery) {
  start("unhealthy_threshold: 1, failure_cooldown: 500ms");
  first_.enqueue(fakes::server_error());
  ASSERT_EQ(text_of(ask(client())), "from the second");

  system_.set_wall_clock_ahead(GetParam());

  EXPECT_TRUE(eventually([&] { return text_of(ask(client())) == "from the first"; }, 3s));
}

// They last an hour without use.
TEST_P(ClockStepTest, EndsNoSession) {
  start("unhealthy_threshold: 1, failure_cooldown: 300ms");
  first_.enqueue(fakes::server_error());
  ASSERT_EQ(text_of(ask_in_session(client(), "s")), "from the second");
  ASSERT_TRUE(eventually([&] { return text_of(ask(client())) == "from the first"; }, 3s));

  system_.set_wall_clock_ahead(3 * GetParam());

  for (int i = 0; i < 5; ++i) EXPECT_EQ(text_of(ask_in_session(client(), "s")), "from the second");
}

TEST_P(ClockStepTest, MakesNoCounterFallAndNoRequestLastForHours) {
  start("");
  const auto readings = [&] {
    return std::array{growing_only(stack_->gateway(0).admin().get("/metrics").body),
                      growing_only(stack_->gateway(1).admin().get("/metrics").body),
                      growing_only(stack_->control_http().get("/metrics").body)};
  };
  const auto ask_everywhere = [&] {
    for (std::size_t i = 0; i < 10; ++i) ASSERT_EQ(ask(client(i % kGateways)).status, 200);
  };
  ask_everywhere();
  auto before = readings();

  for (const auto step : {GetParam(), std::chrono::hours(0), -GetParam()}) {
    // One is under way while the clock is set.
    const auto may_answer = std::make_shared<fakes::Latch>();
    first_.enqueue(answer(AnswerForm::kStream, "held").after(may_answer));
    const std::size_t asked = first_.request_count();
    auto held = std::async(std::launch::async, [client = client(), &step] {
      return ask(client, AnswerForm::kStream, "claude-test", "held " + std::to_string(step.count()));
    });
    ASSERT_TRUE(first_.wait_for_requests(asked + 1));
    system_.set_wall_clock_ahead(step);
    may_answer->release();
    EXPECT_EQ(text_of(held.get()), "held");
    ask_everywhere();

    const auto after = readings();
    for (std::size_t i = 0; i < after.size(); ++i) expect_grown(before[i], after[i]);
    before = after;
  }
}

INSTANTIATE_TEST_SUITE_P(Either, ClockStepTest, testing::Values(std::chrono::hours(1), std::chrono::hours(-1)),
                         [](const testing::TestParamInfo<std::chrono::hours>& instance) {
                           return instance.param.count() > 0 ? "Ahead" : "Back";
                         });

class FrozenGatewayTest : public ClockStepTest {};

TEST_F(FrozenGatewayTest, ThawsWithoutHavingForgottenACooldown) {
  start("");
  first_.enqueue(fakes::rate_limited(60s));
  ASSERT_EQ(text_of(ask(client(0))), "from the second");
  expect_cooling();
  SteadyLoad load({.ports = {stack_->gateway(0).listening().port("http")}, .clients = 4});
  load.wait_for_answers(20);

  stack_->gateway(1).process().signal(SIGSTOP);
  const auto thaw = Steady::now() + 2s;
  while (Steady::now() < thaw) load.wait_for_answers(20);
  stack_->gateway(1).process().signal(SIGCONT);

  expect_first_left_alone();
  EXPECT_THAT(load.stop().failures, testing::IsEmpty());
}

// A failure that it had seen and not yet told is told late, and is no fresher for that.
TEST_F(FrozenGatewayTest, ThawsToTheNewsThatItMissed) {
  start("");
  stack_->gateway(1).process().signal(SIGSTOP);
  first_.enqueue(fakes::rate_limited(60s));
  ASSERT_EQ(text_of(ask(client(0))), "from the second");

  stack_->gateway(1).process().signal(SIGCONT);

  expect_cooling();
  expect_first_left_alone();
}

}  // namespace
}  // namespace balancer::integration
