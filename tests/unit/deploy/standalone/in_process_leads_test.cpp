#include <condition_variable>
#include <limits>
#include <mutex>
#include <thread>

#include "tests/unit/controlplane/domain/sharing_parties.hpp"
#include "tests/unit/deploy/standalone/in_process_fixture.hpp"

namespace balancer::standalone {
namespace {

using controlplane::RecordingWaiter;
using controlplane::sample_config;
using controlplane::signature;
using routing::AnswerElsewhere;
using routing::AttemptPlan;
using routing::RoutingDecision;
using testing::ElementsAre;
using testing::IsEmpty;

bool leads(const RoutingDecision& decision) {
  const auto* plan = std::get_if<AttemptPlan>(&decision);
  return plan != nullptr && plan->leads;
}

bool is_under_way(const RoutingDecision& decision) {
  const auto* elsewhere = std::get_if<AnswerElsewhere>(&decision);
  return elsewhere != nullptr && elsewhere->where == AnswerElsewhere::Where::kUnderWay;
}

class InProcessLeadsTest : public InProcessFixture {
 protected:
  InProcessLeadsTest() { serve(shared_by_all(sample_config({"a", "b"}))); }

  controlplane::SharedResponses& responses() { return control_plane_->responses(); }
  // Returns when the thread has done all that was posted to it so far.
  static void settle(Served& gateway) {
    gateway.with_client([](gateway::DecisionClient&) {});
  }
  static void end_lead(Served& gateway, std::uint32_t number, std::int64_t local_joins = 0) {
    gateway::LeadEnd end;
    end.signature = signature(number);
    end.local_join_count = local_joins;
    end.output_token_count = local_joins > 0 ? std::numeric_limits<std::int64_t>::max() : 0;
    gateway.with_client([&](gateway::DecisionClient& client) { client.end_lead(end); });
  }
  std::vector<RequestSignature>& listen(Served& gateway) {
    auto heard = std::make_shared<std::vector<RequestSignature>>();
    gateway.with_client([&](gateway::DecisionClient& client) {
      client.on_wanted([heard](const RequestSignature& wanted) { heard->push_back(wanted); });
    });
    heard_.push_back(heard);
    return *heard;
  }

 private:
  std::vector<std::shared_ptr<std::vector<RequestSignature>>> heard_;
};

TEST_F(InProcessLeadsTest, OneRequestLeadsAndTheOthersAreSentToItsAnswer) {
  Served one(*control_plane_);
  Served other(*control_plane_);

  EXPECT_TRUE(leads(one.decide(request(signature(1)), snapshot())));
  EXPECT_TRUE(is_under_way(other.decide(request(signature(1)), snapshot())));
  EXPECT_TRUE(leads(other.decide(request(signature(2)), snapshot())));
}

TEST_F(InProcessLeadsTest, AnEndedLeadIsLedAnewAndItsWaitersAreTold) {
  Served one(*control_plane_);
  (void)one.decide(request(signature(1)), snapshot());
  RecordingWaiter waiter;
  ASSERT_TRUE(responses().join(signature(1), waiter));

  end_lead(one, 1);

  EXPECT_EQ(waiter.told_count, 1);
  EXPECT_TRUE(leads(one.decide(request(signature(1)), snapshot())));
}

TEST_F(InProcessLeadsTest, NobodyEndsTheLeadOfAnother) {
  Served one(*control_plane_);
  Served other(*control_plane_);
  (void)one.decide(request(signature(1)), snapshot());

  end_lead(other, 1);

  EXPECT_TRUE(is_under_way(other.decide(request(signature(1)), snapshot())));
}

TEST_F(InProcessLeadsTest, CountsTheJoinsOfTheEndWithinBounds) {
  Served one(*control_plane_);
  (void)one.decide(request(signature(1)), snapshot());

  end_lead(one, 1, 3);

  EXPECT_EQ(responses().stats().join_count, 3);
  EXPECT_EQ(responses().stats().saved_output_token_count, 3'000'000'000);
}

TEST_F(InProcessLeadsTest, LeadsEndWithTheClient) {
  Served one(*control_plane_);
  Served other(*control_plane_);
  (void)one.decide(request(signature(1)), snapshot());

  one.leave();

  EXPECT_TRUE(leads(other.decide(request(signature(1)), snapshot())));
}

TEST_F(InProcessLeadsTest, TellsOnItsOwnThreadThatOthersWait) {
  Served one(*control_plane_);
  std::thread::id told_on;
  std::thread::id own;
  std::vector<RequestSignature> heard;
  one.with_client([&](gateway::DecisionClient& client) {
    own = std::this_thread::get_id();
    client.on_wanted([&](const RequestSignature& wanted) {
      told_on = std::this_thread::get_id();
      heard.push_back(wanted);
    });
  });
  (void)one.decide(request(signature(1)), snapshot());
  RecordingWaiter waiter;

  ASSERT_TRUE(responses().join(signature(1), waiter));
  settle(one);

  EXPECT_THAT(heard, ElementsAre(signature(1)));
  EXPECT_EQ(told_on, own);
  ASSERT_TRUE(responses().leave(signature(1), waiter));
}

TEST_F(InProcessLeadsTest, DoesNotTellOfALeadThatHasEndedMeanwhile) {
  Served one(*control_plane_);
  std::vector<RequestSignature>& heard = listen(one);
  (void)one.decide(request(signature(1)), snapshot());
  RecordingWaiter waiter;

  one.with_client([&](gateway::DecisionClient& client) {
    ASSERT_TRUE(responses().join(signature(1), waiter));
    gateway::LeadEnd end;
    end.signature = signature(1);
    client.end_lead(end);
  });
  settle(one);

  EXPECT_THAT(heard, IsEmpty());
}

TEST_F(InProcessLeadsTest, TellsNothingOnceTheClientIsGone) {
  auto one = std::make_unique<Served>(*control_plane_);
  std::vector<RequestSignature>& heard = listen(*one);
  (void)one->decide(request(signature(1)), snapshot());
  RecordingWaiter waiter;

  // On its way to the thread when the client goes, and the thread with it.
  one->with_client([&](gateway::DecisionClient&) { ASSERT_TRUE(responses().join(signature(1), waiter)); });
  one.reset();

  EXPECT_EQ(waiter.told_count, 1);
  EXPECT_LE(heard.size(), 1U);
  EXPECT_FALSE(responses().join(signature(1), waiter));
}

TEST_F(InProcessLeadsTest, ALeadThatCannotBeUsedEndsAtOnce) {
  Served one(*control_plane_);
  const Snapshot of_request = shared_by_all(sample_config({"b"})).snapshot;

  const RoutingDecision decision = one.decide(request(signature(1)), of_request);

  EXPECT_THAT(names_of(decision, of_request), ElementsAre("b"));
  EXPECT_FALSE(leads(decision));
  EXPECT_EQ(responses().stats().lead_count, 0);
}

// Can be told on another thread while its own one leaves.
class PatientWaiter final : public controlplane::AnswerWaiter {
 public:
  void on_answer(const controlplane::SharedAnswer&) override {
    const std::lock_guard lock(mutex_);
    told_ = true;
    changed_.notify_one();
  }
  void wait_until_told() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return told_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool told_ = false;
};

// Leads begin, are wanted and end on two threads that also come and go.
TEST_F(InProcessLeadsTest, EveryLeadHasOneEndWhoeverComesAndGoes) {
  constexpr int kClients = 20;
  constexpr int kRequests = 100;
  const std::shared_ptr<const controlplane::Config> config = control_plane_->config();
  const auto come_and_go = [&] {
    for (int i = 0; i < kClients; ++i) {
      Served gateway(*control_plane_);
      gateway.with_client([](gateway::DecisionClient& client) { client.on_wanted([](const RequestSignature&) {}); });
      for (std::uint32_t number = 0; number < kRequests; ++number) {
        const RoutingDecision decision = gateway.decide(request(signature(number % 4)), config->snapshot);
        PatientWaiter waiter;
        const bool waits = is_under_way(decision) && responses().join(signature(number % 4), waiter);
        if (waits && !responses().leave(signature(number % 4), waiter)) waiter.wait_until_told();
        // Every tenth is left to the end of the client.
        if (leads(decision) && number % 10 != 0) end_lead(gateway, number % 4);
      }
    }
  };

  std::thread one(come_and_go);
  std::thread other(come_and_go);
  one.join();
  other.join();

  EXPECT_EQ(responses().stats().lead_count, 0);
}

}  // namespace
}  // namespace balancer::standalone
