#include "gateway/controlplane_client/local_planner.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <initializer_list>
#include <variant>

namespace balancer::gateway {
namespace {

using namespace std::chrono_literals;
using routing::AttemptOutcome;
using testing::ElementsAre;

constexpr LocalPlanner::TimePoint kStart{1'000h};

Snapshot snapshot_of(std::initializer_list<const char*> providers) {
  Snapshot snapshot;
  snapshot.failure_cooldown = 180s;
  routing::Route route{.pattern = "*", .targets = {}};
  for (const char* name : providers) {
    Provider provider;
    provider.name = name;
    route.targets.push_back({.provider = snapshot.providers.size(), .upstream_model = "", .priority = 1});
    snapshot.routing.providers.push_back({name, true});
    snapshot.providers.push_back(std::move(provider));
  }
  snapshot.routing.routes.push_back(std::move(route));
  return snapshot;
}

routing::AttemptReport report_of(const char* provider, AttemptOutcome outcome,
                                 std::optional<std::chrono::milliseconds> retry_delay = std::nullopt) {
  routing::AttemptReport report;
  report.provider = provider;
  report.outcome = outcome;
  report.retry_delay = retry_delay;
  return report;
}

class LocalPlannerTest : public testing::Test {
 protected:
  std::vector<routing::Candidate> candidates(LocalPlanner::TimePoint now) {
    const auto decision = planner_.plan({.model = "claude", .pinned_provider = ""}, snapshot_, now);
    return std::get<routing::AttemptPlan>(decision).candidates;
  }

  // In the order in which they are to be tried; "a?" for a probe, "a!" for a last resort.
  std::vector<std::string> order(LocalPlanner::TimePoint now) {
    std::vector<std::string> names;
    for (const routing::Candidate& candidate : candidates(now)) {
      names.push_back(snapshot_.providers[candidate.provider].name + (candidate.probe ? "?" : "") +
                      (candidate.last_resort ? "!" : ""));
    }
    return names;
  }

  Snapshot snapshot_ = snapshot_of({"a", "b"});
  LocalPlanner planner_{1};
};

TEST_F(LocalPlannerTest, ProviderThatFailedHereCoolsHereForTheConfiguredTime) {
  planner_.record(report_of("a", AttemptOutcome::kTransient), kStart);

  EXPECT_THAT(order(kStart + 179s), ElementsAre("b"));
  EXPECT_THAT(order(kStart + 180s), ElementsAre("a?", "b"));
}

TEST_F(LocalPlannerTest, RetryAfterReplacesTheConfiguredCooldown) {
  planner_.record(report_of("a", AttemptOutcome::kRateLimited, 7s), kStart);

  EXPECT_THAT(order(kStart + 6'999ms), ElementsAre("b"));
  EXPECT_THAT(order(kStart + 7s), ElementsAre("a?", "b"));
}

TEST_F(LocalPlannerTest, RetryAfterCountsForAtMostFiveMinutes) {
  planner_.record(report_of("a", AttemptOutcome::kRateLimited, 24h), kStart);

  EXPECT_THAT(order(kStart + 299s), ElementsAre("b"));
  EXPECT_THAT(order(kStart + 300s), ElementsAre("a?", "b"));
}

TEST_F(LocalPlannerTest, ALaterShorterRetryAfterDoesNotBringAProviderBackEarlier) {
  planner_.record(report_of("a", AttemptOutcome::kRateLimited, 60s), kStart);
  planner_.record(report_of("a", AttemptOutcome::kRateLimited, 1s), kStart + 1s);

  EXPECT_THAT(order(kStart + 59s), ElementsAre("b"));
}

TEST_F(LocalPlannerTest, OnlyOneRequestProbesAtATime) {
  planner_.record(report_of("a", AttemptOutcome::kTransient), kStart);

  EXPECT_THAT(order(kStart + 180s), ElementsAre("a?", "b"));
  EXPECT_THAT(order(kStart + 181s), ElementsAre("b"));
}

TEST_F(LocalPlannerTest, AProbeThatNobodyReportedIsGivenOutAgain) {
  planner_.record(report_of("a", AttemptOutcome::kTransient), kStart);
  EXPECT_THAT(order(kStart + 180s), ElementsAre("a?", "b"));

  EXPECT_THAT(order(kStart + 240s), ElementsAre("a?", "b"));
}

TEST_F(LocalPlannerTest, AProbeWhoseClientLeftIsGivenOutAgainAtOnce) {
  planner_.record(report_of("a", AttemptOutcome::kTransient), kStart);
  EXPECT_THAT(order(kStart + 180s), ElementsAre("a?", "b"));
  auto report = report_of("a", AttemptOutcome::kClientGone);
  report.probe = true;

  planner_.record(report, kStart + 181s);

  EXPECT_THAT(order(kStart + 181s), ElementsAre("a?", "b"));
}

TEST_F(LocalPlannerTest, SuccessRestoresAProvider) {
  planner_.record(report_of("a", AttemptOutcome::kTransient), kStart);
  planner_.record(report_of("a", AttemptOutcome::kSuccess), kStart + 1s);

  EXPECT_THAT(order(kStart + 2s), ElementsAre("a", "b"));
}

TEST_F(LocalPlannerTest, FaultsOfTheRequestAndOfTheClientDoNotCool) {
  for (const AttemptOutcome outcome :
       {AttemptOutcome::kRequestFault, AttemptOutcome::kTooLarge, AttemptOutcome::kClientGone}) {
    planner_.record(report_of("a", outcome), kStart);
  }

  EXPECT_THAT(order(kStart), ElementsAre("a", "b"));
}

TEST_F(LocalPlannerTest, BelievesTheCooldownsThatTheControlPlaneLastTold) {
  planner_.hear({.scope = ProviderStatuses::Scope::kEveryProvider, .statuses = {{"a", kStart + 30s}, {"b", {}}}});

  EXPECT_THAT(order(kStart + 29s), ElementsAre("b"));
  EXPECT_THAT(order(kStart + 30s), ElementsAre("a?", "b"));
}

TEST_F(LocalPlannerTest, ADeltaChangesOnlyTheProvidersThatItNames) {
  planner_.hear({.scope = ProviderStatuses::Scope::kEveryProvider, .statuses = {{"a", kStart + 30s}, {"b", {}}}});
  planner_.hear({.scope = ProviderStatuses::Scope::kChangedProviders, .statuses = {{"b", kStart + 20s}}});

  EXPECT_THAT(order(kStart), ElementsAre("b!", "a!"));
}

TEST_F(LocalPlannerTest, ARestartedControlPlaneDoesNotBringBackWhatFailedHere) {
  planner_.record(report_of("a", AttemptOutcome::kTransient), kStart);

  planner_.hear({.scope = ProviderStatuses::Scope::kEveryProvider, .statuses = {{"a", {}}, {"b", {}}}});

  EXPECT_THAT(order(kStart + 1s), ElementsAre("b"));
}

TEST_F(LocalPlannerTest, WhenAllAreCoolingTheSoonestBackComesFirst) {
  planner_.record(report_of("a", AttemptOutcome::kRateLimited, 60s), kStart);
  planner_.record(report_of("b", AttemptOutcome::kRateLimited, 20s), kStart);

  EXPECT_THAT(order(kStart + 1s), ElementsAre("b!", "a!"));
}

TEST_F(LocalPlannerTest, TakesTurnsUnderRoundRobin) {
  snapshot_.routing.strategy = routing::SelectionStrategy::kRoundRobin;

  EXPECT_THAT(order(kStart), ElementsAre("a", "b"));
  EXPECT_THAT(order(kStart), ElementsAre("b", "a"));
  EXPECT_THAT(order(kStart), ElementsAre("a", "b"));
}

TEST_F(LocalPlannerTest, RejectsAModelThatNoRouteServes) {
  snapshot_.routing.routes[0].pattern = "gpt-*";

  const auto decision = planner_.plan({.model = "claude", .pinned_provider = ""}, snapshot_, kStart);

  EXPECT_EQ(std::get<routing::Rejection>(decision).reason, routing::RejectionReason::kNoRoute);
}

}  // namespace
}  // namespace balancer::gateway
