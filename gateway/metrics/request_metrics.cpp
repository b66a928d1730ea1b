#include "gateway/metrics/request_metrics.hpp"

#include <algorithm>
#include <string>

#include "common/metrics/status_label.hpp"
#include "gateway/metrics/merged_family.hpp"

namespace balancer::gateway {
namespace {

using prometheus::MetricType;

constexpr std::string_view kOperationName = "gen_ai_operation_name";
constexpr std::string_view kProviderName = "gen_ai_provider_name";
constexpr std::string_view kRequestModel = "gen_ai_request_model";

constexpr MetricName<2> kRequests{"balancer_gateway_requests_total", "Client requests by endpoint and HTTP status.",
                                  {"endpoint", "code"}};
constexpr MetricName<1> kDurations{"balancer_gateway_request_duration_seconds",
                                   "From a request's arrival to the last byte of its answer.",
                                   {"endpoint"}};
constexpr MetricName<0> kFirstBytes{"balancer_gateway_time_to_first_byte_seconds",
                                    "From a Messages request's arrival to the first byte that its client was sent.",
                                    {}};
constexpr MetricName<0> kOverheads{"balancer_gateway_overhead_seconds",
                                   "What the gateway itself took of a request: all but reading it and its attempts.",
                                   {}};
constexpr MetricName<2> kAttempts{"balancer_gateway_upstream_attempts_total", "Attempts at providers by their outcome.",
                                  {"provider", "outcome"}};
constexpr MetricName<2> kRetries{"balancer_gateway_retries_total",
                                 "Attempts that failed and that another one was made behind.",
                                 {"provider", "outcome"}};
constexpr MetricName<1> kAttemptDurations{"balancer_gateway_upstream_duration_seconds",
                                          "From connecting to a provider to the last byte of its answer.",
                                          {"provider"}};
constexpr MetricName<1> kAttemptFirstBytes{"balancer_gateway_upstream_time_to_first_byte_seconds",
                                           "From connecting to a provider to the head of its answer.",
                                           {"provider"}};
constexpr MetricName<3> kTokens{"balancer_gateway_tokens_total", "Tokens as providers counted them.",
                                {"provider", "model", "type"}};
constexpr MetricName<1> kRejections{"balancer_gateway_rejections_total", "Requests that no provider could be, or was to be, asked for.",
                                    {"reason"}};
constexpr MetricName<0> kOpenRequests{"balancer_gateway_open_requests", "Requests under way.", {}};
constexpr MetricName<0> kOpenStreams{"balancer_gateway_open_streams", "Event streams on their way to clients.", {}};
constexpr MetricName<4> kOperationDurations{"gen_ai_client_operation_duration_seconds",
                                            "GenAI operation duration (OpenTelemetry semantic conventions).",
                                            {kOperationName, kProviderName, kRequestModel, "error_type"}};
constexpr MetricName<3> kOperationFirstChunks{"gen_ai_client_operation_time_to_first_chunk_seconds",
                                              "Time to the first chunk of a GenAI stream (OpenTelemetry conventions).",
                                              {kOperationName, kProviderName, kRequestModel}};
constexpr MetricName<4> kTokenUsages{"gen_ai_client_token_usage",
                                     "Tokens of a GenAI operation (OpenTelemetry semantic conventions).",
                                     {kOperationName, kProviderName, kRequestModel, "gen_ai_token_type"}};

// Providers say what they like; a counter takes no negative numbers.
double amount(std::int64_t tokens) { return static_cast<double>(std::max<std::int64_t>(tokens, 0)); }

prometheus::MetricFamily gauge_of(const MetricName<0>& metric, double value) {
  return metrics::gauge(std::string(metric.name), std::string(metric.help), value);
}

}  // namespace

void RequestMetrics::count(const CountedRequest& request) {
  requests_.at({request.endpoint, metrics::status_label(request.status)}).add(1);
  durations_.at({request.endpoint}).observe(request.duration.count());
  if (request.time_to_first_byte) first_bytes_.at({}).observe(request.time_to_first_byte->count());
  if (request.overhead) overheads_.at({}).observe(std::max(request.overhead->count(), 0.0));
}

void RequestMetrics::count(const CountedAttempt& attempt) {
  attempts_.at({attempt.provider, attempt.outcome}).add(1);
  if (attempt.retried) retries_.at({attempt.provider, attempt.outcome}).add(1);
  attempt_durations_.at({attempt.provider}).observe(attempt.duration.count());
  if (attempt.time_to_first_byte) {
    attempt_first_bytes_.at({attempt.provider}).observe(attempt.time_to_first_byte->count());
  }
}

void RequestMetrics::count(const CountedOperation& operation) {
  const std::string_view name = operation.name;
  const std::string_view type = operation.provider_type;
  const std::string_view model = operation.request_model;
  operation_durations_.at({name, type, model, operation.error_type}).observe(operation.duration.count());
  if (operation.time_to_first_chunk) {
    operation_first_chunks_.at({name, type, model}).observe(operation.time_to_first_chunk->count());
  }
  const double input = amount(operation.input_tokens);
  const double cached = amount(operation.cache_read_tokens) + amount(operation.cache_creation_tokens);
  const double output = amount(operation.output_tokens);
  if (input + cached + output == 0) return;
  token_usages_.at({name, type, model, "input"}).observe(input + cached);
  token_usages_.at({name, type, model, "output"}).observe(output);
  const auto add = [&](std::string_view kind, double tokens) {
    if (tokens > 0) tokens_.at({operation.provider, operation.upstream_model, kind}).add(tokens);
  };
  add("input", input);
  add("output", output);
  add("cache_read", amount(operation.cache_read_tokens));
  add("cache_creation", amount(operation.cache_creation_tokens));
}

void RequestMetrics::count_rejection(std::string_view reason) { rejections_.at({reason}).add(1); }

void RequestMetrics::collect(const Shards& shards, metrics::Families& families) {
  using Self = RequestMetrics;
  const auto numbers = [&](const auto& metric, auto member) {
    families.push_back(merged_numbers(MetricType::Counter, metric, shards,
                                      [member](const Self& shard) -> const auto& { return shard.*member; }));
  };
  const auto of = [](auto member) {
    return [member](const Self& shard) -> const auto& { return shard.*member; };
  };
  numbers(kRequests, &Self::requests_);
  numbers(kAttempts, &Self::attempts_);
  numbers(kRetries, &Self::retries_);
  numbers(kTokens, &Self::tokens_);
  numbers(kRejections, &Self::rejections_);
  families.push_back(merged_histogram<kLatencyBounds>(kDurations, shards, of(&Self::durations_)));
  families.push_back(merged_histogram<kLatencyBounds>(kFirstBytes, shards, of(&Self::first_bytes_)));
  families.push_back(merged_histogram<kShortBounds>(kOverheads, shards, of(&Self::overheads_)));
  families.push_back(merged_histogram<kLatencyBounds>(kAttemptDurations, shards, of(&Self::attempt_durations_)));
  families.push_back(merged_histogram<kLatencyBounds>(kAttemptFirstBytes, shards, of(&Self::attempt_first_bytes_)));
  families.push_back(merged_histogram<kOperationBounds>(kOperationDurations, shards, of(&Self::operation_durations_)));
  families.push_back(
      merged_histogram<kOperationBounds>(kOperationFirstChunks, shards, of(&Self::operation_first_chunks_)));
  families.push_back(merged_histogram<kTokenBounds>(kTokenUsages, shards, of(&Self::token_usages_)));
  double open_requests = 0;
  double open_streams = 0;
  for (const auto& shard : shards) {
    open_requests += shard->open_requests_.value();
    open_streams += shard->open_streams_.value();
  }
  families.push_back(gauge_of(kOpenRequests, open_requests));
  families.push_back(gauge_of(kOpenStreams, open_streams));
}

}  // namespace balancer::gateway
