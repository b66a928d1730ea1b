// Requests as a control plane lists them.
#pragma once

#include <string>

#include "balancer/controlplane/v1/admin.pb.h"

namespace balancer::controlplane::cli {

inline v1::ObservedRequest running_request(const std::string& id) {
  v1::ObservedRequest request;
  request.set_running(true);
  request.mutable_time()->set_seconds(1'700'000'000);
  request.set_gateway_id("gw-1");
  request.set_reason("A: first by priority");
  request.mutable_summary()->set_request_id(id);
  request.mutable_summary()->set_model("claude-sonnet-4-5");
  return request;
}

inline v1::ObservedRequest request_that_failed_over() {
  v1::ObservedRequest request = running_request("req_11");
  request.set_running(false);
  v1::RequestSummary& summary = *request.mutable_summary();
  summary.set_caller("alice");
  summary.set_route("*sonnet*");
  summary.set_cache_outcome(v1::CACHE_OUTCOME_MISS_LEAD);
  summary.set_status(200);
  summary.set_outcome(v1::ATTEMPT_OUTCOME_SUCCESS);
  summary.mutable_total_time()->set_seconds(12);
  summary.mutable_time_to_first_byte()->set_nanos(840'000'000);
  summary.set_provider("B");
  summary.set_upstream_model("big");
  summary.set_upstream_request_id("msg_77");
  summary.set_input_token_count(1'200);
  summary.set_output_token_count(80);
  v1::AttemptSummary& first = *summary.add_attempts();
  first.set_provider("A");
  first.set_upstream_model("small");
  first.set_outcome(v1::ATTEMPT_OUTCOME_TRANSIENT);
  first.set_status(529);
  first.set_detail("HTTP 529 overloaded_error");
  first.mutable_total_time()->set_nanos(200'000'000);
  v1::AttemptSummary& second = *summary.add_attempts();
  second.set_provider("B");
  second.set_outcome(v1::ATTEMPT_OUTCOME_SUCCESS);
  second.mutable_total_time()->set_seconds(11);
  v1::ExplainRouteResponse& explanation = *request.mutable_explanation();
  explanation.set_route("*sonnet*");
  explanation.set_selection_strategy(v1::SELECTION_STRATEGY_PRIORITY);
  v1::ExplainedTarget& target = *explanation.add_targets();
  target.set_provider("A");
  target.set_upstream_model("small");
  target.set_position(1);
  target.set_verdict(v1::TARGET_VERDICT_USABLE);
  return request;
}

inline v1::ListRequestsResponse two_requests() {
  v1::ListRequestsResponse response;
  *response.add_requests() = running_request("req_12");
  *response.add_requests() = request_that_failed_over();
  return response;
}

}  // namespace balancer::controlplane::cli
