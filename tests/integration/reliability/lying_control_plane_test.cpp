// A control plane that sends what nobody can use, or answers with nothing but errors, takes nothing from anybody: the
// gateway serves on by its last good configuration, says what is wrong, and hears the truth when it comes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tests/integration/reliability/conversation.hpp"
#include "tests/integration/support/eventually.hpp"
#include "tests/integration/support/load.hpp"
#include "tests/integration/support/stack.hpp"
#include "tests/unit/gateway/controlplane_client/fake_controlplane.hpp"

namespace balancer::integration {
namespace {

using namespace std::chrono_literals;
namespace v1 = balancer::controlplane::v1;
using gateway::plan_of;
using testing::IsEmpty;

constexpr std::uint64_t kVersion = 5;

v1::WatchSnapshotResponse message_of(const v1::Snapshot& snapshot) {
  v1::WatchSnapshotResponse message;
  *message.mutable_snapshot() = snapshot;
  return message;
}

// The bytes of that field are no message: they end within a number.
template <class Message>
Message unreadable(int field) {
  Message message;
  message.GetReflection()->MutableUnknownFields(&message)->AddLengthDelimited(field, "\x0a\xff\xff");
  return message;
}

class LyingControlPlaneTest : public testing::Test {
 protected:
  LyingControlPlaneTest() {
    first_.always(answers("from the first"));
    second_.always(answers("from the second"));
    control_plane_.answer([](const v1::RouteQuery&) { return plan_of({"a"}); });
  }

  // With "a" and "b" at these providers.
  static v1::Snapshot snapshot(std::uint64_t version, const fakes::FakeProvider& a, const fakes::FakeProvider& b) {
    v1::Snapshot snapshot = gateway::valid_snapshot(version);
    snapshot.mutable_providers(0)->set_base_url(a.base_url());
    snapshot.mutable_providers(1)->set_base_url(b.base_url());
    return snapshot;
  }

  void start(const v1::WatchSnapshotResponse& first_word) {
    control_plane_.publish(first_word);
    control_plane_.start();
    gateway_.emplace(Command{"balancer-gateway",
                             {"--control-plane", control_plane_.target(), "--listen", "127.0.0.1:0", "--admin-listen",
                              "127.0.0.1:0"},
                             {}});
  }
  void start_well() {
    start(message_of(snapshot(kVersion, first_, second_)));
    ASSERT_TRUE(eventually([&] { return ready(); }));
    ASSERT_TRUE(eventually([&] { return metric("balancer_gateway_control_plane_connected") == 1; }));
  }

  [[nodiscard]] bool ready() const { return gateway_->admin().get("/readyz").status == 200; }
  [[nodiscard]] double metric(std::string_view name) const { return gateway_->metric(name).value_or(-1); }
  [[nodiscard]] LoadOptions load() const { return {.ports = {gateway_->listening().port("http")}, .clients = 4}; }
  [[nodiscard]] bool was_told(const std::string& reason) const {
    const auto said = control_plane_.acknowledgements();
    return std::any_of(said.begin(), said.end(), [&](const v1::AcknowledgeSnapshotRequest& acknowledgement) {
      return acknowledgement.rejection_reason().find(reason) != std::string::npos;
    });
  }

  fakes::FakeProvider first_;
  fakes::FakeProvider second_;
  gateway::FakeControlPlane control_plane_;
  std::optional<RunningGateway> gateway_;
};

struct Lie {
  std::string name;
  // What becomes of a configuration that would be good.
  std::function<v1::WatchSnapshotResponse(v1::Snapshot good)> told;
  std::string reason;
};

std::vector<Lie> lies() {
  return {
      {"Empty", [](const v1::Snapshot&) { return message_of(v1::Snapshot()); }, "no providers"},
      {"NoProviders",
       [](v1::Snapshot good) {
         good.clear_providers();
         good.clear_routes();
         return message_of(good);
       },
       "no providers"},
      {"UnknownProviderType",
       [](v1::Snapshot good) {
         good.mutable_providers(1)->set_type(static_cast<v1::ProviderType>(77));
         return message_of(good);
       },
       "unknown type 77"},
      {"UnknownStrategy",
       [](v1::Snapshot good) {
         good.set_selection_strategy(static_cast<v1::SelectionStrategy>(77));
         return message_of(good);
       },
       "strategy"},
      {"RouteToNobody",
       [](v1::Snapshot good) {
         good.mutable_routes(0)->mutable_targets(0)->set_provider("ghost");
         return message_of(good);
       },
       "there is no provider ghost"},
      {"Unreadable",
       [](const v1::Snapshot&) {
         return unreadable<v1::WatchSnapshotResponse>(v1::WatchSnapshotResponse::kSnapshotFieldNumber);
       },
       "cannot be read"},
  };
}

std::vector<Lie> later_lies() {
  std::vector<Lie> all = lies();
  all.push_back({"Older",
                 [](v1::Snapshot good) {
                   good.set_version(kVersion - 1);
                   return message_of(good);
                 },
                 "older than version 5"});
  return all;
}

std::string name_of(const testing::TestParamInfo<Lie>& instance) { return instance.param.name; }

class LyingConfigurationTest : public LyingControlPlaneTest, public testing::WithParamInterface<Lie> {};

TEST_P(LyingConfigurationTest, ChangesNothingAndIsRefusedWithItsReason) {
  start_well();
  SteadyLoad traffic(load());
  traffic.wait_for_answers(20);

  // Were it taken, "a" would be the second.
  control_plane_.publish(GetParam().told(snapshot(kVersion + 1, second_, second_)));
  ASSERT_TRUE(control_plane_.wait_until([&] { return was_told(GetParam().reason); }));
  traffic.wait_for_answers(100);

  EXPECT_GE(metric("balancer_gateway_config_rejected_total"), 1);
  EXPECT_EQ(metric("balancer_gateway_snapshot_version"), kVersion);
  EXPECT_EQ(second_.request_count(), 0u);

  control_plane_.publish(message_of(snapshot(kVersion + 2, second_, second_)));
  EXPECT_TRUE(second_.wait_for_requests(10));
  EXPECT_EQ(metric("balancer_gateway_snapshot_version"), kVersion + 2);
  EXPECT_THAT(traffic.stop().failures, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Told, LyingConfigurationTest, testing::ValuesIn(later_lies()), name_of);

class LyingFirstWordTest : public LyingConfigurationTest {};

TEST_P(LyingFirstWordTest, LeavesAGatewayWaitingForTheTruth) {
  start(GetParam().told(snapshot(kVersion, first_, second_)));
  ASSERT_TRUE(control_plane_.wait_until([&] { return was_told(GetParam().reason); }));

  EXPECT_FALSE(ready());
  EXPECT_EQ(gateway_->admin().get("/livez").status, 200);
  EXPECT_EQ(ask(gateway_->client()).status, 503);

  control_plane_.publish(message_of(snapshot(kVersion + 1, first_, second_)));
  EXPECT_TRUE(eventually([&] { return ready(); }));
  EXPECT_EQ(text_of(ask(gateway_->client())), "from the first");
}

INSTANTIATE_TEST_SUITE_P(Told, LyingFirstWordTest, testing::ValuesIn(lies()), name_of);

struct Fable {
  std::string name;
  gateway::FakeControlPlane::Script answered;
};

std::vector<Fable> fables() {
  const auto always = [](v1::RouteDecision decision) {
    return [decision](const v1::RouteQuery&) { return std::optional(decision); };
  };
  v1::RouteDecision unknown_outcome = plan_of({"a"});
  unknown_outcome.mutable_plan()->set_cache_outcome(static_cast<v1::CacheOutcome>(77));
  v1::RouteDecision unknown_rejection;
  unknown_rejection.mutable_rejection()->set_reason(static_cast<v1::RejectionReason>(77));
  v1::RouteDecision nowhere;
  nowhere.mutable_answer_elsewhere()->set_cache_outcome(v1::CACHE_OUTCOME_HIT);
  v1::RouteDecision joined_by_nobody;
  joined_by_nobody.mutable_answer_elsewhere()->set_cache_outcome(v1::CACHE_OUTCOME_JOIN);
  v1::RouteDecision unknown_elsewhere;
  unknown_elsewhere.mutable_answer_elsewhere()->set_cache_outcome(static_cast<v1::CacheOutcome>(77));
  return {
      {"AProviderThatIsNot", always(plan_of({"ghost"}))},
      {"NoCandidate", always(plan_of({}))},
      {"NoOutcome", always(v1::RouteDecision())},
      {"AnUnknownCacheOutcome", always(unknown_outcome)},
      {"AnUnknownRejection", always(unknown_rejection)},
      {"AnAnswerThatIsNotStored", always(nowhere)},
      {"AnAnswerThatNobodyMakes", always(joined_by_nobody)},
      {"AnUnknownElsewhere", always(unknown_elsewhere)},
      {"WhatCannotBeRead", always(unreadable<v1::RouteDecision>(v1::RouteDecision::kPlanFieldNumber))},
  };
}

class LyingDecisionTest : public LyingControlPlaneTest, public testing::WithParamInterface<Fable> {};

TEST_P(LyingDecisionTest, IsReplacedByTheGatewaysOwnAndTheNextIsHeard) {
  start_well();
  SteadyLoad traffic(load());
  traffic.wait_for_answers(20);
  const std::size_t asked = control_plane_.queries().size();

  control_plane_.answer(GetParam().answered);
  traffic.wait_for_answers(100);

  EXPECT_GT(control_plane_.queries().size(), asked);
  EXPECT_EQ(second_.request_count(), 0u);

  control_plane_.answer([](const v1::RouteQuery&) { return plan_of({"b"}); });
  EXPECT_TRUE(second_.wait_for_requests(10));
  EXPECT_THAT(traffic.stop().failures, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Of, LyingDecisionTest, testing::ValuesIn(fables()),
                         [](const testing::TestParamInfo<Fable>& instance) { return instance.param.name; });

class FailingCallsTest : public LyingControlPlaneTest, public testing::WithParamInterface<grpc::StatusCode> {};

TEST_P(FailingCallsTest, CostNobodyAnythingAndEndWithTheFault) {
  start_well();
  SteadyLoad traffic(load());
  traffic.wait_for_answers(20);

  control_plane_.fail_calls(GetParam());
  ASSERT_TRUE(eventually([&] { return metric("balancer_gateway_control_plane_connected") == 0; }));
  traffic.wait_for_answers(200);
  EXPECT_EQ(metric("balancer_gateway_snapshot_version"), kVersion);

  control_plane_.answer([](const v1::RouteQuery&) { return plan_of({"b"}); });
  control_plane_.fail_calls(grpc::StatusCode::OK);
  EXPECT_TRUE(eventually([&] { return metric("balancer_gateway_control_plane_connected") == 1; }));
  EXPECT_TRUE(second_.wait_for_requests(10));
  EXPECT_THAT(traffic.stop().failures, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(With, FailingCallsTest,
                         testing::Values(grpc::StatusCode::UNIMPLEMENTED, grpc::StatusCode::RESOURCE_EXHAUSTED,
                                         grpc::StatusCode::INTERNAL, grpc::StatusCode::UNAUTHENTICATED),
                         [](const testing::TestParamInfo<grpc::StatusCode>& instance) {
                           return "Status" + std::to_string(static_cast<int>(instance.param));
                         });

}  // namespace
}  // namespace balancer::integration
