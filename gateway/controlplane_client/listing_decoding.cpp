#include "gateway/controlplane_client/listing_decoding.hpp"

#include <fmt/format.h>

#include <utility>

#include "gateway/controlplane_client/proto_time.hpp"

namespace balancer::gateway {
namespace {

namespace v1 = controlplane::v1;

ListedProvider decode(const v1::ProviderListing& message) {
  const v1::ProviderStatus& status = message.status();
  ListedProvider provider;
  provider.name = message.name();
  provider.type = message.type() == v1::PROVIDER_TYPE_OPENAI ? ProviderType::kOpenAi : ProviderType::kAnthropic;
  provider.base_url = message.base_url();
  provider.enabled = message.enabled() && status.state() != v1::PROVIDER_STATE_DISABLED;
  const bool cooling = status.state() == v1::PROVIDER_STATE_COOLING;
  provider.healthy = provider.enabled && !cooling;
  provider.status = !provider.enabled ? "disabled" : cooling ? "cooling" : "healthy";
  provider.failure_count = status.failure_count();
  if (status.has_last_failure_time()) provider.last_failure_time = to_time_point(status.last_failure_time());
  if (cooling) provider.remaining_cooldown = to_milliseconds(status.remaining_cooldown());
  provider.last_error = status.last_error();
  provider.proxy = message.proxy();
  provider.in_flight = status.in_flight_count();
  if (status.has_latency()) provider.latency = to_milliseconds(status.latency());
  for (const v1::ModelCooldown& model : status.cooling_models()) {
    provider.cooling_models.push_back(
        {model.upstream_model(), to_milliseconds(model.remaining_cooldown()), model.last_error()});
  }
  for (const v1::ServedModel& model : message.models()) {
    provider.models.push_back({model.pattern(), model.model(), model.priority()});
  }
  return provider;
}

routing::SelectionStrategy decode(v1::SelectionStrategy strategy) {
  switch (strategy) {
    case v1::SELECTION_STRATEGY_ROUND_ROBIN: return routing::SelectionStrategy::kRoundRobin;
    case v1::SELECTION_STRATEGY_RANDOM: return routing::SelectionStrategy::kRandom;
    case v1::SELECTION_STRATEGY_WEIGHTED: return routing::SelectionStrategy::kWeighted;
    case v1::SELECTION_STRATEGY_LEAST_LATENCY: return routing::SelectionStrategy::kLeastLatency;
    default: return routing::SelectionStrategy::kPriority;
  }
}

std::string describe(const v1::ConfigProblem& problem) {
  std::string text = problem.file();
  if (problem.line() > 0) text += fmt::format(":{}:{}", problem.line(), problem.column());
  if (!text.empty()) text += ": ";
  text += problem.severity() == v1::PROBLEM_SEVERITY_WARNING ? "warning: " : "error: ";
  if (!problem.path().empty()) text += problem.path() + ": ";
  return text + problem.message();
}

}  // namespace

ProviderListing decode_listing(const v1::ListProvidersResponse& message) {
  ProviderListing listing{
      .providers = {}, .strategy = decode(message.selection_strategy()), .route_count = message.route_count()};
  for (const v1::ProviderListing& provider : message.providers()) listing.providers.push_back(decode(provider));
  return listing;
}

ReloadResult decode_reload_result(const v1::ReloadConfigResponse& message) {
  ReloadResult result{.snapshot_version = message.snapshot_version(),
                      .problems = {},
                      .provider_count = message.provider_count(),
                      .healthy_provider_count = message.healthy_provider_count()};
  for (const v1::ConfigProblem& problem : message.problems()) result.problems.push_back(describe(problem));
  return result;
}

}  // namespace balancer::gateway
