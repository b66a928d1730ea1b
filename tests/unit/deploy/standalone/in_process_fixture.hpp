// A control plane, and I/O threads of a gateway in the same process.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/time/clock.hpp"
#include "deploy/standalone/in_process_decision_client.hpp"
#include "tests/unit/controlplane/domain/sample_config.hpp"
#include "tests/unit/gateway/controlplane_client/io_thread.hpp"

namespace balancer::standalone {

inline controlplane::Config shared_by_all(controlplane::Config config) {
  config.snapshot.response_sharing = {.coalescing = true, .caching = true};
  return config;
}

// One I/O thread with its client.
class Served {
 public:
  explicit Served(controlplane::ControlPlane& control_plane) {
    io_.run([&] { client_ = std::make_unique<InProcessDecisionClient>(control_plane, io_.wheel(), "gw-test"); });
  }
  ~Served() { leave(); }
  Served(const Served&) = delete;
  Served& operator=(const Served&) = delete;

  void leave() {
    io_.run([&] { client_.reset(); });
  }
  // Calls on the thread.
  template <class Function>
  void with_client(Function function) {
    io_.run([&] { function(*client_); });
  }
  // What `request` refers to lives until this returns.
  routing::RoutingDecision decide(const gateway::DecisionRequest& request, const Snapshot& snapshot) {
    return io_.spawn(ask(request, snapshot)).get();
  }
  void report(routing::AttemptReport report) {
    with_client([&](gateway::DecisionClient& client) { client.report(std::move(report)); });
  }

 private:
  asio::awaitable<routing::RoutingDecision> ask(gateway::DecisionRequest request, const Snapshot& snapshot) {
    co_return co_await client_->decide(request, snapshot);
  }

  gateway::IoThread io_;
  std::unique_ptr<InProcessDecisionClient> client_;
};

class InProcessFixture : public testing::Test {
 protected:
  controlplane::ControlPlane& serve(const controlplane::Config& config) {
    next_.config = config;
    control_plane_ = std::make_unique<controlplane::ControlPlane>(config, [this] { return next_; }, clock_);
    return *control_plane_;
  }
  void reload(const controlplane::Config& config) {
    next_.config = config;
    (void)control_plane_->reload();
  }
  [[nodiscard]] const Snapshot& snapshot() {
    config_ = control_plane_->config();
    return config_->snapshot;
  }

  static gateway::DecisionRequest request(std::string_view model = "claude") {
    return {.model = model, .pinned_provider = {}, .session_key = {}, .caller = {}};
  }
  static gateway::DecisionRequest request(const RequestSignature& signature) {
    gateway::DecisionRequest shared = request();
    shared.signature = signature;
    return shared;
  }
  // By the names of `snapshot`; empty for anything but a plan.
  static std::vector<std::string> names_of(const routing::RoutingDecision& decision, const Snapshot& snapshot) {
    std::vector<std::string> names;
    const auto* plan = std::get_if<routing::AttemptPlan>(&decision);
    if (plan == nullptr) return names;
    for (const routing::Candidate& candidate : plan->candidates) {
      names.push_back(snapshot.providers.at(candidate.provider).name);
    }
    return names;
  }
  [[nodiscard]] std::int64_t in_flight(const std::string& provider) const {
    return control_plane_->provider_status(provider)->in_flight_count;
  }

  const SystemClock clock_;
  controlplane::ConfigLoad next_;
  std::unique_ptr<controlplane::ControlPlane> control_plane_;
  std::shared_ptr<const controlplane::Config> config_;
};

}  // namespace balancer::standalone
