#include "controlplane/rpc/activity_encoding.hpp"

#include "controlplane/rpc/admin_encoding.hpp"
#include "controlplane/rpc/routing_encoding.hpp"
#include "controlplane/rpc/time_encoding.hpp"

namespace balancer::controlplane {

v1::ObservedRequest encode(const ObservedRequest& request, const std::vector<ProviderStatus>& statuses) {
  v1::ObservedRequest message;
  encode(request.summary, *message.mutable_summary());
  message.set_running(request.running);
  *message.mutable_time() = encode_timestamp(request.time);
  message.set_gateway_id(request.gateway_id);
  message.set_reason(request.reason);
  if (request.explanation) {
    *message.mutable_explanation() = encode(*request.explanation, request.summary.model, statuses);
  }
  return message;
}

v1::GetTrafficResponse encode(const Traffic& traffic) {
  v1::GetTrafficResponse message;
  message.set_requests_per_second(traffic.rates.requests_per_second);
  message.set_errors_per_second(traffic.rates.errors_per_second);
  message.set_input_tokens_per_second(traffic.rates.input_tokens_per_second);
  message.set_output_tokens_per_second(traffic.rates.output_tokens_per_second);
  *message.mutable_step() = encode_duration(TrafficHistory::kStep);
  for (const TrafficStep& step : traffic.steps) {
    v1::TrafficStep& added = *message.add_steps();
    added.set_request_count(step.request_count);
    added.set_error_count(step.error_count);
    added.set_input_token_count(step.input_token_count);
    added.set_output_token_count(step.output_token_count);
  }
  return message;
}

}  // namespace balancer::controlplane
