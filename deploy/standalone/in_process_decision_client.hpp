// The DecisionClient of a gateway that shares its process with the control plane: asks it by a call, on the I/O thread.
// Says and hears all that a Decide stream would carry, and costs a request what the decision itself costs.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "common/async/timer_wheel.hpp"
#include "controlplane/domain/control_plane.hpp"
#include "gateway/controlplane_client/decision_client.hpp"
#include "gateway/controlplane_client/local_planner.hpp"

namespace balancer::standalone {

class InProcessDecisionClient final : public gateway::DecisionClient {
 public:
  // To be created, used and destroyed on the wheel's thread. The control plane outlives the client.
  InProcessDecisionClient(controlplane::ControlPlane& control_plane, TimerWheel& wheel, std::string gateway_id);
  // What it has under way ends at the control plane.
  ~InProcessDecisionClient() override;
  InProcessDecisionClient(const InProcessDecisionClient&) = delete;
  InProcessDecisionClient& operator=(const InProcessDecisionClient&) = delete;

  // Completes without being suspended.
  asio::awaitable<routing::RoutingDecision> decide(const gateway::DecisionRequest& request,
                                                   const Snapshot& snapshot) override;
  void report(routing::AttemptReport report) override;
  void report_request(routing::RequestSummary summary) override;
  void end_lead(const gateway::LeadEnd& end) override;
  void on_wanted(std::function<void(const RequestSignature&)> listener) override;
  bool is_cooling(std::string_view provider, std::string_view upstream_model) const override;

 private:
  class Leads;

  routing::RoutingDecision decide_now(const gateway::DecisionRequest& request, const Snapshot& snapshot);
  // For a request whose configuration shares no provider with what the control plane would have it sent to: between the
  // reload and its arrival here.
  routing::RoutingDecision plan_alone(const gateway::DecisionRequest& request, const Snapshot& snapshot);
  // The plan with the candidates that `snapshot` knows, by its own indexes. Nothing when it knows none of them.
  std::optional<routing::AttemptPlan> accept(routing::AttemptPlan plan, const Snapshot& made_with,
                                             const gateway::DecisionRequest& request, const Snapshot& snapshot);
  // The attempt that the plan began, and the lead if it is one, come to nothing.
  void hand_back(const routing::AttemptPlan& plan, const Snapshot& made_with,
                 const gateway::DecisionRequest& request);

  controlplane::ControlPlane& control_plane_;
  TimerWheel& wheel_;
  const std::string gateway_id_;
  const std::shared_ptr<Leads> leads_;
  controlplane::AttemptLedger ledger_;
  gateway::LocalPlanner planner_;
};

}  // namespace balancer::standalone
