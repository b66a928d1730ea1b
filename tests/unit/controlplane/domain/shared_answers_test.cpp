// Decisions about requests whose answers are shared.
#include "tests/unit/controlplane/domain/control_plane_fixture.hpp"
#include "tests/unit/controlplane/domain/sharing_parties.hpp"

namespace balancer::controlplane {
namespace {

using namespace std::chrono_literals;
using routing::SelectionStrategy;
using Where = routing::AnswerElsewhere::Where;

class SharedAnswersTest : public ControlPlaneFixture {
 protected:
  static Config caching(Config config) {
    config.snapshot.response_sharing.caching = true;
    config.cache.max_entries = 100;
    return config;
  }
  static DecisionQuery question(std::string_view session = {}) {
    DecisionQuery question = query(session);
    question.sharing = SharingQuery{.signature = signature(1)};
    return question;
  }
  routing::RoutingDecision decide(const DecisionQuery& query, AttemptLedger& ledger) {
    return control_plane_->decide(query, ledger).outcome;
  }
  static bool leads(const routing::RoutingDecision& decision) {
    const auto* plan = std::get_if<routing::AttemptPlan>(&decision);
    return plan != nullptr && plan->leads;
  }
  static bool is_plain_plan(const routing::RoutingDecision& decision) {
    const auto* plan = std::get_if<routing::AttemptPlan>(&decision);
    return plan != nullptr && !plan->leads;
  }
  static bool is_elsewhere(const routing::RoutingDecision& decision, Where where) {
    const auto* elsewhere = std::get_if<routing::AnswerElsewhere>(&decision);
    return elsewhere != nullptr && elsewhere->where == where;
  }

  AttemptLedger one_{std::make_shared<RecordingOwner>()};
  AttemptLedger other_{std::make_shared<RecordingOwner>()};
};

TEST_F(SharedAnswersTest, RequestsWithoutASignatureShareNothing) {
  serve(caching(sample_config({"a"})));

  EXPECT_TRUE(is_plain_plan(decide(query(), one_)));
  EXPECT_TRUE(is_plain_plan(decide(query(), other_)));
  EXPECT_EQ(control_plane_->responses().stats().miss_count, 0);
}

TEST_F(SharedAnswersTest, TheSecondOfTwoGatewaysWaitsForTheFirst) {
  serve(sample_config({"a"}));

  EXPECT_TRUE(leads(decide(question(), one_)));
  EXPECT_TRUE(is_elsewhere(decide(question(), other_), Where::kUnderWay));
}

TEST_F(SharedAnswersTest, AnAnswerElsewhereCostsNobodyATurnOrAnAttempt) {
  serve(caching(sample_config({"a", "b", "c"}, SelectionStrategy::kRoundRobin)));
  EXPECT_TRUE(leads(decide(question(), one_)));
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(is_elsewhere(decide(question("session"), other_), Where::kUnderWay));
  EXPECT_EQ(in_flight("a") + in_flight("b") + in_flight("c"), 1);

  EXPECT_EQ(ask().front(), "b") << "the turn after the leader's";
  EXPECT_EQ(ask("session").front(), "c") << "the session has no provider yet";
}

TEST_F(SharedAnswersTest, AnAnswerElsewhereTakesNoProbe) {
  serve(caching(sample_config({"a"})));
  control_plane_->responses().store(signature(1), answer_of("a"), /*cacheable=*/true);
  cool("a", 30s);
  clock_.advance(30s);

  EXPECT_TRUE(is_elsewhere(decide(question(), one_), Where::kCached));

  EXPECT_EQ(ask().front(), "a?");
}

TEST_F(SharedAnswersTest, ACachedAnswerComesWithTheDecisionHoweverLongItIs) {
  serve(caching(sample_config({"a"})));
  auto answer = std::make_shared<StoredAnswer>(*answer_of("a"));
  answer->message.append(1 << 20, ' ');
  control_plane_->responses().store(signature(1), answer, /*cacheable=*/true);
  clock_.advance(3s);

  const routing::RoutingDecision decision = decide(question(), one_);

  ASSERT_TRUE(is_elsewhere(decision, Where::kCached));
  const auto& found = std::get<routing::AnswerElsewhere>(decision).found;
  ASSERT_TRUE(found);
  EXPECT_EQ(found->answer, answer);
  EXPECT_EQ(found->age, 3s);
}

TEST_F(SharedAnswersTest, AStoredAnswerIsServedOnlyForTheModelThatWouldBeAskedNow) {
  serve(caching(sample_config({"a", "b"})));
  control_plane_->responses().store(signature(1), answer_of("b"), /*cacheable=*/true);
  EXPECT_TRUE(is_plain_plan(decide(question(), ledger_))) << "the fallback answered; its elder is well";

  cool("a");

  EXPECT_TRUE(is_elsewhere(decide(question(), ledger_), Where::kCached));
}

TEST_F(SharedAnswersTest, AModelThatIsPassedThroughIsTheClients) {
  Config config = caching(sample_config({"a"}));
  config.snapshot.routing.routes[0].targets[0].upstream_model.clear();
  serve(config);
  auto answer = std::make_shared<StoredAnswer>(*answer_of("a"));
  answer->upstream_model = "claude";

  control_plane_->responses().store(signature(1), answer, /*cacheable=*/true);

  EXPECT_TRUE(is_elsewhere(decide(question(), ledger_), Where::kCached));
}

TEST_F(SharedAnswersTest, WhoOnlyAsksLeadsNothingAndIsToldOfAPlan) {
  serve(caching(sample_config({"a"})));
  DecisionQuery only_asked = question();
  only_asked.dry_run = true;

  EXPECT_TRUE(is_plain_plan(decide(only_asked, one_)));
  EXPECT_TRUE(leads(decide(question(), one_)));
  EXPECT_TRUE(is_plain_plan(decide(only_asked, other_)));
}

TEST_F(SharedAnswersTest, ARequestThatCannotBeServedLeadsNothing) {
  serve(caching(sample_config({"a"})));
  DecisionQuery unserved = question();
  unserved.route.pinned_provider = "nobody";

  EXPECT_TRUE(std::holds_alternative<routing::Rejection>(decide(unserved, one_)));

  EXPECT_TRUE(leads(decide(question(), other_)));
}

TEST_F(SharedAnswersTest, ALedgerThatIsAbandonedEndsItsLeads) {
  serve(sample_config({"a"}));
  RecordingWaiter waiter;
  decide(question(), one_);
  ASSERT_TRUE(control_plane_->responses().join(signature(1), waiter));

  control_plane_->abandon(one_);

  EXPECT_EQ(waiter.told_count, 1);
  EXPECT_EQ(waiter.answer, nullptr);
  EXPECT_TRUE(leads(decide(question(), other_)));
}

TEST_F(SharedAnswersTest, AReloadThatTurnsTheCacheOffForgetsWhatWasStored) {
  const Config with_cache = caching(sample_config({"a"}));
  serve(with_cache);
  control_plane_->responses().store(signature(1), answer_of("a"), /*cacheable=*/true);
  EXPECT_TRUE(is_elsewhere(decide(question(), ledger_), Where::kCached));

  reload(sample_config({"a"}));
  EXPECT_TRUE(is_plain_plan(decide(question(), ledger_)));
  reload(with_cache);

  EXPECT_TRUE(is_plain_plan(decide(question(), ledger_)));
}

TEST_F(SharedAnswersTest, AReloadThatChangesSomethingElseKeepsWhatWasStored) {
  Config config = caching(sample_config({"a", "b"}));
  serve(config);
  control_plane_->responses().store(signature(1), answer_of("a"), /*cacheable=*/true);

  config.snapshot.routing.strategy = SelectionStrategy::kRoundRobin;
  reload(config);

  EXPECT_TRUE(is_elsewhere(decide(question(), ledger_), Where::kCached));
}

}  // namespace
}  // namespace balancer::controlplane
