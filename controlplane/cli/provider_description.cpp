#include "controlplane/cli/provider_description.hpp"

#include <fmt/format.h>
#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <vector>

#include "controlplane/cli/description.hpp"
#include "controlplane/cli/provider_view.hpp"
#include "controlplane/cli/text_table.hpp"
#include "controlplane/cli/time_view.hpp"
#include "controlplane/cli/value_names.hpp"

namespace balancer::controlplane::cli {
namespace {

using google::protobuf::util::TimeUtil;
using Rows = std::vector<std::vector<std::string>>;

std::string state_text(const v1::ProviderStatus& status) {
  if (!status.has_remaining_cooldown()) return status_text(status);
  if (status.remaining_cooldown().seconds() == 0 && status.remaining_cooldown().nanos() == 0) {
    return status_text(status) + ", until a probe succeeds";
  }
  return fmt::format("{}, for {}", status_text(status), remaining_text(status.remaining_cooldown()));
}

std::string error_text(const v1::ProviderStatus& status) {
  if (status.last_error().empty() || !status.has_last_failure_time()) return status.last_error();
  return fmt::format("{} (last failure {})", status.last_error(), TimeUtil::ToString(status.last_failure_time()));
}

std::string models_table(const v1::ProviderListing& provider) {
  Rows rows;
  for (const v1::ServedModel& model : provider.models()) {
    rows.push_back({model.pattern(), model.model(), std::to_string(model.priority())});
  }
  return rows.empty() ? std::string() : '\n' + format_table({"PATTERN", "MODEL", "PRIORITY"}, rows);
}

std::string cooling_models_table(const v1::ProviderStatus& status) {
  Rows rows;
  for (const v1::ModelCooldown& model : status.cooling_models()) {
    rows.push_back({model.upstream_model(), remaining_text(model.remaining_cooldown()), model.last_error()});
  }
  return rows.empty() ? std::string() : '\n' + format_table({"COOLING-MODEL", "COOLDOWN", "LAST-ERROR"}, rows);
}

}  // namespace

const v1::ProviderListing* find_provider(const v1::ListProvidersResponse& listing, const std::string& name) {
  const auto found = std::find_if(listing.providers().begin(), listing.providers().end(),
                                  [&](const v1::ProviderListing& provider) { return provider.name() == name; });
  return found != listing.providers().end() ? &*found : nullptr;
}

std::string describe(const v1::ProviderListing& provider) {
  const v1::ProviderStatus& status = provider.status();
  Description description;
  description.add("name", provider.name());
  description.add("type", type_name(provider.type()));
  description.add("base url", provider.base_url());
  description.add("proxy", provider.proxy());
  description.add("status", state_text(status));
  description.add("last error", error_text(status));
  description.add("failures", std::to_string(status.failure_count()));
  description.add("in flight", in_flight_text(provider));
  description.add("latency", status.has_latency() ? latency_text(status.latency()) : "");
  return description.text() + models_table(provider) + cooling_models_table(status);
}

}  // namespace balancer::controlplane::cli
