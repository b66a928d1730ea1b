#include "gateway/controlplane_client/local_planner.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <initializer_list>
#include <map>
#include <variant>

namespace balancer::gateway {
namespace {

using namespace std::chrono_literals;
using routing::AttemptOutcome;
using routing::AttemptReport;
using testing::ElementsAre;

constexpr LocalPlanner::TimePoint kStart{1'000h};

Snapshot snapshot_of(std::initializer_list<const char*> providers) {
  Snapshot snapshot;
  routing::Route route{.pattern = "*", .targets = {}, .strategy = std::nullopt};
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

AttemptReport report_of(const char* provider, AttemptOutcome outcome,
                        std::optional<std::chrono::milliseconds> retry_delay = std::nullopt) {
  AttemptReport report;
  report.provider = provider;
  report.upstream_model = "claude";
  report.outcome = outcome;
  report.retry_delay = retry_delay;
  return report;
}

AttemptReport probe_of(const char* provider, AttemptOutcome outcome) {
  AttemptReport report = report_of(provider, outcome);
  report.probe = true;
  return report;
}

// It began so long before it is recorded.
AttemptReport that_took(std::chrono::microseconds duration, AttemptReport report) {
  report.total_time = duration;
  return report;
}

class LocalPlannerTest : public testing::Test {
 protected:
  static DecisionRequest request(std::string_view model = "claude", std::string_view session = {}) {
    return {.model = model, .pinned_provider = {}, .session_key = session, .caller = {}};
  }

  // In the order in which they are to be tried; "a?" for a probe, "a!" for a last resort.
  std::vector<std::string> order(LocalPlanner::TimePoint now, const DecisionRequest& asked = request()) {
    const auto decision = planner_.plan(asked, snapshot_, now);
    const auto* plan = std::get_if<routing::AttemptPlan>(&decision);
    if (plan == nullptr) return {"(rejected)"};
    std::vector<std::string> names;
    for (const routing::Candidate& candidate : plan->candidates) {
      names.push_back(snapshot_.providers[candidate.provider].name + (candidate.probe ? "?" : "") +
                      (candidate.last_resort ? "!" : ""));
    }
    return names;
  }

  void hear_all(std::vector<HeardStatus> statuses, LocalPlanner::TimePoint now = kStart) {
    planner_.hear({.scope = ProviderStatuses::Scope::kEveryProvider, .statuses = std::move(statuses)}, now);
  }
  void hear(HeardStatus status, LocalPlanner::TimePoint now = kStart) {
    planner_.hear({.scope = ProviderStatuses::Scope::kChangedProviders, .statuses = {std::move(status)}}, now);
  }
  void fail(const char* provider, LocalPlanner::TimePoint now = kStart) {
    planner_.record(report_of(provider, AttemptOutcome::kTransient), now);
  }

  Snapshot snapshot_ = snapshot_of({"a", "b"});
  LocalPlanner planner_{1};
};

TEST_F(LocalPlannerTest, ProviderThatFailedHereCoolsHereForThirtySeconds) {
  fail("a");

  EXPECT_THAT(order(kStart + 29'999ms), ElementsAre("b"));
  EXPECT_THAT(order(kStart + 30s), ElementsAre("a?", "b"));
}

TEST_F(LocalPlannerTest, ProviderThatFailedHereCoolsHereForTheConfiguredTime) {
  planner_.set_cooldown({.base = 180s, .limit = 300s});
  fail("a");

  EXPECT_THAT(order(kStart + 179s), ElementsAre("b"));
  EXPECT_THAT(order(kStart + 180s), ElementsAre("a?", "b"));
}

TEST_F(LocalPlannerTest, RetryAfterReplacesTheConfiguredCooldown) {
  planner_.record(report_of("a", AttemptOutcome::kRateLimited, 7s), kStart);

  EXPECT_THAT(order(kStart + 6'999ms), ElementsAre("b"));
  EXPECT_THAT(order(kStart + 7s), ElementsAre("a?", "b"));
}

TEST_F(LocalPlannerTest, RetryAfterCountsForNoLongerThanTheLimit) {
  planner_.record(report_of("a", AttemptOutcome::kRateLimited, 24h), kStart);
  EXPECT_THAT(order(kStart + 299s), ElementsAre("b"));
  EXPECT_THAT(order(kStart + 300s), ElementsAre("a?", "b"));

  planner_.set_cooldown({.base = 30s, .limit = 60s});
  planner_.record(report_of("b", AttemptOutcome::kRateLimited, 24h), kStart);
  EXPECT_EQ(order(kStart + 60s).front(), "b?");
}

TEST_F(LocalPlannerTest, ALaterShorterRetryAfterDoesNotBringAProviderBackEarlier) {
  planner_.record(report_of("a", AttemptOutcome::kRateLimited, 60s), kStart);
  planner_.record(report_of("a", AttemptOutcome::kRateLimited, 1s), kStart + 1s);

  EXPECT_THAT(order(kStart + 59s), ElementsAre("b"));
}

TEST_F(LocalPlannerTest, ALesserFailureDoesNotBringAProviderBackEarlier) {
  planner_.record(report_of("a", AttemptOutcome::kQuotaExhausted), kStart);
  fail("a", kStart + 1s);

  EXPECT_THAT(order(kStart + 599s), ElementsAre("b"));
  EXPECT_THAT(order(kStart + 600s), ElementsAre("a?", "b"));
}

TEST_F(LocalPlannerTest, AnAttemptThatBeganBeforeTheFailureExtendsNothing) {
  fail("a");
  planner_.record(that_took(21s, report_of("a", AttemptOutcome::kTransient)), kStart + 20s);

  EXPECT_THAT(order(kStart + 30s), ElementsAre("a?", "b"));
}

TEST_F(LocalPlannerTest, AMissingModelIsMissingHereWhileOthersAreServed) {
  planner_.record(report_of("a", AttemptOutcome::kModelMissing), kStart);

  EXPECT_THAT(order(kStart + 599s), ElementsAre("b"));
  EXPECT_THAT(order(kStart + 599s, request("other")), ElementsAre("a", "b"));
  EXPECT_THAT(order(kStart + 600s), ElementsAre("a?", "b"));
}

TEST_F(LocalPlannerTest, ARateLimitWithoutATimeConcernsOneModelForTenSeconds) {
  planner_.record(report_of("a", AttemptOutcome::kRateLimited), kStart);

  EXPECT_THAT(order(kStart + 9s), ElementsAre("b"));
  EXPECT_THAT(order(kStart + 9s, request("other")), ElementsAre("a", "b"));
  EXPECT_THAT(order(kStart + 10s), ElementsAre("a?", "b"));
}

TEST_F(LocalPlannerTest, ModelsThatClientsInventFillNoMemory) {
  for (std::size_t i = 0; i < 3 * LocalPlanner::kMaxSick; ++i) {
    AttemptReport missing = report_of("a", AttemptOutcome::kModelMissing);
    missing.upstream_model = "junk" + std::to_string(i);
    planner_.record(missing, kStart);
  }
  EXPECT_THAT(order(kStart + 1s, request("junk0")), ElementsAre("b"));
  EXPECT_EQ(order(kStart + 1s, request("junk" + std::to_string(2 * LocalPlanner::kMaxSick))).front(), "a");

  planner_.record(report_of("a", AttemptOutcome::kModelMissing), kStart + 601s);
  EXPECT_THAT(order(kStart + 602s), ElementsAre("b")) << "those whose time is up make room";
  fail("b", kStart + 601s);
  EXPECT_EQ(order(kStart + 602s, request("other")).front(), "a");
}

TEST_F(LocalPlannerTest, OnlyOneRequestProbesAtATime) {
  fail("a");

  EXPECT_THAT(order(kStart + 30s), ElementsAre("a?", "b"));
  EXPECT_THAT(order(kStart + 31s), ElementsAre("b"));
}

TEST_F(LocalPlannerTest, AProbeThatNobodyReportedIsGivenOutAgain) {
  fail("a");
  EXPECT_THAT(order(kStart + 30s), ElementsAre("a?", "b"));

  EXPECT_THAT(order(kStart + 90s), ElementsAre("a?", "b"));
}

TEST_F(LocalPlannerTest, AProbeWhoseClientLeftIsGivenOutAgainAtOnce) {
  fail("a");
  EXPECT_THAT(order(kStart + 30s), ElementsAre("a?", "b"));

  planner_.record(probe_of("a", AttemptOutcome::kClientGone), kStart + 31s);

  EXPECT_THAT(order(kStart + 31s), ElementsAre("a?", "b"));
}

TEST_F(LocalPlannerTest, AProbeThatFailsCoolsAnew) {
  fail("a");
  EXPECT_THAT(order(kStart + 30s), ElementsAre("a?", "b"));

  planner_.record(that_took(1s, probe_of("a", AttemptOutcome::kTransient)), kStart + 31s);

  EXPECT_THAT(order(kStart + 60s), ElementsAre("b"));
  EXPECT_THAT(order(kStart + 61s), ElementsAre("a?", "b"));
}

TEST_F(LocalPlannerTest, AProbeWhoseAnswerHasBegunRestoresAtOnce) {
  fail("a");
  order(kStart + 30s);

  planner_.record(probe_of("a", AttemptOutcome::kAnswering), kStart + 31s);

  EXPECT_THAT(order(kStart + 31s), ElementsAre("a", "b"));
}

TEST_F(LocalPlannerTest, SuccessRestoresAProvider) {
  fail("a");
  planner_.record(report_of("a", AttemptOutcome::kSuccess), kStart + 1s);

  EXPECT_THAT(order(kStart + 2s), ElementsAre("a", "b"));
}

TEST_F(LocalPlannerTest, SuccessOfAnAttemptThatBeganBeforeTheFailureRestoresNothing) {
  fail("a");
  planner_.record(that_took(5s, report_of("a", AttemptOutcome::kSuccess)), kStart + 4s);
  EXPECT_THAT(order(kStart + 5s), ElementsAre("b"));

  hear({"b", kStart + 60s}, kStart + 10s);
  planner_.record(that_took(5s, report_of("b", AttemptOutcome::kSuccess)), kStart + 12s);
  EXPECT_TRUE(planner_.is_cooling("b", "claude", kStart + 13s));
}

TEST_F(LocalPlannerTest, FaultsOfTheRequestAndOfTheClientDoNotCool) {
  for (const AttemptOutcome outcome : {AttemptOutcome::kRequestFault, AttemptOutcome::kTooLarge,
                                       AttemptOutcome::kClientGone, AttemptOutcome::kNotSent}) {
    planner_.record(report_of("a", outcome), kStart);
  }

  EXPECT_THAT(order(kStart), ElementsAre("a", "b"));
}

TEST_F(LocalPlannerTest, BelievesTheCooldownsThatTheControlPlaneLastTold) {
  hear_all({{"a", kStart + 30s}, {"b", {}}});

  EXPECT_THAT(order(kStart + 29s), ElementsAre("b"));
  EXPECT_THAT(order(kStart + 30s), ElementsAre("a?", "b"));
}

TEST_F(LocalPlannerTest, BelievesTheCooldownsOfModelsThatTheControlPlaneTold) {
  hear_all({{"a", {}, {{"claude", kStart + 30s}}}, {"b", {}}});

  EXPECT_THAT(order(kStart + 29s), ElementsAre("b"));
  EXPECT_THAT(order(kStart + 29s, request("other")), ElementsAre("a", "b"));
  EXPECT_TRUE(planner_.is_cooling("a", "claude", kStart + 29s));
  EXPECT_FALSE(planner_.is_cooling("a", "other", kStart + 29s));
}

TEST_F(LocalPlannerTest, ADeltaChangesOnlyTheProvidersThatItNames) {
  hear_all({{"a", kStart + 30s}, {"b", {}}});
  hear({"b", kStart + 20s});

  EXPECT_THAT(order(kStart), ElementsAre("b!", "a!"));
}

TEST_F(LocalPlannerTest, ADeltaNamesAllModelsThatStillCool) {
  hear_all({{"a", {}, {{"claude", kStart + 30s}, {"other", kStart + 30s}}}, {"b", {}}});
  hear({"a", {}, {{"other", kStart + 30s}}});

  EXPECT_THAT(order(kStart), ElementsAre("a", "b"));
  EXPECT_THAT(order(kStart, request("other")), ElementsAre("b"));
}

TEST_F(LocalPlannerTest, BelievesTheControlPlaneThatAProviderIsWellAgain) {
  planner_.record(report_of("a", AttemptOutcome::kRateLimited, 60s), kStart);
  hear({"a", kStart + 60s}, kStart + 1s);

  hear({"a", {}}, kStart + 20s);

  EXPECT_THAT(order(kStart + 20s), ElementsAre("a", "b"));
  EXPECT_FALSE(planner_.is_cooling("a", "claude", kStart + 20s));
}

TEST_F(LocalPlannerTest, ANameThatBeginsLikeAnotherIsAnother) {
  snapshot_ = snapshot_of({"a", "ab"});
  fail("a");
  fail("ab");

  hear({"a", {}});

  EXPECT_THAT(order(kStart), ElementsAre("a"));
}

TEST_F(LocalPlannerTest, ARestartedControlPlaneDoesNotBringBackWhatFailedHere) {
  fail("a");

  hear_all({{"a", {}}, {"b", {}}});

  EXPECT_THAT(order(kStart + 1s), ElementsAre("b"));
}

TEST_F(LocalPlannerTest, TellsOfCooldownsThatTheControlPlaneOrTheProviderNamed) {
  fail("a");
  EXPECT_FALSE(planner_.is_cooling("a", "claude", kStart)) << "one failure is no cooldown to the control plane";

  planner_.record(report_of("a", AttemptOutcome::kRateLimited, 5s), kStart);
  EXPECT_TRUE(planner_.is_cooling("a", "claude", kStart + 4s));
  EXPECT_FALSE(planner_.is_cooling("a", "claude", kStart + 5s));
  EXPECT_FALSE(planner_.is_cooling("b", "claude", kStart));
}

TEST_F(LocalPlannerTest, WhenAllAreCoolingTheSoonestBackComesFirst) {
  planner_.record(report_of("a", AttemptOutcome::kRateLimited, 60s), kStart);
  planner_.record(report_of("b", AttemptOutcome::kRateLimited, 20s), kStart);

  EXPECT_THAT(order(kStart + 1s), ElementsAre("b!", "a!"));
}

TEST_F(LocalPlannerTest, WhenAllAreCoolingAllAreRefusedIfConfiguredSo) {
  snapshot_.routing.when_all_cooling = routing::AllCooling::kFailFast;
  fail("a");
  fail("b");

  EXPECT_THAT(order(kStart + 1s), ElementsAre("(rejected)"));
}

TEST_F(LocalPlannerTest, TakesTurnsUnderRoundRobin) {
  snapshot_.routing.strategy = routing::SelectionStrategy::kRoundRobin;

  EXPECT_THAT(order(kStart), ElementsAre("a", "b"));
  EXPECT_THAT(order(kStart), ElementsAre("b", "a"));
  EXPECT_THAT(order(kStart), ElementsAre("a", "b"));
}

TEST_F(LocalPlannerTest, TakesTurnsByWeight) {
  snapshot_.routing.strategy = routing::SelectionStrategy::kWeighted;
  snapshot_.routing.routes[0].targets[0].weight = 3;
  std::map<std::string, int> firsts;

  for (int i = 0; i < 400; ++i) ++firsts[order(kStart).front()];

  EXPECT_EQ(firsts, (std::map<std::string, int>{{"a", 300}, {"b", 100}}));
}

TEST_F(LocalPlannerTest, AnotherSnapshotHasItsOwnTurns) {
  snapshot_.routing.strategy = routing::SelectionStrategy::kRoundRobin;
  order(kStart);
  snapshot_ = snapshot_of({"x", "y", "z"});
  snapshot_.version = 2;
  snapshot_.routing.strategy = routing::SelectionStrategy::kRoundRobin;

  EXPECT_THAT(order(kStart), ElementsAre("x", "y", "z"));
  EXPECT_THAT(order(kStart), ElementsAre("y", "z", "x"));
}

TEST_F(LocalPlannerTest, EveryThreadSendsASessionToTheSameProvider) {
  for (const auto strategy : {routing::SelectionStrategy::kRoundRobin, routing::SelectionStrategy::kRandom,
                              routing::SelectionStrategy::kWeighted, routing::SelectionStrategy::kLeastLatency}) {
    snapshot_.routing.strategy = strategy;
    LocalPlanner other(2);
    std::map<std::string, int> firsts;
    for (int i = 0; i < 200; ++i) {
      const std::string session = std::to_string(i) + " is a session";
      const std::string first = order(kStart, request("claude", session)).front();
      ++firsts[first];
      EXPECT_EQ(order(kStart, request("claude", session)).front(), first);
      const auto decision = other.plan(request("claude", session), snapshot_, kStart);
      EXPECT_EQ(snapshot_.providers[std::get<routing::AttemptPlan>(decision).candidates.front().provider].name, first);
    }
    EXPECT_EQ(firsts.size(), 2u) << "sessions are spread";
  }
}

TEST_F(LocalPlannerTest, WhatIsOnlyAskedTakesNoTurnAndNoProbe) {
  snapshot_.routing.strategy = routing::SelectionStrategy::kRoundRobin;
  fail("b");
  DecisionRequest dry = request();
  dry.dry_run = true;

  EXPECT_THAT(order(kStart + 30s, dry), ElementsAre("b?", "a"));
  EXPECT_THAT(order(kStart + 30s), ElementsAre("b?", "a"));
}

TEST_F(LocalPlannerTest, RejectsAModelThatNoRouteServes) {
  snapshot_.routing.routes[0].pattern = "gpt-*";

  const auto decision = planner_.plan(request(), snapshot_, kStart);

  EXPECT_EQ(std::get<routing::Rejection>(decision).reason, routing::RejectionReason::kNoRoute);
}

}  // namespace
}  // namespace balancer::gateway
