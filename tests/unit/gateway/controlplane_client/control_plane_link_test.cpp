#include "gateway/controlplane_client/control_plane_link.hpp"

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/unit/gateway/controlplane_client/control_plane_link_fixture.hpp"

namespace balancer::gateway {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Has one answer to everything.
class NearResponses final : public ResponseClient {
 public:
  asio::awaitable<Result<FoundAnswer>> fetch(RequestSignature) override {
    co_return FoundAnswer{std::make_shared<StoredAnswer>(), 42ms};
  }
  asio::awaitable<Result<FoundAnswer>> join(RequestSignature signature, std::chrono::milliseconds,
                                            std::function<void(std::function<void()>)>) override {
    return fetch(signature);
  }
  asio::awaitable<Result<void>> store(RequestSignature, StoredAnswer, bool) override { co_return Result<void>(); }
};

class ControlPlaneLinkTest : public ControlPlaneLinkFixture {};

TEST_P(ControlPlaneLinkTest, AppliesAndAcknowledgesSnapshots) {
  control_plane_.start();
  control_plane_.publish(message_of(valid_snapshot(1)));
  connect();
  ASSERT_TRUE(acknowledged(1));
  control_plane_.publish(message_of(valid_snapshot(2)));

  ASSERT_TRUE(acknowledged(2));
  EXPECT_THAT(versions(), ElementsAre(1, 2));
  EXPECT_THAT(acknowledgements(), ElementsAre("1", "2"));
  EXPECT_TRUE(link_->connected());
}

TEST_P(ControlPlaneLinkTest, RefusesBadSnapshotsWithAReasonAndKeepsTheOldOne) {
  control_plane_.start();
  control_plane_.publish(message_of(valid_snapshot(1)));
  connect();
  ASSERT_TRUE(acknowledged(1));
  auto dangling = valid_snapshot(2);
  dangling.mutable_routes(0)->mutable_targets(0)->set_provider("ghost");
  control_plane_.publish(message_of(dangling));
  v1::Snapshot empty;
  empty.set_version(3);
  control_plane_.publish(message_of(empty));
  {
    const std::lock_guard lock(mutex_);
    refused_version_ = 4;
  }
  control_plane_.publish(message_of(valid_snapshot(4)));

  ASSERT_TRUE(acknowledged(4));
  EXPECT_THAT(acknowledgements(), ElementsAre("1", HasSubstr("2: route *: there is no provider ghost"),
                                              "3: the snapshot has no providers", "4: not this one"));
  EXPECT_THAT(versions(), ElementsAre(1));
  EXPECT_TRUE(link_->connected());
}

TEST_P(ControlPlaneLinkTest, RefusesAnOlderVersionOfTheSameControlPlaneOnly) {
  control_plane_.start();
  control_plane_.publish(message_of(valid_snapshot(5)));
  connect();
  ASSERT_TRUE(acknowledged(1));
  control_plane_.publish(message_of(valid_snapshot(4)));
  ASSERT_TRUE(acknowledged(2));
  auto of_another = valid_snapshot(1);
  of_another.set_epoch("second");
  control_plane_.publish(message_of(of_another));

  ASSERT_TRUE(acknowledged(3));
  EXPECT_THAT(versions(), ElementsAre(5, 1));
  EXPECT_THAT(acknowledgements(), ElementsAre("1", HasSubstr("4: older than version 5"), "5"));
}

TEST_P(ControlPlaneLinkTest, StartsFromTheCachedSnapshotWithoutAControlPlane) {
  control_plane_.start();
  control_plane_.publish(message_of(valid_snapshot(9)));
  connect();
  ASSERT_TRUE(control_plane_.wait_until([&] { return std::filesystem::exists(cache_file()); }));
  disconnect();
  control_plane_.stop();
  {
    const std::lock_guard lock(mutex_);
    snapshots_.clear();
  }

  connect();

  EXPECT_THAT(versions(), ElementsAre(9));
  EXPECT_FALSE(link_->connected());
  EXPECT_EQ(plan().route, "*");
}

TEST_P(ControlPlaneLinkTest, StartsWithoutSnapshotWhenTheCacheIsCorrupt) {
  std::ofstream(cache_file()) << "balancer snapshot 1\nnonsense that is long enough to hold a digest of some bytes";
  ASSERT_EQ(::chmod(cache_file().c_str(), 0600), 0);

  connect();
  EXPECT_THAT(versions(), IsEmpty());

  control_plane_.publish(message_of(valid_snapshot(1)));
  control_plane_.start();
  ASSERT_TRUE(acknowledged(1));
  EXPECT_THAT(versions(), ElementsAre(1));
}

TEST_P(ControlPlaneLinkTest, ListsProvidersAndReloads) {
  v1::ListProvidersResponse listing;
  v1::ProviderListing& listed = *listing.add_providers();
  listed.set_name("a");
  listed.set_enabled(true);
  listed.mutable_status()->set_state(v1::PROVIDER_STATE_COOLING);
  listed.mutable_status()->mutable_remaining_cooldown()->set_seconds(3);
  control_plane_.set_listing(listing);
  v1::ReloadConfigResponse reload;
  v1::ConfigProblem& problem = *reload.add_problems();
  problem.set_severity(v1::PROBLEM_SEVERITY_ERROR);
  problem.set_file("config.yaml");
  problem.set_line(12);
  problem.set_column(5);
  problem.set_path("providers[2].base_url");
  problem.set_message("no host");
  control_plane_.set_reload_response(reload);
  control_plane_.start();
  connect();
  ASSERT_TRUE(control_plane_.wait_until([&] { return bool(io_.spawn(link_->list_providers()).get()); }));

  const auto providers = io_.spawn(link_->list_providers()).get();
  const auto reloaded = io_.spawn(link_->reload_config()).get();

  ASSERT_TRUE(providers);
  EXPECT_EQ(providers->providers.at(0).status, "cooling");
  EXPECT_FALSE(providers->providers.at(0).healthy);
  EXPECT_EQ(providers->providers.at(0).remaining_cooldown, 3s);
  ASSERT_TRUE(reloaded);
  EXPECT_THAT(reloaded->problems, ElementsAre("config.yaml:12:5: error: providers[2].base_url: no host"));
}

TEST_P(ControlPlaneLinkTest, AdministrationFailsAsUnavailableWithoutAControlPlane) {
  connect();

  const auto providers = io_.spawn(link_->list_providers()).get();

  ASSERT_FALSE(providers);
  EXPECT_EQ(providers.error().code, ErrorCode::kUnavailable);
}

TEST_P(ControlPlaneLinkTest, AnswersAreToBeHadOfANearControlPlaneIfThereIsOne) {
  connect();
  ResponseClient& far = link_->responses();
  ResponseClient* over_channel = nullptr;
  const auto make_near = [&](ResponseClient& given) {
    over_channel = &given;
    return std::make_unique<NearResponses>();
  };

  ControlPlaneLink near(connect_control_plane(control_plane_.target()),
                        {.gateway_id = "gateway-2", .near = {.responses = make_near}},
                        [](const auto&) -> std::optional<std::string> { return std::nullopt; });

  EXPECT_EQ(io_.spawn(near.responses().fetch(RequestSignature())).get()->age, 42ms);
  EXPECT_EQ(io_.spawn(over_channel->fetch(RequestSignature())).get().error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(io_.spawn(far.fetch(RequestSignature())).get().error().code, ErrorCode::kUnavailable);
}

INSTANTIATE_OVER_BOTH_TRANSPORTS(ControlPlaneLinkTest);

}  // namespace
}  // namespace balancer::gateway
