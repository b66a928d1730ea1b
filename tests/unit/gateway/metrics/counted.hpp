// What a thread counts, without the times that not every request has.
#pragma once

#include <string_view>

#include "gateway/metrics/request_metrics.hpp"

namespace balancer::gateway {

inline CountedRequest request_of(std::string_view endpoint, int status, Seconds duration = Seconds(0)) {
  CountedRequest request;
  request.endpoint = endpoint;
  request.status = status;
  request.duration = duration;
  return request;
}

inline CountedAttempt attempt_of(std::string_view provider, std::string_view outcome, Seconds duration = Seconds(0)) {
  CountedAttempt attempt;
  attempt.provider = provider;
  attempt.outcome = outcome;
  attempt.duration = duration;
  return attempt;
}

// A successful one without a stream or tokens.
inline CountedOperation operation_of(std::string_view provider, std::string_view request_model,
                                     std::string_view upstream_model, Seconds duration = Seconds(0)) {
  CountedOperation operation;
  operation.name = "chat";
  operation.provider_type = "openai";
  operation.provider = provider;
  operation.request_model = request_model;
  operation.upstream_model = upstream_model;
  operation.duration = duration;
  return operation;
}

}  // namespace balancer::gateway
