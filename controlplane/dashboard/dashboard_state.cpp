#include "controlplane/dashboard/dashboard_state.hpp"

#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "common/routing/routing_names.hpp"
#include "common/snapshot/provider_type_name.hpp"
#include "controlplane/dashboard/request_view.hpp"
#include "controlplane/dashboard/view_values.hpp"

namespace balancer::controlplane {
namespace {

using nlohmann::ordered_json;

ordered_json reload_view(const LastReload& reload) {
  ordered_json problems = ordered_json::array();
  for (const ConfigProblem& problem : reload.problems) {
    const bool error = problem.severity == ConfigProblem::Severity::kError;
    problems.push_back({{"severity", error ? "error" : "warning"}, {"text", to_string(problem)}});
  }
  return {{"time", time_view(reload.time)},
          {"successful", reload.outcome != ReloadOutcome::kRefused},
          {"problems", std::move(problems)}};
}

ordered_json config_view(const Snapshot& snapshot, const LastReload& reload) {
  return {{"snapshot_version", snapshot.version},
          {"load_time", time_view(snapshot.load_time)},
          {"strategy", to_string(snapshot.routing.strategy)},
          {"route_count", snapshot.routing.routes.size()},
          {"last_reload", reload_view(reload)}};
}

ordered_json traffic_view(const Traffic& traffic) {
  ordered_json view{{"requests_per_second", traffic.rates.requests_per_second},
                    {"errors_per_second", traffic.rates.errors_per_second},
                    {"input_tokens_per_second", traffic.rates.input_tokens_per_second},
                    {"output_tokens_per_second", traffic.rates.output_tokens_per_second},
                    {"step_seconds", TrafficHistory::kStep.count()}};
  const auto column = [&](const char* name, std::int64_t TrafficStep::*member) {
    view[name] = ordered_json::array();
    for (const TrafficStep& step : traffic.steps) view[name].push_back(step.*member);
  };
  column("requests", &TrafficStep::request_count);
  column("errors", &TrafficStep::error_count);
  column("input_tokens", &TrafficStep::input_token_count);
  column("output_tokens", &TrafficStep::output_token_count);
  return view;
}

std::string_view state_name(ProviderStatus::State state) {
  switch (state) {
    case ProviderStatus::State::kHealthy: return "healthy";
    case ProviderStatus::State::kCooling: return "cooling";
    case ProviderStatus::State::kDisabled: return "disabled";
  }
  return "";
}

ordered_json models_view(const std::vector<ModelCooldown>& models) {
  ordered_json view = ordered_json::array();
  for (const ModelCooldown& model : models) {
    view.push_back({{"model", model.upstream_model},
                    {"remaining_cooldown_seconds", seconds_view(model.remaining)},
                    {"last_error", model.last_error}});
  }
  return view;
}

ordered_json history_view(const std::vector<std::optional<double>>& means) {
  ordered_json view = ordered_json::array();
  for (const std::optional<double>& mean : means) view.push_back(mean ? ordered_json(*mean) : ordered_json(nullptr));
  return view;
}

ordered_json provider_view(const Provider& provider, const ProviderStatus& status, const Activity& activity) {
  const bool cooling = status.state == ProviderStatus::State::kCooling;
  ordered_json view{{"name", provider.name},
                    {"type", to_string(provider.type)},
                    {"base_url", provider.base_url},
                    {"state", state_name(status.state)},
                    {"remaining_cooldown_seconds", nullptr},
                    {"failure_count", status.failure_count},
                    {"last_error", status.last_error},
                    {"last_failure_time", nullptr},
                    {"in_flight", status.in_flight_count},
                    {"max_in_flight", nullptr},
                    {"latency_seconds", nullptr},
                    {"latency_history", history_view(activity.latencies(provider.name))},
                    {"cooling_models", models_view(status.cooling_models)}};
  if (cooling) view["remaining_cooldown_seconds"] = seconds_view(status.remaining_cooldown);
  if (status.last_failure_time) view["last_failure_time"] = time_view(*status.last_failure_time);
  if (provider.max_in_flight > 0) view["max_in_flight"] = provider.max_in_flight;
  if (status.latency) view["latency_seconds"] = seconds_view(*status.latency);
  return view;
}

ordered_json providers_view(const Snapshot& snapshot, const std::vector<ProviderStatus>& statuses,
                            const Activity& activity) {
  ordered_json view = ordered_json::array();
  for (const Provider& provider : snapshot.providers) {
    for (const ProviderStatus& status : statuses) {
      // A reload in between may have brought one without a status.
      if (status.provider == provider.name) view.push_back(provider_view(provider, status, activity));
    }
  }
  return view;
}

ordered_json gateway_view(const ConnectedGateway& gateway, std::uint64_t newest) {
  const GatewayCondition condition = gateway.condition.value_or(GatewayCondition());
  return {{"id", gateway.identity.id},
          {"version", gateway.identity.version},
          {"host", gateway.identity.host_name},
          {"address", gateway.identity.listen_address},
          {"snapshot_version", gateway.snapshot_version},
          {"up_to_date", gateway.snapshot_version == newest},
          {"rejection_reason", gateway.rejection_reason},
          {"open_requests", condition.open_request_count},
          {"draining", condition.draining || gateway.drain_wanted},
          {"connected_time", time_view(gateway.connect_time)}};
}

ordered_json cache_view(const CacheStats& stats) {
  return {{"enabled", stats.enabled},
          {"entries", stats.entry_count},
          {"bytes", stats.byte_count},
          {"hits", stats.hit_count},
          {"misses", stats.miss_count},
          {"joins", stats.join_count},
          {"saved_input_tokens", stats.saved_input_token_count},
          {"saved_output_tokens", stats.saved_output_token_count}};
}

}  // namespace

std::string dashboard_state(const ControlPlane& control_plane, const Clock& clock) {
  const std::shared_ptr<const Config> config = control_plane.config();
  const Snapshot& snapshot = config->snapshot;
  const Activity& activity = control_plane.activity();
  ordered_json state{{"version", BALANCER_VERSION},
                     {"time", time_view(clock.wall_now())},
                     {"start_time", time_view(control_plane.start_time())},
                     {"config", config_view(snapshot, control_plane.reloads().last())},
                     {"traffic", traffic_view(activity.traffic())},
                     {"providers", providers_view(snapshot, control_plane.provider_statuses(), activity)},
                     {"requests", ordered_json::array()},
                     {"gateways", ordered_json::array()},
                     {"cache", cache_view(control_plane.responses().stats())}};
  for (const ObservedRequest& request : activity.requests(kShownRequests)) {
    state["requests"].push_back(request_view(request));
  }
  for (const ConnectedGateway& gateway : control_plane.gateways().list()) {
    state["gateways"].push_back(gateway_view(gateway, snapshot.version));
  }
  return state.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace balancer::controlplane
