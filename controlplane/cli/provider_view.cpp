#include "controlplane/cli/provider_view.hpp"

#include <fmt/format.h>
#include <google/protobuf/util/time_util.h>

#include <nlohmann/json.hpp>
#include <vector>

#include "controlplane/cli/text_table.hpp"
#include "controlplane/cli/time_view.hpp"
#include "controlplane/cli/value_names.hpp"

namespace balancer::controlplane::cli {

using google::protobuf::util::TimeUtil;
using nlohmann::ordered_json;

namespace {

std::vector<std::string> row_of(const v1::ProviderListing& provider) {
  const v1::ProviderStatus& status = provider.status();
  return {provider.name(),
          std::string(type_name(provider.type())),
          status_text(status),
          status.has_remaining_cooldown() ? remaining_text(status.remaining_cooldown()) : "",
          in_flight_text(provider),
          status.has_latency() ? latency_text(status.latency()) : "",
          std::to_string(status.failure_count()),
          status.last_error(),
          provider.base_url()};
}

// "*sonnet*, claude-fast=small-model-2"
std::string models_text(const v1::ProviderListing& provider) {
  std::string text;
  for (const v1::ServedModel& model : provider.models()) {
    if (!text.empty()) text += ", ";
    text += model.pattern();
    if (model.model() != "passthrough") text += '=' + model.model();
  }
  return text;
}

}  // namespace

std::string status_text(const v1::ProviderStatus& status) {
  const int models = status.cooling_models_size();
  const std::string_view state = state_name(status.state());
  if (models == 0) return std::string(state);
  return fmt::format("{} ({} {} cooling)", state, models, models == 1 ? "model" : "models");
}

std::string in_flight_text(const v1::ProviderListing& provider) {
  const std::int64_t count = provider.status().in_flight_count();
  if (provider.max_in_flight() == 0) return std::to_string(count);
  return fmt::format("{} of {}", count, provider.max_in_flight());
}

nlohmann::ordered_json status_json(const v1::ProviderStatus& status) {
  ordered_json json{{"state", state_name(status.state())},
                    {"remaining_cooldown_seconds", nullptr},
                    {"failure_count", status.failure_count()},
                    {"last_failure_time", nullptr},
                    {"last_error", status.last_error()},
                    {"in_flight_count", status.in_flight_count()},
                    {"latency_seconds", nullptr},
                    {"cooling_models", ordered_json::array()}};
  if (status.has_remaining_cooldown()) json["remaining_cooldown_seconds"] = seconds(status.remaining_cooldown());
  if (status.has_last_failure_time()) json["last_failure_time"] = TimeUtil::ToString(status.last_failure_time());
  if (status.has_latency()) json["latency_seconds"] = seconds(status.latency());
  for (const v1::ModelCooldown& model : status.cooling_models()) {
    json["cooling_models"].push_back({{"model", model.upstream_model()},
                                      {"remaining_cooldown_seconds", seconds(model.remaining_cooldown())},
                                      {"last_error", model.last_error()}});
  }
  return json;
}

nlohmann::ordered_json provider_json(const v1::ProviderListing& provider) {
  ordered_json json{{"name", provider.name()},
                    {"type", type_name(provider.type())},
                    {"base_url", provider.base_url()},
                    {"enabled", provider.enabled()}};
  json.update(status_json(provider.status()));
  json["max_in_flight"] = nullptr;
  if (provider.max_in_flight() > 0) json["max_in_flight"] = provider.max_in_flight();
  json["proxy"] = provider.proxy();
  json["models"] = ordered_json::array();
  for (const v1::ServedModel& model : provider.models()) {
    json["models"].push_back(
        {{"pattern", model.pattern()}, {"model", model.model()}, {"priority", model.priority()}});
  }
  return json;
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

Rendering providers_rendering(const v1::ListProvidersResponse& listing) {
  const std::vector<std::string> headings{"NAME",    "TYPE",     "STATUS",     "COOLDOWN", "IN-FLIGHT",
                                          "LATENCY", "FAILURES", "LAST-ERROR", "BASE-URL"};
  std::vector<std::string> wide_headings = headings;
  for (const char* heading : {"LAST-FAILURE", "PROXY", "MODELS"}) wide_headings.emplace_back(heading);
  std::vector<std::vector<std::string>> rows;
  std::vector<std::vector<std::string>> wide_rows;
  Rendering rendering;
  for (const v1::ProviderListing& provider : listing.providers()) {
    rows.push_back(row_of(provider));
    std::vector<std::string>& wide = wide_rows.emplace_back(rows.back());
    const v1::ProviderStatus& status = provider.status();
    wide.push_back(status.has_last_failure_time() ? TimeUtil::ToString(status.last_failure_time()) : "");
    wide.push_back(provider.proxy());
    wide.push_back(models_text(provider));
    rendering.names.push_back(provider.name());
  }
  rendering.text = format_table(headings, rows);
  rendering.wide_text = format_table(wide_headings, wide_rows);
  rendering.json = providers_json(listing);
  return rendering;
}

}  // namespace balancer::controlplane::cli
