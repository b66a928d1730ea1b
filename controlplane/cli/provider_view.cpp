#include "controlplane/cli/provider_view.hpp"

#include <fmt/format.h>
#include <google/protobuf/util/time_util.h>

#include <nlohmann/json.hpp>
#include <vector>

#include "controlplane/cli/text_table.hpp"

namespace balancer::controlplane::cli {
namespace {

using google::protobuf::util::TimeUtil;
using nlohmann::ordered_json;

std::string type_name(v1::ProviderType type) {
  switch (type) {
    case v1::PROVIDER_TYPE_ANTHROPIC: return "anthropic";
    case v1::PROVIDER_TYPE_OPENAI: return "openai";
    default: return "unknown";
  }
}

std::string state_name(v1::ProviderState state) {
  switch (state) {
    case v1::PROVIDER_STATE_HEALTHY: return "healthy";
    case v1::PROVIDER_STATE_COOLING: return "cooling";
    case v1::PROVIDER_STATE_DISABLED: return "disabled";
    default: return "unknown";
  }
}

std::string strategy_name(v1::SelectionStrategy strategy) {
  switch (strategy) {
    case v1::SELECTION_STRATEGY_PRIORITY: return "priority";
    case v1::SELECTION_STRATEGY_ROUND_ROBIN: return "round_robin";
    case v1::SELECTION_STRATEGY_RANDOM: return "random";
    default: return "unknown";
  }
}

// "2m58s"; empty when there is no cooldown.
std::string cooldown_text(const v1::ProviderStatus& status) {
  if (!status.has_remaining_cooldown()) return {};
  const std::int64_t milliseconds = TimeUtil::DurationToMilliseconds(status.remaining_cooldown());
  const std::int64_t seconds = (milliseconds + 999) / 1000;
  return seconds < 60 ? fmt::format("{}s", seconds) : fmt::format("{}m{:02}s", seconds / 60, seconds % 60);
}

ordered_json provider_json(const v1::ProviderListing& provider) {
  const v1::ProviderStatus& status = provider.status();
  ordered_json json{{"name", provider.name()},
                    {"type", type_name(provider.type())},
                    {"base_url", provider.base_url()},
                    {"enabled", provider.enabled()},
                    {"state", state_name(status.state())},
                    {"remaining_cooldown_seconds", nullptr},
                    {"failure_count", status.failure_count()},
                    {"last_failure_time", nullptr},
                    {"last_error", status.last_error()},
                    {"proxy", provider.proxy()},
                    {"models", ordered_json::array()}};
  if (status.has_remaining_cooldown()) {
    json["remaining_cooldown_seconds"] = TimeUtil::DurationToMilliseconds(status.remaining_cooldown()) / 1000.0;
  }
  if (status.has_last_failure_time()) json["last_failure_time"] = TimeUtil::ToString(status.last_failure_time());
  for (const v1::ServedModel& model : provider.models()) {
    json["models"].push_back(
        {{"pattern", model.pattern()}, {"model", model.model()}, {"priority", model.priority()}});
  }
  return json;
}

}  // namespace

std::string providers_table(const v1::ListProvidersResponse& listing) {
  std::vector<std::vector<std::string>> rows;
  for (const v1::ProviderListing& provider : listing.providers()) {
    const v1::ProviderStatus& status = provider.status();
    rows.push_back({provider.name(), type_name(provider.type()), state_name(status.state()), cooldown_text(status),
                    std::to_string(status.failure_count()), status.last_error(), provider.base_url()});
  }
  return format_table({"NAME", "TYPE", "STATE", "COOLDOWN", "FAILURES", "LAST-ERROR", "BASE-URL"}, rows);
}

nlohmann::ordered_json providers_json(const v1::ListProvidersResponse& listing) {
  ordered_json json{{"selection_strategy", strategy_name(listing.selection_strategy())},
                    {"route_count", listing.route_count()},
                    {"providers", ordered_json::array()}};
  for (const v1::ProviderListing& provider : listing.providers()) {
    json["providers"].push_back(provider_json(provider));
  }
  return json;
}

}  // namespace balancer::controlplane::cli
