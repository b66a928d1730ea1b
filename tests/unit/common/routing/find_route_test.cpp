#include <gtest/gtest.h>

#include "tests/unit/common/routing/sample_table.hpp"

namespace balancer::routing {
namespace {

using namespace std::chrono_literals;

std::string route_for(const RoutingTable& table, std::string_view model,
                      const StatedConditions& conditions = {}, std::string_view pin = {}) {
  const std::size_t route = find_route(table, {.model = model, .pinned_provider = pin}, conditions);
  return route == table.routes.size() ? "(none)" : table.routes[route].pattern;
}

TEST(FindRouteTest, ExactNameComesBeforePatternsWhateverTheOrder) {
  const RoutingTable table = table_of({route("*", {target(0)}), route("claude-*", {target(0)}), route("claude-opus", {target(1)})});

  EXPECT_EQ(route_for(table, "claude-opus"), "claude-opus");
  EXPECT_EQ(route_for(table, "gpt"), "*");
}

TEST(FindRouteTest, ExactNameIsTakenEvenWhileItsProvidersCool) {
  const RoutingTable table = table_of({route("*", {target(0)}), route("claude-opus", {target(1)})});

  EXPECT_EQ(route_for(table, "claude-opus", {{}, cooling(5s), {}}), "claude-opus");
}

TEST(FindRouteTest, ExactNameIsCaseSensitivePatternsAreNot) {
  const RoutingTable table = table_of({route("Claude", {target(0)}), route("*CLAUDE*", {target(0)})});

  EXPECT_EQ(route_for(table, "claude"), "*CLAUDE*");
  EXPECT_EQ(route_for(table, "Claude"), "Claude");
}

TEST(FindRouteTest, PatternsAreTriedInFileOrder) {
  const RoutingTable table = table_of({route("*sonnet*", {target(0)}), route("claude-*", {target(1)})});

  EXPECT_EQ(route_for(table, "claude-sonnet"), "*sonnet*");
  EXPECT_EQ(route_for(table, "claude-opus"), "claude-*");
}

TEST(FindRouteTest, PatternWithoutAUsableProviderIsPassedOver) {
  const RoutingTable table = table_of({route("*sonnet*", {target(0)}), route("claude-*", {target(1)}), route("*", {target(2)})});

  EXPECT_EQ(route_for(table, "claude-sonnet", {cooling(5s), {}, {}}), "claude-*");
  EXPECT_EQ(route_for(table, "claude-sonnet", {cooling(5s), cooling(5s), {}}), "*");
}

TEST(FindRouteTest, PatternWhoseProvidersAreBusyIsPassedOverUntilNoOtherIsBetter) {
  const RoutingTable table = table_of({route("*sonnet*", {target(0)}), route("*", {target(1)})});

  EXPECT_EQ(route_for(table, "claude-sonnet", {busy(), {}, {}}), "*");
  EXPECT_EQ(route_for(table, "claude-sonnet", {busy(), cooling(5s), {}}), "*sonnet*");
}

TEST(FindRouteTest, OnlyTheModelThatIsAskedForDecidesWhetherAPatternIsUsable) {
  RoutingTable table = table_of({route("*sonnet*", {target(0)}), route("*", {target(1)})});
  StatedConditions conditions;
  conditions.set_model(0, "sonnet-4", cooling(5s));

  EXPECT_EQ(route_for(table, "sonnet-4", conditions), "*");
  EXPECT_EQ(route_for(table, "sonnet-5", conditions), "*sonnet*");

  table.routes[0].targets[0].upstream_model = "sonnet-4";
  EXPECT_EQ(route_for(table, "sonnet-5", conditions), "*");
}

TEST(FindRouteTest, ProviderWhoseProbeIsDueIsUsable) {
  const RoutingTable table = table_of({route("*sonnet*", {target(0)}), route("*", {target(1)})});

  EXPECT_EQ(route_for(table, "claude-sonnet", {probe_due(), {}, {}}), "*sonnet*");
}

TEST(FindRouteTest, FallsBackToTheFirstEnabledPatternWhenAllCool) {
  RoutingTable table = table_of({route("*sonnet*", {target(0)}), route("claude-*", {target(1)}), route("*", {target(2)})});
  table.providers[0].enabled = false;

  EXPECT_EQ(route_for(table, "claude-sonnet", {{}, cooling(9s), cooling(1s)}), "claude-*");
}

TEST(FindRouteTest, FallsBackToTheFirstMatchWhenAllAreDisabled) {
  RoutingTable table = table_of({route("gpt*", {target(2)}), route("*sonnet*", {target(0)}), route("*", {target(1)})});
  table.providers[0].enabled = false;
  table.routes[2].targets[0].enabled = false;

  EXPECT_EQ(route_for(table, "claude-sonnet"), "*sonnet*");
}

TEST(FindRouteTest, PinNarrowsTheChoiceToPatternsThatHoldTheProvider) {
  const RoutingTable table = table_of({route("*sonnet*", {target(0)}), route("*", {target(0), target(2)})});

  EXPECT_EQ(route_for(table, "claude-sonnet", {}, "c"), "*");
  EXPECT_EQ(route_for(table, "claude-sonnet", {}, "a"), "*sonnet*");
}

TEST(FindRouteTest, LongContextSuffixIsIgnoredWhenNothingMatchesItExactly) {
  const RoutingTable table = table_of({route("claude-opus", {target(0)}), route("*-sonnet", {target(1)})});

  EXPECT_EQ(route_for(table, "claude-opus[1m]"), "claude-opus");
  EXPECT_EQ(route_for(table, "claude-sonnet[1m]"), "*-sonnet");
  EXPECT_EQ(route_for(table, "claude-haiku[1m]"), "(none)");
  EXPECT_EQ(route_for(table, "claude-opus[2m]"), "(none)");
}

TEST(FindRouteTest, RouteNamedWithTheLongContextSuffixComesFirst) {
  const RoutingTable table =
      table_of({route("claude-opus", {target(0)}), route("claude-opus[1m]", {target(1)}), route("*[1m]", {target(2)})});

  EXPECT_EQ(route_for(table, "claude-opus[1m]"), "claude-opus[1m]");
  EXPECT_EQ(route_for(table, "claude-sonnet[1m]"), "*[1m]");
}

TEST(FindRouteTest, SaysWhenNothingMatches) {
  EXPECT_EQ(route_for(table_of({route("claude-*", {target(0)})}), "gpt"), "(none)");
  EXPECT_EQ(route_for(table_of({}), "gpt"), "(none)");
}

}  // namespace
}  // namespace balancer::routing
