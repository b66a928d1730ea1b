// Why requests go where they go, as a control plane tells it of its own decisions.
#include "tests/unit/controlplane/domain/observed_decisions.hpp"
#include "tests/unit/controlplane/domain/sharing_parties.hpp"

namespace balancer::controlplane {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

class ObservedReasonsTest : public ObservedDecisions {};

TEST_F(ObservedReasonsTest, NamesTheProviderThatCools) {
  serve(sample_config({"a", "b"}));
  cool("a");

  decide(request("r1"));

  EXPECT_EQ(newest().reason, "b: first by priority; a is cooling");
  EXPECT_EQ(newest().explanation->targets[1].verdict, routing::TargetVerdict::kCooling);
}

TEST_F(ObservedReasonsTest, TellsThatASessionStaysAndWhyItMoves) {
  serve(sample_config({"a", "b"}, routing::SelectionStrategy::kRoundRobin));
  decide(request("r1", "s"));
  EXPECT_EQ(newest().reason, "a: next in turn");
  decide(request("r2", "s"));
  EXPECT_EQ(newest().reason, "a: the session stays with it");

  cool("a");
  decide(request("r3", "s"));

  EXPECT_EQ(newest().reason, "b: the session's provider a is cooling");
}

TEST_F(ObservedReasonsTest, TellsThatASessionsProviderIsConfiguredNoMore) {
  serve(sample_config({"a", "b"}));
  decide(request("r1", "s"));
  reload(sample_config({"b"}));

  decide(request("r2", "s"));

  EXPECT_EQ(newest().reason, "b: the session's provider a serves that model no longer");
}

// The provider serves the route under another model's name: the session begins anew.
TEST_F(ObservedReasonsTest, DoesNotBlameAUsableProviderForASessionThatMoves) {
  serve(sample_config({"a", "b"}));
  decide(request("r1", "s"));
  Config changed = sample_config({"b", "a"});
  changed.snapshot.routing.routes[0].targets[1].upstream_model = "newer-model-at-a";
  reload(changed);

  decide(request("r2", "s"));

  EXPECT_THAT(newest().reason, testing::Not(HasSubstr("a is usable")));
}

TEST_F(ObservedReasonsTest, TellsOfProbesAndLastResorts) {
  serve(sample_config({"a"}));
  cool("a", 30s);
  decide(request("r1"));
  EXPECT_THAT(newest().reason, HasSubstr("every provider of the route cools"));

  clock_.advance(30s);
  decide(request("r2"));

  EXPECT_THAT(newest().reason, HasSubstr("its cooldown is over"));
}

TEST_F(ObservedReasonsTest, TellsWhyARequestIsRefused) {
  Config config = sample_config({"a"});
  config.snapshot.routing.routes[0].pattern = "gpt";
  serve(config);

  decide(request("r1"));

  EXPECT_FALSE(newest().reason.empty());
  EXPECT_EQ(newest().reason, newest().explanation->rejection);
  EXPECT_THAT(control_plane_->activity().counts().decisions, ElementsAre(Pair("no_route", 1)));
}

TEST_F(ObservedReasonsTest, TellsThatAnAnswerIsStoredOrUnderWay) {
  Config config = sample_config({"a"});
  config.snapshot.response_sharing.caching = true;
  config.cache.max_entries = 100;
  serve(config);
  control_plane_->responses().store(signature(1), answer_of("a"), /*cacheable=*/true);
  DecisionQuery asked = request("r1");
  asked.sharing = SharingQuery{.signature = signature(1)};

  decide(asked);

  EXPECT_EQ(newest().reason, "answered from the cache");
  EXPECT_THAT(control_plane_->activity().counts().decisions, ElementsAre(Pair("hit", 1)));
}

}  // namespace
}  // namespace balancer::controlplane
