#include "controlplane/rpc/snapshot_watch.hpp"

#include <gmock/gmock.h>

#include "balancer/controlplane/v1/admin.grpc.pb.h"
#include "balancer/controlplane/v1/config.grpc.pb.h"
#include "tests/unit/controlplane/rpc/served_control_plane.hpp"

namespace balancer::controlplane {
namespace {

using namespace std::chrono_literals;
using routing::AttemptOutcome;

class SnapshotWatchTest : public testing::Test {
 protected:
  void SetUp() override {
    set_generous_deadline(context_);
    v1::WatchSnapshotRequest request;
    request.mutable_gateway()->set_id("g1");
    request.mutable_gateway()->set_version("1.0");
    watch_ = v1::ConfigService::NewStub(served_.channel)->WatchSnapshot(&context_, request);
  }
  void TearDown() override {
    if (watch_ == nullptr) return;
    context_.TryCancel();
    watch_->Finish();
  }

  v1::WatchSnapshotResponse read() {
    v1::WatchSnapshotResponse response;
    EXPECT_TRUE(watch_->Read(&response));
    return response;
  }

  void acknowledge(std::uint64_t version, const std::string& rejection_reason) {
    grpc::ClientContext context;
    set_generous_deadline(context);
    v1::AcknowledgeSnapshotRequest request;
    request.mutable_gateway()->set_id("g1");
    request.set_snapshot_version(version);
    request.set_rejection_reason(rejection_reason);
    v1::AcknowledgeSnapshotResponse response;
    EXPECT_TRUE(
        v1::ConfigService::NewStub(served_.channel)->AcknowledgeSnapshot(&context, request, &response).ok());
  }

  v1::GetServerInfoResponse server_info() {
    grpc::ClientContext context;
    set_generous_deadline(context);
    v1::GetServerInfoResponse info;
    EXPECT_TRUE(v1::AdminService::NewStub(served_.channel)->GetServerInfo(&context, {}, &info).ok());
    return info;
  }

  ServedControlPlane served_{impatient(sample_config({"a", "b"}))};
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<v1::WatchSnapshotResponse>> watch_;
};

TEST_F(SnapshotWatchTest, BeginsWithTheSnapshotAndEveryState) {
  const v1::WatchSnapshotResponse first = read();

  EXPECT_EQ(first.snapshot().version(), 1u);
  EXPECT_FALSE(first.snapshot().epoch().empty());
  EXPECT_EQ(first.snapshot().providers_size(), 2);
  EXPECT_EQ(first.snapshot().providers(0).credential(), "credential-of-a");
  ASSERT_EQ(first.provider_statuses_size(), 2);
  EXPECT_EQ(first.provider_statuses(0).provider(), "a");
  EXPECT_EQ(first.provider_statuses(0).state(), v1::PROVIDER_STATE_HEALTHY);
}

TEST_F(SnapshotWatchTest, SendsANewConfigurationAndThenTheStatesOfItsProviders) {
  read();
  served_.next_load.config = sample_config({"b", "c"});

  served_.control_plane.reload();

  const v1::WatchSnapshotResponse changed = read();
  EXPECT_EQ(changed.snapshot().version(), 2u);
  EXPECT_EQ(changed.provider_statuses_size(), 0);
  const v1::WatchSnapshotResponse states = read();
  EXPECT_FALSE(states.has_snapshot());
  ASSERT_EQ(states.provider_statuses_size(), 2);
  EXPECT_EQ(states.provider_statuses(1).provider(), "c");
}

TEST_F(SnapshotWatchTest, TellsAtOnceThatAProviderCoolsAndThatItRecovered) {
  read();

  served_.control_plane.record(attempt_report("b", AttemptOutcome::kTransient), served_.ledger);
  const v1::WatchSnapshotResponse cooling = read();
  EXPECT_FALSE(cooling.has_snapshot());
  ASSERT_EQ(cooling.provider_statuses_size(), 1);
  EXPECT_EQ(cooling.provider_statuses(0).provider(), "b");
  EXPECT_EQ(cooling.provider_statuses(0).state(), v1::PROVIDER_STATE_COOLING);
  EXPECT_GE(cooling.provider_statuses(0).remaining_cooldown().seconds(), 30);

  served_.clock.advance(181s);
  const Decision probing = served_.control_plane.decide(
      {.route = {.model = "claude", .pinned_provider = "b"}, .session_key = {}, .session_start = false, .dry_run = false},
      served_.ledger);
  ASSERT_TRUE(std::get<routing::AttemptPlan>(probing.outcome).candidates[0].probe);
  served_.control_plane.record(attempt_report("b", AttemptOutcome::kSuccess, /*probe=*/true), served_.ledger);
  const v1::WatchSnapshotResponse recovered = read();
  ASSERT_EQ(recovered.provider_statuses_size(), 1);
  EXPECT_EQ(recovered.provider_statuses(0).state(), v1::PROVIDER_STATE_HEALTHY);
}

TEST_F(SnapshotWatchTest, LeadsAGatewayThatFellBehindToTheNewestSnapshot) {
  read();
  for (int i = 0; i < 200; ++i) {
    served_.next_load.config = sample_config({"a", "provider-" + std::to_string(i)});
    served_.control_plane.reload();
  }

  std::uint64_t version = 1;
  while (version < 201) {
    const v1::WatchSnapshotResponse response = read();
    if (!response.has_snapshot()) continue;
    ASSERT_GT(response.snapshot().version(), version);
    version = response.snapshot().version();
  }
  EXPECT_EQ(version, 201u);
}

TEST_F(SnapshotWatchTest, ShowsOperatorsWhatItsGatewayAcknowledged) {
  read();

  acknowledge(1, "");
  acknowledge(2, "no providers");

  const v1::GetServerInfoResponse info = server_info();
  ASSERT_EQ(info.gateways_size(), 1);
  EXPECT_EQ(info.gateways(0).identity().id(), "g1");
  EXPECT_EQ(info.gateways(0).identity().version(), "1.0");
  EXPECT_EQ(info.gateways(0).snapshot_version(), 1u);
  EXPECT_EQ(info.gateways(0).rejection_reason(), "no providers");
}

TEST_F(SnapshotWatchTest, EndsAtOnceWhenTheServerShutsDown) {
  read();

  served_.server->shut_down(10s);

  v1::WatchSnapshotResponse none;
  EXPECT_FALSE(watch_->Read(&none));
  EXPECT_EQ(watch_->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_TRUE(served_.control_plane.gateways().list().empty());
  watch_.reset();
}

}  // namespace
}  // namespace balancer::controlplane
