// A gateway's link to a control plane, with one I/O thread that asks it.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "gateway/controlplane_client/control_plane_link.hpp"
#include "tests/fakes/temp_dir.hpp"
#include "tests/unit/gateway/controlplane_client/decide_transport.hpp"
#include "tests/unit/gateway/controlplane_client/fake_controlplane.hpp"
#include "tests/unit/gateway/controlplane_client/io_thread.hpp"

namespace balancer::gateway {

inline v1::WatchSnapshotResponse message_of(v1::Snapshot snapshot) {
  v1::WatchSnapshotResponse message;
  *message.mutable_snapshot() = std::move(snapshot);
  return message;
}

class ControlPlaneLinkFixture : public testing::TestWithParam<DecideTransport> {
 protected:
  ControlPlaneLinkFixture() {
    control_plane_.answer([](const v1::RouteQuery&) { return plan_of({"b", "a"}); });
  }
  ~ControlPlaneLinkFixture() override { disconnect(); }

  void connect() {
    link_ = std::make_unique<ControlPlaneLink>(
        connect_control_plane(control_plane_.target()),
        ControlPlaneLinkSettings{
            .target = told_target(control_plane_.target(), GetParam()),
            .gateway_id = "gateway-1",
            .snapshot_cache_file = cache_file(),
            .decision_deadline = std::chrono::seconds(1)},
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

}  // namespace balancer::gateway
