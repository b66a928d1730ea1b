#include "controlplane/metrics/control_plane_metrics.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "common/log/log.hpp"
#include "common/metrics/status_label.hpp"
#include "controlplane/metrics/cache_families.hpp"

namespace balancer::controlplane {
namespace {

using metrics::counter;
using metrics::Families;
using metrics::gauge;
using metrics::Sample;
using Samples = std::vector<Sample>;

double number(std::int64_t count) { return static_cast<double>(count); }

double seconds(std::chrono::nanoseconds duration) { return std::chrono::duration<double>(duration).count(); }

double unix_time(std::chrono::system_clock::time_point time) { return seconds(time.time_since_epoch()); }

constexpr std::array kStates{std::pair{ProviderStatus::State::kHealthy, "healthy"},
                             std::pair{ProviderStatus::State::kCooling, "cooling"},
                             std::pair{ProviderStatus::State::kDisabled, "disabled"}};

void add_providers(const std::vector<ProviderStatus>& statuses, Families& families) {
  Samples states;
  Samples cooldowns;
  Samples cooling_models;
  Samples in_flight;
  Samples latencies;
  for (const ProviderStatus& status : statuses) {
    const prometheus::ClientMetric::Label provider{"provider", status.provider};
    for (const auto& [state, name] : kStates) {
      states.push_back({.value = status.state == state ? 1.0 : 0.0, .labels = {provider, {"state", name}}});
    }
    cooldowns.push_back({.value = seconds(status.remaining_cooldown), .labels = {provider}});
    cooling_models.push_back({.value = static_cast<double>(status.cooling_models.size()), .labels = {provider}});
    in_flight.push_back({.value = number(status.in_flight_count), .labels = {provider}});
    if (status.latency) latencies.push_back({.value = seconds(*status.latency), .labels = {provider}});
  }
  families.push_back(gauge("balancer_controlplane_provider_state", "1 for the state that a provider is in.", states));
  families.push_back(gauge("balancer_controlplane_provider_cooldown_seconds",
                           "Until a cooling provider is tried again; 0 when it does not cool, or is due.", cooldowns));
  families.push_back(gauge("balancer_controlplane_provider_cooling_models",
                           "Models of a provider that are left alone by themselves.", cooling_models));
  families.push_back(gauge("balancer_controlplane_provider_in_flight",
                           "Requests under way at a provider, over all gateways.", in_flight));
  families.push_back(gauge("balancer_controlplane_provider_latency_seconds",
                           "Time to a provider's first byte, lately.", latencies));
}

Samples by_status(const std::map<int, std::int64_t>& requests) {
  std::map<std::string_view, std::int64_t> sums;
  for (const auto& [status, count] : requests) sums[metrics::status_label(status)] += count;
  Samples samples;
  for (const auto& [label, count] : sums) samples.push_back({number(count), {{"code", std::string(label)}}});
  return samples;
}

void add_activity(const ActivityCounts& counts, Families& families) {
  Samples decisions;
  for (const auto& [outcome, count] : counts.decisions) decisions.push_back({number(count), {{"outcome", outcome}}});
  families.push_back(
      counter("balancer_controlplane_decisions_total", "Routing decisions by what came of them.", decisions));
  Samples attempts;
  for (const auto& [key, count] : counts.attempts) {
    attempts.push_back({number(count), {{"provider", key.first}, {"outcome", key.second}}});
  }
  families.push_back(counter("balancer_controlplane_attempts_total",
                             "Attempts at providers as gateways told of them, by outcome.", attempts));
  families.push_back(counter("balancer_controlplane_requests_total",
                             "Messages requests as gateways told of them, by HTTP status.", by_status(counts.requests)));
  Samples tokens;
  for (const auto& [provider, sum] : counts.tokens) {
    tokens.push_back({number(sum.input), {{"provider", provider}, {"type", "input"}}});
    tokens.push_back({number(sum.output), {{"provider", provider}, {"type", "output"}}});
  }
  families.push_back(counter("balancer_controlplane_tokens_total", "Tokens as providers counted them.", tokens));
  Samples cooldowns;
  for (const auto& [provider, count] : counts.cooldowns) cooldowns.push_back({number(count), {{"provider", provider}}});
  families.push_back(
      counter("balancer_controlplane_cooldowns_total", "Times that a provider began, or went on, to cool.", cooldowns));
}

void add_configuration(const ControlPlane& control_plane, Families& families) {
  const std::shared_ptr<const Config> config = control_plane.config();
  const LastReload last = control_plane.reloads().last();
  const ReloadCounts counts = control_plane.reloads().counts();
  families.push_back(gauge("balancer_controlplane_config_version", "Version of the configuration in force.",
                           static_cast<double>(config->snapshot.version)));
  families.push_back(gauge("balancer_controlplane_config_load_timestamp_seconds",
                           "When the configuration in force was loaded, since 1970.",
                           unix_time(config->snapshot.load_time)));
  families.push_back(gauge("balancer_controlplane_config_last_reload_successful",
                           "1 unless the newest configuration file was refused.",
                           last.outcome == ReloadOutcome::kRefused ? 0 : 1));
  families.push_back(gauge("balancer_controlplane_config_last_reload_timestamp_seconds",
                           "When the configuration file was last read, since 1970.", unix_time(last.time)));
  families.push_back(counter("balancer_controlplane_config_reloads_total",
                             "Readings of the configuration file by what came of them.",
                             {Sample{.value = number(counts.applied), .labels = {{"result", "applied"}}},
                              Sample{.value = number(counts.unchanged), .labels = {{"result", "unchanged"}}},
                              Sample{.value = number(counts.refused), .labels = {{"result", "refused"}}}}));
}

void add_gateways(const ControlPlane& control_plane, Families& families) {
  const std::vector<ConnectedGateway> gateways = control_plane.gateways().list();
  const std::uint64_t version = control_plane.config()->snapshot.version;
  const auto outdated = std::count_if(gateways.begin(), gateways.end(), [&](const ConnectedGateway& gateway) {
    return gateway.snapshot_version != version;
  });
  families.push_back(gauge("balancer_controlplane_connected_gateways", "Gateways that are connected.",
                           static_cast<double>(gateways.size())));
  families.push_back(gauge("balancer_controlplane_outdated_gateways",
                           "Connected gateways that do not use the configuration in force.", number(outdated)));
}

}  // namespace

Families collect_metrics(const ControlPlane& control_plane) {
  Families families;
  families.push_back(gauge("balancer_controlplane_build_info", "Always 1; says which version runs.",
                           {Sample{.value = 1, .labels = {{"version", BALANCER_VERSION}}}}));
  families.push_back(counter("balancer_controlplane_log_lines_dropped_total",
                             "Log lines lost because they could not be written, or not fast enough.",
                             static_cast<double>(log::dropped_line_count())));
  add_providers(control_plane.provider_statuses(), families);
  add_activity(control_plane.activity().counts(), families);
  add_configuration(control_plane, families);
  add_gateways(control_plane, families);
  add_cache_families(control_plane.responses().stats(), families);
  return families;
}

}  // namespace balancer::controlplane
