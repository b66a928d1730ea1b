#include "controlplane/dashboard/request_view.hpp"

#include <nlohmann/json.hpp>

#include "common/routing/routing_names.hpp"
#include "controlplane/dashboard/view_values.hpp"

namespace balancer::controlplane {
namespace {

using nlohmann::ordered_json;

std::string_view verdict_view(routing::TargetVerdict verdict) {
  switch (verdict) {
    case routing::TargetVerdict::kUsable: return "usable";
    case routing::TargetVerdict::kDisabled: return "disabled";
    case routing::TargetVerdict::kNotPinned: return "another provider is asked for";
    case routing::TargetVerdict::kCooling: return "cooling";
    case routing::TargetVerdict::kProbeDue: return "probe due";
    case routing::TargetVerdict::kBusy: return "busy";
    case routing::TargetVerdict::kWarming: return "warming up";
  }
  return "";
}

ordered_json targets_view(const RouteExplanation& explanation) {
  ordered_json targets = ordered_json::array();
  for (const ExplainedTarget& target : explanation.targets) {
    ordered_json& added = targets.emplace_back();
    added["provider"] = target.provider;
    added["model"] = target.upstream_model.empty() ? "passthrough" : target.upstream_model;
    added["position"] = target.position > 0 ? ordered_json(target.position) : ordered_json(nullptr);
    added["verdict"] = verdict_view(target.verdict);
    added["remaining_cooldown_seconds"] =
        is_cooling(target.verdict) ? ordered_json(seconds_view(target.remaining_cooldown)) : ordered_json(nullptr);
  }
  return targets;
}

ordered_json attempts_view(const std::vector<routing::AttemptSummary>& attempts) {
  ordered_json view = ordered_json::array();
  for (const routing::AttemptSummary& attempt : attempts) {
    view.push_back({{"provider", attempt.provider},
                    {"model", attempt.upstream_model},
                    {"outcome", to_string(attempt.outcome)},
                    {"status", attempt.status},
                    {"detail", attempt.detail},
                    {"duration_seconds", seconds_view(attempt.total_time)}});
  }
  return view;
}

}  // namespace

ordered_json request_view(const ObservedRequest& request) {
  const routing::RequestSummary& summary = request.summary;
  ordered_json view{{"id", summary.request_id},
                    {"time", time_view(request.time)},
                    {"gateway", request.gateway_id},
                    {"model", summary.model},
                    {"caller", summary.caller},
                    {"route", summary.route},
                    {"strategy", ""},
                    {"stream", summary.stream},
                    {"cache", summary.cache ? to_string(*summary.cache) : std::string_view()},
                    {"state", request.running ? "running" : "done"},
                    {"status", nullptr},
                    {"outcome", ""},
                    {"duration_seconds", nullptr},
                    {"time_to_first_byte_seconds", nullptr},
                    {"provider", summary.provider},
                    {"upstream_model", summary.upstream_model},
                    {"upstream_request_id", summary.upstream_request_id},
                    {"input_tokens", summary.input_token_count},
                    {"output_tokens", summary.output_token_count},
                    {"reason", request.reason},
                    {"error", summary.error},
                    {"targets", ordered_json::array()},
                    {"attempts", attempts_view(summary.attempts)}};
  if (!request.running) {
    view["status"] = summary.status;
    view["outcome"] = to_string(summary.outcome);
    view["duration_seconds"] = seconds_view(summary.total_time);
  }
  if (summary.time_to_first_byte) view["time_to_first_byte_seconds"] = seconds_view(*summary.time_to_first_byte);
  if (request.explanation) {
    if (!request.explanation->route.empty()) view["strategy"] = to_string(request.explanation->strategy);
    view["targets"] = targets_view(*request.explanation);
  }
  return view;
}

}  // namespace balancer::controlplane
