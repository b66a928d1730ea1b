#include "controlplane/health/provider_health_table.hpp"

#include <gtest/gtest.h>

#include "tests/fakes/fake_clock.hpp"
#include "tests/unit/controlplane/health/attempt_reports.hpp"

namespace balancer::controlplane {
namespace {

using namespace std::chrono_literals;

Provider provider(std::string name, bool enabled = true, unsigned max_in_flight = 0) {
  Provider made;
  made.name = std::move(name);
  made.enabled = enabled;
  made.max_in_flight = max_in_flight;
  return made;
}

class ProviderHealthTableTest : public testing::Test {
 protected:
  void cool(std::string_view name, std::chrono::milliseconds duration) {
    table_.find(name)->record(rate_limited(duration), kNoProbe, table_.settings(), {clock_.now(), clock_.wall_now()});
  }
  [[nodiscard]] routing::TargetCondition condition(std::size_t provider) const {
    return ProviderHealthTable::View(table_, clock_.now()).of(provider, "m");
  }

  FakeClock clock_;
  ProviderHealthTable table_;
};

TEST_F(ProviderHealthTableTest, KnowsConditionsByTheIndexOfTheConfiguration) {
  table_.configure({}, {provider("a"), provider("b"), provider("c")});

  cool("b", 60s);

  EXPECT_FALSE(condition(0).cooling);
  EXPECT_TRUE(condition(1).cooling);
  EXPECT_FALSE(condition(2).cooling);
}

TEST_F(ProviderHealthTableTest, KeepsAProvidersHealthByNameThroughAReload) {
  table_.configure({}, {provider("a"), provider("b")});
  cool("b", 60s);
  table_.find("b")->begin_attempt();

  table_.configure({}, {provider("b"), provider("new")});

  const auto statuses = table_.statuses(clock_.now());
  ASSERT_EQ(statuses.size(), 2u);
  EXPECT_EQ(statuses[0].provider, "b");
  EXPECT_EQ(statuses[0].state, ProviderStatus::State::kCooling);
  EXPECT_EQ(statuses[0].remaining_cooldown, 60s);
  EXPECT_EQ(statuses[0].in_flight_count, 1);
  EXPECT_EQ(statuses[1].state, ProviderStatus::State::kHealthy);
}

TEST_F(ProviderHealthTableTest, AProviderThatReturnsToTheConfigurationStartsHealthy) {
  table_.configure({}, {provider("a"), provider("b")});
  cool("b", 60s);

  table_.configure({}, {provider("a")});
  table_.configure({}, {provider("a"), provider("b")});

  EXPECT_FALSE(condition(1).cooling);
}

TEST_F(ProviderHealthTableTest, TakesTheNewLimitOfRequestsUnderWay) {
  table_.configure({}, {provider("a", true, 1)});
  table_.find("a")->begin_attempt();
  EXPECT_TRUE(condition(0).busy);

  table_.configure({}, {provider("a", true, 2)});

  EXPECT_FALSE(condition(0).busy);
}

TEST_F(ProviderHealthTableTest, KnowsNothingOfProvidersThatAreNotConfigured) {
  table_.configure({}, {provider("a")});

  EXPECT_EQ(table_.find("gone"), nullptr);
  EXPECT_EQ(table_.status("gone", clock_.now()), std::nullopt);
}

TEST_F(ProviderHealthTableTest, CallsAProviderThatIsSwitchedOffDisabled) {
  table_.configure({}, {provider("off", /*enabled=*/false)});

  EXPECT_EQ(table_.status("off", clock_.now())->state, ProviderStatus::State::kDisabled);
}

}  // namespace
}  // namespace balancer::controlplane
