#include "controlplane/rpc/admin_encoding.hpp"

#include <algorithm>

#include "common/net/listen_address.hpp"
#include "controlplane/rpc/snapshot_encoding.hpp"
#include "controlplane/rpc/time_encoding.hpp"

namespace balancer::controlplane {
namespace {

constexpr const char* kPassthroughModel = "passthrough";

void add_models(const Snapshot& snapshot, std::size_t provider, v1::ProviderListing& listing) {
  for (const routing::Route& route : snapshot.routing.routes) {
    for (const routing::RouteTarget& target : route.targets) {
      if (target.provider != provider || !target.enabled) continue;
      v1::ServedModel& model = *listing.add_models();
      model.set_pattern(route.pattern);
      model.set_model(target.upstream_model.empty() ? kPassthroughModel : target.upstream_model);
      model.set_priority(target.priority);
    }
  }
}

const ProviderStatus* status_of(std::string_view provider, const std::vector<ProviderStatus>& statuses) {
  const auto found = std::find_if(statuses.begin(), statuses.end(),
                                  [&](const ProviderStatus& status) { return status.provider == provider; });
  return found != statuses.end() ? &*found : nullptr;
}

v1::TargetVerdict encode(routing::TargetVerdict verdict) {
  switch (verdict) {
    case routing::TargetVerdict::kUsable: return v1::TARGET_VERDICT_USABLE;
    case routing::TargetVerdict::kDisabled: return v1::TARGET_VERDICT_DISABLED;
    case routing::TargetVerdict::kNotPinned: return v1::TARGET_VERDICT_NOT_PINNED;
    case routing::TargetVerdict::kCooling: return v1::TARGET_VERDICT_COOLING;
    case routing::TargetVerdict::kProbeDue: return v1::TARGET_VERDICT_PROBE_DUE;
    case routing::TargetVerdict::kBusy: return v1::TARGET_VERDICT_BUSY;
    case routing::TargetVerdict::kWarming: return v1::TARGET_VERDICT_WARMING;
  }
  return v1::TARGET_VERDICT_UNSPECIFIED;
}

// Of what keeps the provider away for longer, if anything does: itself or the model.
std::string last_error_of(const ProviderStatus& status, std::string_view model) {
  const auto cooling =
      std::find_if(status.cooling_models.begin(), status.cooling_models.end(),
                   [&](const ModelCooldown& candidate) { return candidate.upstream_model == model; });
  if (cooling == status.cooling_models.end()) return status.last_error;
  const bool provider_cools = status.state == ProviderStatus::State::kCooling;
  return provider_cools && status.remaining_cooldown > cooling->remaining ? status.last_error : cooling->last_error;
}

}  // namespace

v1::ListProvidersResponse encode_listing(const Snapshot& snapshot, const std::vector<ProviderStatus>& statuses) {
  v1::ListProvidersResponse response;
  for (std::size_t i = 0; i < snapshot.providers.size(); ++i) {
    const Provider& provider = snapshot.providers[i];
    v1::ProviderListing& listing = *response.add_providers();
    listing.set_name(provider.name);
    listing.set_type(encode(provider.type));
    listing.set_base_url(provider.base_url);
    listing.set_enabled(provider.enabled);
    listing.set_max_in_flight(provider.max_in_flight);
    if (const ProviderStatus* status = status_of(provider.name, statuses)) *listing.mutable_status() = encode(*status);
    if (provider.proxy) listing.set_proxy(to_string(TcpAddress{provider.proxy->host, provider.proxy->port}));
    add_models(snapshot, i, listing);
  }
  response.set_selection_strategy(encode(snapshot.routing.strategy));
  response.set_route_count(static_cast<int>(snapshot.routing.routes.size()));
  return response;
}

v1::ConfigProblem encode(const ConfigProblem& problem) {
  v1::ConfigProblem message;
  message.set_severity(problem.severity == ConfigProblem::Severity::kError ? v1::PROBLEM_SEVERITY_ERROR
                                                                           : v1::PROBLEM_SEVERITY_WARNING);
  message.set_file(problem.file);
  message.set_line(problem.line);
  message.set_column(problem.column);
  message.set_path(problem.path);
  message.set_message(problem.message);
  return message;
}

v1::ReloadResult encode(const LastReload& reload) {
  v1::ReloadResult message;
  *message.mutable_time() = encode_timestamp(reload.time);
  message.set_successful(reload.outcome != ReloadOutcome::kRefused);
  for (const ConfigProblem& problem : reload.problems) *message.add_problems() = encode(problem);
  return message;
}

v1::GetConfigResponse encode_routes(const Snapshot& snapshot) {
  v1::GetConfigResponse message;
  message.set_snapshot_version(snapshot.version);
  *message.mutable_load_time() = encode_timestamp(snapshot.load_time);
  for (const routing::Route& route : snapshot.routing.routes) {
    v1::RouteListing& listing = *message.add_routes();
    listing.set_pattern(route.pattern);
    listing.set_selection_strategy(encode(strategy_of(snapshot.routing, route)));
    for (const routing::RouteTarget& target : route.targets) {
      v1::RouteTarget& added = *listing.add_targets();
      added.set_provider(snapshot.providers[target.provider].name);
      added.set_upstream_model(target.upstream_model);
      added.set_priority(target.priority);
      added.set_enabled(target.enabled);
      added.set_weight(target.weight);
    }
  }
  return message;
}

v1::GetCacheStatsResponse encode(const CacheStats& stats) {
  v1::GetCacheStatsResponse message;
  message.set_enabled(stats.enabled);
  message.set_entry_count(stats.entry_count);
  message.set_byte_count(stats.byte_count);
  message.set_entry_limit(stats.entry_limit);
  message.set_byte_limit(stats.byte_limit);
  *message.mutable_time_to_live() = encode_duration(stats.time_to_live);
  message.set_hit_count(stats.hit_count);
  message.set_miss_count(stats.miss_count);
  message.set_join_count(stats.join_count);
  message.set_stored_count(stats.stored_count);
  message.set_evicted_count(stats.evicted_count);
  message.set_expired_count(stats.expired_count);
  message.set_flushed_count(stats.flushed_count);
  message.set_saved_input_token_count(stats.saved_input_token_count);
  message.set_saved_output_token_count(stats.saved_output_token_count);
  message.set_lead_count(stats.lead_count);
  return message;
}

v1::ExplainRouteResponse encode(const RouteExplanation& explanation, std::string_view model,
                                const std::vector<ProviderStatus>& statuses) {
  v1::ExplainRouteResponse message;
  message.set_route(explanation.route);
  if (!explanation.route.empty()) message.set_selection_strategy(encode(explanation.strategy));
  for (const ExplainedTarget& target : explanation.targets) {
    v1::ExplainedTarget& added = *message.add_targets();
    added.set_provider(target.provider);
    added.set_upstream_model(target.upstream_model.empty() ? kPassthroughModel : target.upstream_model);
    added.set_position(target.position);
    added.set_verdict(encode(target.verdict));
    if (is_cooling(target.verdict)) *added.mutable_remaining_cooldown() = encode_duration(target.remaining_cooldown);
    if (const ProviderStatus* status = status_of(target.provider, statuses)) {
      added.set_last_error(last_error_of(
          *status, target.upstream_model.empty() ? model : std::string_view(target.upstream_model)));
    }
  }
  message.set_rejection(explanation.rejection);
  message.set_session_provider(explanation.session_provider);
  return message;
}

}  // namespace balancer::controlplane
