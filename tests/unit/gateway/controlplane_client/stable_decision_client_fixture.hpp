// A decision client of one I/O thread, and the control plane that it asks.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "gateway/controlplane_client/control_plane_link.hpp"
#include "gateway/controlplane_client/snapshot_decoding.hpp"
#include "gateway/controlplane_client/stable_decision_client.hpp"
#include "tests/unit/gateway/controlplane_client/decide_transport.hpp"
#include "tests/unit/gateway/controlplane_client/fake_controlplane.hpp"
#include "tests/unit/gateway/controlplane_client/io_thread.hpp"

namespace balancer::gateway {

// Far above what a busy machine adds, far below what a request would notice as a hang.
inline constexpr std::chrono::milliseconds kSlack{1'000};
inline constexpr std::chrono::milliseconds kDeadline{50};

struct Decided {
  routing::RoutingDecision decision;
  std::chrono::steady_clock::duration waited{};

  // Names of the candidates, with the route that says who planned.
  [[nodiscard]] std::vector<std::size_t> providers() const {
    std::vector<std::size_t> indexes;
    for (const auto& candidate : std::get<routing::AttemptPlan>(decision).candidates) {
      indexes.push_back(candidate.provider);
    }
    return indexes;
  }
  [[nodiscard]] bool by_control_plane() const {
    const auto* plan = std::get_if<routing::AttemptPlan>(&decision);
    return plan != nullptr && plan->route == "from the control plane";
  }
};

class StableDecisionClientFixture : public testing::TestWithParam<DecideTransport> {
 protected:
  StableDecisionClientFixture() {
    control_plane_.answer([](const v1::RouteQuery&) { return plan_of({"b", "a"}); });
  }
  ~StableDecisionClientFixture() override {
    io_.run([&] { client_.reset(); });
  }

  void connect(std::chrono::milliseconds deadline = kDeadline) {
    const std::string target = control_plane_.target();
    connect(connect_control_plane(target), told_target(target, GetParam()), deadline);
  }

  void connect(const std::shared_ptr<grpc::Channel>& channel, const std::string& told, std::chrono::milliseconds deadline) {
    io_.run([&] {
      client_ = std::make_unique<StableDecisionClient>(decide_call_starter(channel, told), io_.wheel(), deadline, news_,
                                                       "gw-test", 1);
    });
  }

  asio::awaitable<Decided> ask(std::string model) {
    const DecisionRequest request{.model = model, .pinned_provider = {}, .session_key = {}, .caller = {}};
    co_return co_await ask(request);
  }

  // What the request refers to must live until completion.
  asio::awaitable<Decided> ask(DecisionRequest request) {
    const auto start = std::chrono::steady_clock::now();
    Decided decided;
    decided.decision = co_await client_->decide(request, snapshot_);
    decided.waited = std::chrono::steady_clock::now() - start;
    co_return decided;
  }

  Decided decide(std::string model = "claude") { return io_.spawn(ask(std::move(model))).get(); }

  // All in one turn of the loop.
  std::vector<Decided> decide_together(std::size_t count) {
    std::vector<std::future<Decided>> futures;
    io_.run([&] {
      for (std::size_t i = 0; i < count; ++i) futures.push_back(io_.spawn(ask("model-" + std::to_string(i))));
    });
    std::vector<Decided> decisions;
    for (auto& future : futures) decisions.push_back(future.get());
    return decisions;
  }

  // Until the control plane's word is heard again.
  [[nodiscard]] bool answered_eventually() {
    return control_plane_.wait_until([&] { return decide().by_control_plane(); });
  }

  void report(std::string provider, int status) {
    routing::AttemptReport attempt;
    attempt.provider = std::move(provider);
    attempt.status = status;
    io_.run([&] { client_->report(attempt); });
  }

  FakeControlPlane control_plane_;
  Snapshot snapshot_ = decode_snapshot(valid_snapshot(1)).value();
  std::shared_ptr<ControlPlaneNews> news_ = std::make_shared<ControlPlaneNews>();
  IoThread io_;
  std::unique_ptr<StableDecisionClient> client_;
};

}  // namespace balancer::gateway
