#include "controlplane/cli/top_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "controlplane/cli/gateway_view.hpp"
#include "controlplane/cli/provider_view.hpp"
#include "controlplane/cli/text_table.hpp"
#include "controlplane/cli/time_view.hpp"

namespace balancer::controlplane::cli {
namespace {

using nlohmann::ordered_json;
using Rows = std::vector<std::vector<std::string>>;

// One block a step, scaled to the largest.
std::string sparkline(const std::vector<std::int64_t>& values) {
  static constexpr std::array<std::string_view, 8> kBlocks{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  const std::int64_t largest = values.empty() ? 0 : *std::max_element(values.begin(), values.end());
  std::string line;
  for (const std::int64_t value : values) {
    const std::int64_t block = largest <= 0 ? 0 : value * static_cast<std::int64_t>(kBlocks.size() - 1) / largest;
    line += kBlocks[static_cast<std::size_t>(std::clamp<std::int64_t>(block, 0, kBlocks.size() - 1))];
  }
  return line;
}

std::string traffic_line(const v1::GetTrafficResponse& traffic) {
  std::vector<std::int64_t> requests;
  for (const v1::TrafficStep& step : traffic.steps()) requests.push_back(step.request_count());
  return fmt::format("requests {:.1f}/s   errors {:.1f}/s   tokens in {:.0f}/s, out {:.0f}/s\n{}\n",
                     traffic.requests_per_second(), traffic.errors_per_second(), traffic.input_tokens_per_second(),
                     traffic.output_tokens_per_second(), sparkline(requests));
}

std::vector<const v1::ProviderListing*> by_load(const v1::ListProvidersResponse& listing) {
  std::vector<const v1::ProviderListing*> providers;
  for (const v1::ProviderListing& provider : listing.providers()) providers.push_back(&provider);
  std::stable_sort(providers.begin(), providers.end(), [](const auto* a, const auto* b) {
    return a->status().in_flight_count() > b->status().in_flight_count();
  });
  return providers;
}

}  // namespace

Rendering top_rendering(const v1::GetTrafficResponse& traffic, const v1::ListProvidersResponse& listing,
                        const v1::GetServerInfoResponse& info) {
  Rendering rendering;
  Rows rows;
  ordered_json providers = ordered_json::array();
  for (const v1::ProviderListing* provider : by_load(listing)) {
    const v1::ProviderStatus& status = provider->status();
    rows.push_back({provider->name(), in_flight_text(*provider),
                    status.has_latency() ? latency_text(status.latency()) : "", status_text(status),
                    status.has_remaining_cooldown() ? remaining_text(status.remaining_cooldown()) : "",
                    status.last_error()});
    providers.push_back(provider_json(*provider));
    rendering.names.push_back(provider->name());
  }
  const Rendering gateways = gateways_rendering(info);
  rendering.text = traffic_line(traffic) + '\n' +
                   format_table({"PROVIDER", "IN-FLIGHT", "LATENCY", "STATUS", "COOLDOWN", "LAST-ERROR"}, rows) + '\n' +
                   gateways.text;
  rendering.json = {{"traffic",
                     {{"requests_per_second", traffic.requests_per_second()},
                      {"errors_per_second", traffic.errors_per_second()},
                      {"input_tokens_per_second", traffic.input_tokens_per_second()},
                      {"output_tokens_per_second", traffic.output_tokens_per_second()}}},
                    {"providers", std::move(providers)},
                    {"gateways", gateways.json.at("gateways")}};
  return rendering;
}

}  // namespace balancer::controlplane::cli
