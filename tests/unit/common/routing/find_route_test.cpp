#include <gtest/gtest.h>

#include "tests/unit/common/routing/sample_table.hpp"

namespace balancer::routing {
namespace {

std::string route_for(const RoutingTable& table, std::string_view model,
                      const std::vector<ProviderCondition>& conditions = all_well(), std::string_view pin = {}) {
  const std::size_t route = find_route(table, {.model = model, .pinned_provider = pin}, conditions);
  return route == table.routes.size() ? "(none)" : table.routes[route].pattern;
}

TEST(FindRouteTest, ExactNameComesBeforePatternsWhateverTheOrder) {
  const RoutingTable table = table_of({{"*", {target(0)}}, {"claude-*", {target(0)}}, {"claude-opus", {target(1)}}});

  EXPECT_EQ(route_for(table, "claude-opus"), "claude-opus");
  EXPECT_EQ(route_for(table, "gpt"), "*");
}

TEST(FindRouteTest, ExactNameIsTakenEvenWhileItsProvidersCool) {
  const RoutingTable table = table_of({{"*", {target(0)}}, {"claude-opus", {target(1)}}});

  EXPECT_EQ(route_for(table, "claude-opus", {{}, cooling(5), {}}), "claude-opus");
}

TEST(FindRouteTest, ExactNameIsCaseSensitivePatternsAreNot) {
  const RoutingTable table = table_of({{"Claude", {target(0)}}, {"*CLAUDE*", {target(0)}}});

  EXPECT_EQ(route_for(table, "claude"), "*CLAUDE*");
  EXPECT_EQ(route_for(table, "Claude"), "Claude");
}

TEST(FindRouteTest, PatternsAreTriedInFileOrder) {
  const RoutingTable table = table_of({{"*sonnet*", {target(0)}}, {"claude-*", {target(1)}}});

  EXPECT_EQ(route_for(table, "claude-sonnet"), "*sonnet*");
  EXPECT_EQ(route_for(table, "claude-opus"), "claude-*");
}

TEST(FindRouteTest, PatternWithoutAUsableProviderIsPassedOver) {
  const RoutingTable table = table_of({{"*sonnet*", {target(0)}}, {"claude-*", {target(1)}}, {"*", {target(2)}}});

  EXPECT_EQ(route_for(table, "claude-sonnet", {cooling(5), {}, {}}), "claude-*");
  EXPECT_EQ(route_for(table, "claude-sonnet", {cooling(5), cooling(5), {}}), "*");
}

TEST(FindRouteTest, ProviderWhoseProbeIsDueIsUsable) {
  const RoutingTable table = table_of({{"*sonnet*", {target(0)}}, {"*", {target(1)}}});

  EXPECT_EQ(route_for(table, "claude-sonnet", {probe_due(), {}, {}}), "*sonnet*");
}

TEST(FindRouteTest, FallsBackToTheFirstEnabledPatternWhenAllCool) {
  RoutingTable table = table_of({{"*sonnet*", {target(0)}}, {"claude-*", {target(1)}}, {"*", {target(2)}}});
  table.providers[0].enabled = false;

  EXPECT_EQ(route_for(table, "claude-sonnet", {{}, cooling(9), cooling(1)}), "claude-*");
}

TEST(FindRouteTest, FallsBackToTheFirstMatchWhenAllAreDisabled) {
  RoutingTable table = table_of({{"gpt*", {target(2)}}, {"*sonnet*", {target(0)}}, {"*", {target(1)}}});
  table.providers[0].enabled = false;
  table.routes[2].targets[0].enabled = false;

  EXPECT_EQ(route_for(table, "claude-sonnet"), "*sonnet*");
}

TEST(FindRouteTest, PinNarrowsTheChoiceToPatternsThatHoldTheProvider) {
  const RoutingTable table = table_of({{"*sonnet*", {target(0)}}, {"*", {target(0), target(2)}}});

  EXPECT_EQ(route_for(table, "claude-sonnet", all_well(), "c"), "*");
  EXPECT_EQ(route_for(table, "claude-sonnet", all_well(), "a"), "*sonnet*");
}

TEST(FindRouteTest, LongContextSuffixIsIgnoredWhenNothingMatchesItExactly) {
  const RoutingTable table = table_of({{"claude-opus", {target(0)}}, {"*-sonnet", {target(1)}}});

  EXPECT_EQ(route_for(table, "claude-opus[1m]"), "claude-opus");
  EXPECT_EQ(route_for(table, "claude-sonnet[1m]"), "*-sonnet");
  EXPECT_EQ(route_for(table, "claude-haiku[1m]"), "(none)");
  EXPECT_EQ(route_for(table, "claude-opus[2m]"), "(none)");
}

TEST(FindRouteTest, RouteNamedWithTheLongContextSuffixComesFirst) {
  const RoutingTable table =
      table_of({{"claude-opus", {target(0)}}, {"claude-opus[1m]", {target(1)}}, {"*[1m]", {target(2)}}});

  EXPECT_EQ(route_for(table, "claude-opus[1m]"), "claude-opus[1m]");
  EXPECT_EQ(route_for(table, "claude-sonnet[1m]"), "*[1m]");
}

TEST(FindRouteTest, SaysWhenNothingMatches) {
  EXPECT_EQ(route_for(table_of({{"claude-*", {target(0)}}}), "gpt"), "(none)");
  EXPECT_EQ(route_for(table_of({}), "gpt"), "(none)");
}

}  // namespace
}  // namespace balancer::routing
