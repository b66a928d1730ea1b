#include "gateway/controlplane_client/control_plane_link.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <variant>

#include "tests/fakes/temp_dir.hpp"
#include "tests/unit/gateway/controlplane_client/decide_transport.hpp"
#include "tests/unit/gateway/controlplane_client/fake_controlplane.hpp"
#include "tests/unit/gateway/controlplane_client/io_thread.hpp"

namespace balancer::gateway {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

v1::WatchSnapshotResponse message_of(v1::Snapshot snapshot) {
  v1::WatchSnapshotResponse message;
  *message.mutable_snapshot() = std::move(snapshot);
  return message;
}

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

class ControlPlaneLinkTest : public testing::TestWithParam<DecideTransport> {
 protected:
  ControlPlaneLinkTest() {
    control_plane_.answer([](const v1::RouteQuery&) { return plan_of({"b", "a"}); });
  }
  ~ControlPlaneLinkTest() override {
    disconnect();
  }

  void connect() {
    link_ = std::make_unique<ControlPlaneLink>(
        connect_control_plane(control_plane_.target()),
        ControlPlaneLinkSettings{
            .target = told_target(control_plane_.target(), GetParam()),
            .gateway_id = "gateway-1", .snapshot_cache_file = cache_file(), .decision_deadline = 1s},
        [this](std::shared_ptr<const Snapshot> snapshot) -> std::optional<std::string> {
          const std::lock_guard lock(mutex_);
          if (snapshot->version == refused_version_) return "not this one";
          snapshots_.push_back(std::move(snapshot));
          return std::nullopt;
        });
    link_->start();
    io_.run([&] { client_ = link_->make_decision_client(io_.wheel()); });
  }

  void disconnect() {
    io_.run([&] { client_.reset(); });
    link_.reset();
  }

  [[nodiscard]] std::string cache_file() const { return folder_ / "snapshot"; }

  [[nodiscard]] std::vector<std::uint64_t> versions() {
    const std::lock_guard lock(mutex_);
    std::vector<std::uint64_t> versions;
    for (const auto& snapshot : snapshots_) versions.push_back(snapshot->version);
    return versions;
  }

  [[nodiscard]] bool acknowledged(std::size_t count) {
    return control_plane_.wait_until([&] { return control_plane_.acknowledgements().size() >= count; });
  }

  // "3" when version 3 was applied, "3: why" when it was refused.
  [[nodiscard]] std::vector<std::string> acknowledgements() {
    std::vector<std::string> texts;
    for (const auto& message : control_plane_.acknowledgements()) {
      EXPECT_EQ(message.gateway().id(), "gateway-1");
      texts.push_back(std::to_string(message.snapshot_version()) +
                      (message.rejection_reason().empty() ? "" : ": " + message.rejection_reason()));
    }
    std::sort(texts.begin(), texts.end());
    return texts;
  }

  asio::awaitable<routing::RoutingDecision> ask() {
    const auto snapshot = [&] {
      const std::lock_guard lock(mutex_);
      return snapshots_.back();
    }();
    const DecisionRequest request{.model = "claude", .pinned_provider = {}, .session_key = {}, .caller = {}};
    co_return co_await client_->decide(request, *snapshot);
  }

  [[nodiscard]] routing::AttemptPlan plan() { return std::get<routing::AttemptPlan>(io_.spawn(ask()).get()); }

  fakes::TempDir folder_;
  FakeControlPlane control_plane_;
  IoThread io_;
  std::mutex mutex_;
  std::vector<std::shared_ptr<const Snapshot>> snapshots_;
  std::uint64_t refused_version_ = 0;
  std::unique_ptr<ControlPlaneLink> link_;
  std::unique_ptr<DecisionClient> client_;
};

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

TEST_P(ControlPlaneLinkTest, NoticesTheLossAndTheReturnOfTheControlPlane) {
  control_plane_.publish(message_of(valid_snapshot(1)));
  control_plane_.start();
  connect();
  ASSERT_TRUE(acknowledged(1));
  ASSERT_TRUE(control_plane_.wait_until([&] { return plan().route == "from the control plane"; }));

  control_plane_.stop();
  EXPECT_TRUE(control_plane_.wait_until([&] { return !link_->connected(); }));
  EXPECT_EQ(plan().route, "*");
  control_plane_.start();

  EXPECT_TRUE(control_plane_.wait_until([&] { return link_->connected(); }));
  EXPECT_TRUE(control_plane_.wait_until([&] { return plan().route == "from the control plane"; }));
  EXPECT_THAT(versions(), ElementsAre(1)) << "the same snapshot is not applied twice";
}

TEST_P(ControlPlaneLinkTest, IsNotConnectedWhileTheControlPlaneDoesNotAnswer) {
  control_plane_.publish(message_of(valid_snapshot(1)));
  control_plane_.start();
  connect();
  ASSERT_TRUE(control_plane_.wait_until([&] { return link_->connected() && !versions().empty(); }));
  control_plane_.answer(nullptr);

  EXPECT_TRUE(control_plane_.wait_until([&] {
    static_cast<void>(plan());
    return !link_->connected();
  }));

  control_plane_.answer([](const v1::RouteQuery&) { return plan_of({"b", "a"}); });
  EXPECT_TRUE(control_plane_.wait_until([&] { return plan().route == "from the control plane"; }));
  EXPECT_TRUE(link_->connected());
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

TEST_P(ControlPlaneLinkTest, TellsDecisionClientsWhichProvidersCool) {
  auto message = message_of(valid_snapshot(1));
  v1::ProviderStatus& status = *message.add_provider_statuses();
  status.set_provider("a");
  status.set_state(v1::PROVIDER_STATE_COOLING);
  status.mutable_remaining_cooldown()->set_seconds(60);
  control_plane_.publish(message);
  control_plane_.start();
  connect();
  ASSERT_TRUE(acknowledged(1));
  control_plane_.stop();

  EXPECT_TRUE(control_plane_.wait_until([&] {
    const auto candidates = plan().candidates;
    return candidates.size() == 1 && candidates[0].provider == 1;
  }));
}

TEST_P(ControlPlaneLinkTest, TellsANewControlPlaneWhatItsPredecessorKnew) {
  auto message = message_of(valid_snapshot(1));
  v1::ProviderStatus& cooling = *message.add_provider_statuses();
  cooling.set_provider("a");
  cooling.set_state(v1::PROVIDER_STATE_COOLING);
  cooling.mutable_remaining_cooldown()->set_seconds(600);
  cooling.set_last_error("HTTP 529");
  v1::ProviderStatus& limited = *message.add_provider_statuses();
  limited.set_provider("b");
  limited.set_state(v1::PROVIDER_STATE_HEALTHY);
  v1::ModelCooldown& model = *limited.add_cooling_models();
  model.set_upstream_model("m");
  model.mutable_remaining_cooldown()->set_seconds(300);
  control_plane_.publish(message);
  control_plane_.start();
  connect();
  ASSERT_TRUE(acknowledged(1));
  EXPECT_EQ(control_plane_.acknowledgements()[0].known_statuses_size(), 0) << "it said so itself";

  auto of_another = valid_snapshot(1);
  of_another.set_epoch("second");
  control_plane_.publish(message_of(of_another));

  ASSERT_TRUE(acknowledged(2));
  const auto known = control_plane_.acknowledgements()[1].known_statuses();
  ASSERT_EQ(known.size(), 2);
  EXPECT_EQ(known[0].provider(), "a");
  EXPECT_EQ(known[0].state(), v1::PROVIDER_STATE_COOLING);
  EXPECT_NEAR(static_cast<double>(known[0].remaining_cooldown().seconds()), 600, 30);
  EXPECT_EQ(known[0].last_error(), "HTTP 529");
  EXPECT_EQ(known[1].state(), v1::PROVIDER_STATE_HEALTHY);
  ASSERT_EQ(known[1].cooling_models_size(), 1);
  EXPECT_EQ(known[1].cooling_models(0).upstream_model(), "m");
}

// It would send requests to a provider that cools, whose success would then end the cooldown for everybody.
TEST_P(ControlPlaneLinkTest, AsksANewControlPlaneNothingBeforeItKnowsWhatItsPredecessorKnew) {
  auto message = message_of(valid_snapshot(1));
  v1::ProviderStatus& cooling = *message.add_provider_statuses();
  cooling.set_provider("a");
  cooling.set_state(v1::PROVIDER_STATE_COOLING);
  cooling.mutable_remaining_cooldown()->set_seconds(600);
  control_plane_.publish(message);
  control_plane_.answer([](const v1::RouteQuery&) { return plan_of({"a"}); });
  control_plane_.start();
  connect();
  ASSERT_TRUE(acknowledged(1));
  ASSERT_TRUE(control_plane_.wait_until([&] { return plan().candidates[0].provider == 0; })) << "the plan that is sent";
  ASSERT_TRUE(control_plane_.wait_until([&] { return link_->connected(); }));
  control_plane_.stop();
  auto ignorant = valid_snapshot(1);
  ignorant.set_epoch("second");
  auto restarted = message_of(ignorant);
  for (const char* const name : {"a", "b"}) {
    v1::ProviderStatus& well = *restarted.add_provider_statuses();
    well.set_provider(name);
    well.set_state(v1::PROVIDER_STATE_HEALTHY);
  }
  control_plane_.publish(restarted);
  control_plane_.hold_acknowledgements();
  const std::size_t streams = control_plane_.decide_stream_count();

  control_plane_.start();

  ASSERT_TRUE(acknowledged(2));
  ASSERT_TRUE(control_plane_.wait_until([&] { return control_plane_.decide_stream_count() > streams; }));
  const std::size_t asked = control_plane_.queries().size();
  for (int i = 0; i < 20; ++i) EXPECT_EQ(plan().candidates[0].provider, 1u) << "planned here, where it is known";
  EXPECT_EQ(control_plane_.queries().size(), asked);
  EXPECT_FALSE(link_->connected());

  control_plane_.release_acknowledgements();

  EXPECT_TRUE(control_plane_.wait_until([&] { return plan().candidates[0].provider == 0; }));
  EXPECT_TRUE(link_->connected());
}

TEST_P(ControlPlaneLinkTest, TellsTheSameControlPlaneNothingThatItKnows) {
  auto message = message_of(valid_snapshot(1));
  v1::ProviderStatus& status = *message.add_provider_statuses();
  status.set_provider("a");
  status.set_state(v1::PROVIDER_STATE_COOLING);
  status.mutable_remaining_cooldown()->set_seconds(600);
  control_plane_.publish(message);
  control_plane_.start();
  connect();
  ASSERT_TRUE(acknowledged(1));

  control_plane_.publish(message_of(valid_snapshot(2)));

  ASSERT_TRUE(acknowledged(2));
  EXPECT_EQ(control_plane_.acknowledgements()[1].known_statuses_size(), 0);
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
