// The DecisionClient that no control plane can fail: asks while answers come, plans here otherwise.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "common/async/timer_wheel.hpp"
#include "gateway/controlplane_client/control_plane_news.hpp"
#include "gateway/controlplane_client/decide_stream.hpp"
#include "gateway/controlplane_client/decision_client.hpp"
#include "gateway/controlplane_client/local_planner.hpp"
#include "gateway/controlplane_client/query_breaker.hpp"

namespace balancer::gateway {

class StableDecisionClient final : public DecisionClient {
 public:
  // To be created, used and destroyed on the wheel's thread.
  StableDecisionClient(DecideCallStarter start_call, TimerWheel& wheel, std::chrono::milliseconds deadline,
                       std::shared_ptr<ControlPlaneNews> news, std::string gateway_id, std::uint64_t seed);
  ~StableDecisionClient() override;
  StableDecisionClient(const StableDecisionClient&) = delete;
  StableDecisionClient& operator=(const StableDecisionClient&) = delete;

  asio::awaitable<routing::RoutingDecision> decide(const DecisionRequest& request, const Snapshot& snapshot) override;
  void report(routing::AttemptReport report) override;
  void report_request(routing::RequestSummary summary) override;
  void end_lead(const LeadEnd& end) override;
  void on_wanted(std::function<void(const RequestSignature&)> listener) override;
  bool is_cooling(std::string_view provider, std::string_view upstream_model) const override;

 private:
  void on_alive();
  void on_heard();
  void on_broken();
  void set_silent();
  void set_heard();

  TimerWheel& wheel_;
  const std::shared_ptr<ControlPlaneNews> news_;
  LocalPlanner planner_;
  QueryBreaker breaker_;
  bool silent_ = false;
  std::function<void(const RequestSignature&)> on_wanted_;
  std::shared_ptr<DecideStream> stream_;
  std::shared_ptr<const ControlPlaneNews::Listener> listener_;
};

}  // namespace balancer::gateway
