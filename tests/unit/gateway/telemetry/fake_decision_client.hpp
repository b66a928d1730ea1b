// Remembers the summaries; plans nothing.
#pragma once

#include <utility>
#include <vector>

#include "gateway/controlplane_client/decision_client.hpp"

namespace balancer::gateway {

class FakeDecisionClient final : public DecisionClient {
 public:
  [[nodiscard]] const std::vector<routing::RequestSummary>& summaries() const { return summaries_; }

  void report_request(routing::RequestSummary summary) override { summaries_.push_back(std::move(summary)); }

  asio::awaitable<routing::RoutingDecision> decide(const DecisionRequest&, const Snapshot&) override {
    co_return routing::Rejection{.reason = routing::RejectionReason::kNoRoute, .message = {}};
  }
  void report(routing::AttemptReport) override {}
  void end_lead(const LeadEnd&) override {}
  void on_wanted(std::function<void(const RequestSignature&)>) override {}
  bool is_cooling(std::string_view, std::string_view) const override { return false; }

 private:
  std::vector<routing::RequestSummary> summaries_;
};

}  // namespace balancer::gateway
