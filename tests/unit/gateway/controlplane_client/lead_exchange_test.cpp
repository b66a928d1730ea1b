// Signatures, leads and their ends over the Decide stream.
#include <functional>
#include <future>
#include <optional>
#include <vector>

#include "tests/unit/gateway/controlplane_client/stable_decision_client_fixture.hpp"

namespace balancer::gateway {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using Where = routing::AnswerElsewhere::Where;

RequestSignature named(std::uint8_t name) {
  RequestSignature signature;
  signature.digest.fill(name);
  return signature;
}

std::string bytes_of(const RequestSignature& signature) {
  return {signature.digest.begin(), signature.digest.end()};
}

v1::RouteDecision leading_plan(const std::vector<std::string>& providers) {
  v1::RouteDecision decision = plan_of(providers);
  decision.mutable_plan()->set_cache_outcome(v1::CACHE_OUTCOME_MISS_LEAD);
  return decision;
}

v1::RouteDecision elsewhere(v1::CacheOutcome outcome) {
  v1::RouteDecision decision;
  decision.mutable_answer_elsewhere()->set_cache_outcome(outcome);
  return decision;
}

v1::RouteDecision hit_with_answer() {
  v1::RouteDecision decision = elsewhere(v1::CACHE_OUTCOME_HIT);
  v1::StoredAnswer& answer = *decision.mutable_answer_elsewhere()->mutable_answer();
  answer.set_message("{}");
  answer.set_provider("a");
  answer.set_upstream_model("model-a");
  answer.set_input_token_count(11);
  answer.set_output_token_count(5);
  decision.mutable_answer_elsewhere()->mutable_answer_age()->set_seconds(9);
  return decision;
}

class LeadExchangeTest : public StableDecisionClientFixture {
 protected:
  LeadExchangeTest() { control_plane_.start(); }

  static DecisionRequest question(std::optional<RequestSignature> signature) {
    DecisionRequest request;
    request.model = "claude";
    request.signature = signature;
    request.max_output_token_count = 77;
    return request;
  }
  routing::RoutingDecision ask_about(std::optional<RequestSignature> signature) {
    return io_.spawn(ask(question(signature))).get().decision;
  }
  bool leads(std::optional<RequestSignature> signature) {
    return std::get<routing::AttemptPlan>(ask_about(signature)).leads;
  }
  void end_lead(const RequestSignature& signature) {
    LeadEnd end;
    end.signature = signature;
    end.local_join_count = 3;
    end.input_token_count = 4;
    end.output_token_count = 5;
    io_.run([&] { client_->end_lead(end); });
  }
  // Everything sent so far has been heard.
  void wait_for_all() {
    const std::size_t asked = control_plane_.queries().size();
    ask_about(std::nullopt);
    ASSERT_TRUE(control_plane_.wait_until([&] { return control_plane_.queries().size() > asked; }));
  }
};

TEST_P(LeadExchangeTest, TheControlPlaneHearsWhatIsAsked) {
  connect(1s);
  DecisionRequest request = question(named(1));
  request.wants_fresh_answer = true;

  io_.spawn(ask(request)).get();
  ask_about(std::nullopt);

  ASSERT_THAT(control_plane_.queries(), SizeIs(2));
  EXPECT_EQ(control_plane_.queries()[0].signature(), bytes_of(named(1)));
  EXPECT_EQ(control_plane_.queries()[0].max_output_token_count(), 77);
  EXPECT_TRUE(control_plane_.queries()[0].wants_fresh_answer());
  EXPECT_TRUE(control_plane_.queries()[1].signature().empty());
}

TEST_P(LeadExchangeTest, SaysWhereTheAnswerIs) {
  connect(1s);
  control_plane_.answer([](const v1::RouteQuery&) { return elsewhere(v1::CACHE_OUTCOME_HIT); });
  EXPECT_EQ(std::get<routing::AnswerElsewhere>(ask_about(named(1))).where, Where::kCached);
  control_plane_.answer([](const v1::RouteQuery&) { return elsewhere(v1::CACHE_OUTCOME_JOIN); });
  EXPECT_EQ(std::get<routing::AnswerElsewhere>(ask_about(named(1))).where, Where::kUnderWay);
}

TEST_P(LeadExchangeTest, AStoredAnswerMayComeAlong) {
  connect(1s);
  control_plane_.answer([](const v1::RouteQuery&) { return hit_with_answer(); });

  const auto elsewhere = std::get<routing::AnswerElsewhere>(ask_about(named(1)));

  EXPECT_EQ(elsewhere.where, Where::kCached);
  ASSERT_TRUE(elsewhere.found);
  EXPECT_EQ(elsewhere.found->answer->message, "{}");
  EXPECT_EQ(elsewhere.found->answer->provider, "a");
  EXPECT_EQ(elsewhere.found->answer->upstream_model, "model-a");
  EXPECT_EQ(elsewhere.found->answer->input_token_count, 11);
  EXPECT_EQ(elsewhere.found->answer->output_token_count, 5);
  EXPECT_EQ(elsewhere.found->age, 9s);
}

TEST_P(LeadExchangeTest, AnAnswerThatDidNotComeAlongOrIsNoneIsStillElsewhere) {
  connect(1s);
  for (const auto& spoil : std::vector<std::function<void(v1::AnswerElsewhere&)>>{
           [](v1::AnswerElsewhere& message) { message.clear_answer(); },
           [](v1::AnswerElsewhere& message) { message.mutable_answer()->clear_message(); },
           [](v1::AnswerElsewhere& message) { message.mutable_answer()->set_input_token_count(-1); },
           [](v1::AnswerElsewhere& message) { message.mutable_answer()->set_output_token_count(-1); }}) {
    control_plane_.answer([&](const v1::RouteQuery&) {
      v1::RouteDecision decision = hit_with_answer();
      spoil(*decision.mutable_answer_elsewhere());
      return decision;
    });
    const auto elsewhere = std::get<routing::AnswerElsewhere>(ask_about(named(1)));
    EXPECT_EQ(elsewhere.where, Where::kCached);
    EXPECT_FALSE(elsewhere.found);
  }
}

TEST_P(LeadExchangeTest, NoAnswerIsYoungerThanNow) {
  connect(1s);
  control_plane_.answer([](const v1::RouteQuery&) {
    v1::RouteDecision decision = hit_with_answer();
    decision.mutable_answer_elsewhere()->mutable_answer_age()->set_seconds(-5);
    return decision;
  });

  EXPECT_EQ(std::get<routing::AnswerElsewhere>(ask_about(named(1))).found->age, 0s);
}

TEST_P(LeadExchangeTest, AnAnswerUnderWayIsWaitedForWhateverCameAlong) {
  connect(1s);
  control_plane_.answer([](const v1::RouteQuery&) {
    v1::RouteDecision decision = hit_with_answer();
    decision.mutable_answer_elsewhere()->set_cache_outcome(v1::CACHE_OUTCOME_JOIN);
    return decision;
  });

  const auto elsewhere = std::get<routing::AnswerElsewhere>(ask_about(named(1)));

  EXPECT_EQ(elsewhere.where, Where::kUnderWay);
  EXPECT_FALSE(elsewhere.found);
}

TEST_P(LeadExchangeTest, AnAnswerElsewhereThatNobodyAskedForOrNobodyKnowsIsPlannedHere) {
  connect(1s);
  control_plane_.answer([](const v1::RouteQuery&) { return elsewhere(v1::CACHE_OUTCOME_HIT); });
  EXPECT_TRUE(std::holds_alternative<routing::AttemptPlan>(ask_about(std::nullopt)));
  control_plane_.answer([](const v1::RouteQuery&) { return elsewhere(v1::CACHE_OUTCOME_BYPASS); });
  EXPECT_TRUE(std::holds_alternative<routing::AttemptPlan>(ask_about(named(1))));
}

TEST_P(LeadExchangeTest, ALeadIsEndedOnceWithWhatItCameTo) {
  connect(1s);
  control_plane_.answer([](const v1::RouteQuery&) { return leading_plan({"a"}); });
  ASSERT_TRUE(leads(named(1)));

  end_lead(named(1));
  end_lead(named(1));
  wait_for_all();

  ASSERT_THAT(control_plane_.lead_ends(), SizeIs(1));
  const v1::LeadEnd end = control_plane_.lead_ends().front();
  EXPECT_EQ(end.signature(), bytes_of(named(1)));
  EXPECT_EQ(end.local_join_count(), 3);
  EXPECT_EQ(end.input_token_count(), 4);
  EXPECT_EQ(end.output_token_count(), 5);
}

TEST_P(LeadExchangeTest, ARequestWithoutASignatureNeverLeads) {
  connect(1s);
  control_plane_.answer([](const v1::RouteQuery&) { return leading_plan({"a"}); });

  EXPECT_FALSE(leads(std::nullopt));
}

TEST_P(LeadExchangeTest, APlanThatIsMadeHereDoesNotLead) {
  control_plane_.stop();
  connect();

  EXPECT_FALSE(leads(named(1)));
  end_lead(named(1));
}

TEST_P(LeadExchangeTest, ALeadThatBeganTooLateIsGivenBack) {
  control_plane_.answer([](const v1::RouteQuery&) { return std::nullopt; });
  connect(20ms);
  ASSERT_TRUE(control_plane_.wait_until([&] {
    EXPECT_FALSE(leads(named(1)));
    return !control_plane_.queries().empty();
  }));
  const std::uint64_t id = control_plane_.queries().front().id();

  control_plane_.answer_late(id, leading_plan({"a"}));

  ASSERT_TRUE(control_plane_.wait_until([&] { return control_plane_.lead_ends().size() == 1; }));
  EXPECT_EQ(control_plane_.lead_ends().front().signature(), bytes_of(named(1)));
}

TEST_P(LeadExchangeTest, ALeadWithAPlanOfNoUseIsGivenBack) {
  connect(1s);
  control_plane_.answer([](const v1::RouteQuery&) { return leading_plan({"unknown"}); });

  EXPECT_FALSE(leads(named(1)));

  ASSERT_TRUE(control_plane_.wait_until([&] { return control_plane_.lead_ends().size() == 1; }));
}

// The lead was for the provider that was put first; what is used instead is this gateway's own affair.
TEST_P(LeadExchangeTest, ALeadWhosePlanBeginsWithAnUnknownProviderIsGivenBackAndThePlanUsed) {
  connect(1s);
  control_plane_.answer([](const v1::RouteQuery&) { return leading_plan({"unknown", "b"}); });

  const routing::RoutingDecision decision = ask_about(named(1));

  const auto& plan = std::get<routing::AttemptPlan>(decision);
  EXPECT_FALSE(plan.leads);
  EXPECT_EQ(plan.candidates.front().provider, 1u);
  ASSERT_TRUE(control_plane_.wait_until([&] { return control_plane_.lead_ends().size() == 1; }));
}

TEST_P(LeadExchangeTest, AStreamsEndHasEndedItsLeads) {
  connect(1s);
  control_plane_.answer([](const v1::RouteQuery&) { return leading_plan({"a"}); });
  ASSERT_TRUE(leads(named(1)));
  control_plane_.break_decide_streams();
  ASSERT_TRUE(control_plane_.wait_until([&] { return leads(named(1)); })) << "a new lead, on a new stream";

  end_lead(named(1));
  wait_for_all();
  const std::size_t after_first = control_plane_.lead_ends().size();
  end_lead(named(1));
  wait_for_all();

  EXPECT_EQ(after_first, 0u) << "the former lead is not taken for the new one";
  EXPECT_THAT(control_plane_.lead_ends(), SizeIs(1));
}

TEST_P(LeadExchangeTest, HearsThatSomebodyWaitsForALead) {
  connect(1s);
  std::vector<RequestSignature> wanted;
  io_.run([&] { client_->on_wanted([&](const RequestSignature& signature) { wanted.push_back(signature); }); });
  control_plane_.answer([](const v1::RouteQuery&) { return leading_plan({"a"}); });
  ASSERT_TRUE(leads(named(1)));

  control_plane_.push_wanted("too short");
  control_plane_.push_wanted(bytes_of(named(2)));
  control_plane_.push_wanted(bytes_of(named(1)));

  EXPECT_TRUE(control_plane_.wait_until([&] {
    bool heard = false;
    io_.run([&] { heard = !wanted.empty(); });
    return heard;
  }));
  io_.run([&] { EXPECT_THAT(wanted, ElementsAre(named(1))); });
}

INSTANTIATE_OVER_BOTH_TRANSPORTS(LeadExchangeTest);

}  // namespace
}  // namespace balancer::gateway
