#include "controlplane/health/provider_health_table.hpp"

#include <gtest/gtest.h>

#include "tests/fakes/fake_clock.hpp"

namespace balancer::controlplane {
namespace {

using namespace std::chrono_literals;

Provider provider(std::string name, bool enabled = true) {
  Provider made;
  made.name = std::move(name);
  made.enabled = enabled;
  return made;
}

routing::AttemptReport failure_of(std::string name) {
  routing::AttemptReport report;
  report.provider = std::move(name);
  report.outcome = routing::AttemptOutcome::kTransient;
  return report;
}

class ProviderHealthTableTest : public testing::Test {
 protected:
  bool record(const routing::AttemptReport& report) { return table_.record(report, {clock_.now(), clock_.wall_now()}); }

  FakeClock clock_;
  ProviderHealthTable table_;
};

TEST_F(ProviderHealthTableTest, ListsConditionsInTheOrderOfTheConfiguration) {
  table_.configure({}, {provider("a"), provider("b"), provider("c")});

  record(failure_of("b"));

  const auto conditions = table_.conditions(clock_.now());
  ASSERT_EQ(conditions.size(), 3u);
  EXPECT_FALSE(conditions[0].cooling);
  EXPECT_TRUE(conditions[1].cooling);
  EXPECT_FALSE(conditions[2].cooling);
}

TEST_F(ProviderHealthTableTest, KeepsAProvidersHealthByNameThroughAReload) {
  table_.configure({}, {provider("a"), provider("b")});
  record(failure_of("b"));

  table_.configure({}, {provider("b"), provider("new")});

  const auto statuses = table_.statuses(clock_.now());
  ASSERT_EQ(statuses.size(), 2u);
  EXPECT_EQ(statuses[0].provider, "b");
  EXPECT_EQ(statuses[0].state, ProviderStatus::State::kCooling);
  EXPECT_EQ(statuses[0].remaining_cooldown, 180s);
  EXPECT_EQ(statuses[1].state, ProviderStatus::State::kHealthy);
}

TEST_F(ProviderHealthTableTest, IgnoresReportsOnProvidersThatAreNotConfigured) {
  table_.configure({}, {provider("a")});

  EXPECT_FALSE(record(failure_of("gone")));
  EXPECT_FALSE(table_.take_probe("gone", clock_.now()));
  EXPECT_EQ(table_.status("gone", clock_.now()), std::nullopt);
}

TEST_F(ProviderHealthTableTest, CallsAProviderThatIsSwitchedOffDisabled) {
  table_.configure({}, {provider("off", /*enabled=*/false)});

  EXPECT_EQ(table_.status("off", clock_.now())->state, ProviderStatus::State::kDisabled);
}

}  // namespace
}  // namespace balancer::controlplane
