// The verbs about gateways, requests, and all that goes on.
#include <fmt/format.h>

#include "controlplane/cli/admin_client.hpp"
#include "controlplane/cli/gateway_view.hpp"
#include "controlplane/cli/request_view.hpp"
#include "controlplane/cli/show.hpp"
#include "controlplane/cli/top_view.hpp"
#include "controlplane/cli/verbs.hpp"

namespace balancer::controlplane::cli {
namespace {

Error not_found(std::string message) { return {ErrorCode::kNotFound, std::move(message), {}}; }

}  // namespace

int get_gateways(const Command& command) {
  return show(command, [](AdminClient& client) -> Result<Rendering> {
    const auto info = client.server_info();
    if (!info) return info.error();
    return gateways_rendering(*info);
  });
}

int describe_gateway(const Command& command) {
  return show(command, [&](AdminClient& client) -> Result<Rendering> {
    const auto info = client.server_info();
    if (!info) return info.error();
    const v1::ConnectedGateway* const gateway = find_gateway(*info, command.name);
    if (gateway == nullptr) {
      return not_found(fmt::format("no one gateway is named {}: see balancerctl get gateways", command.name));
    }
    return gateway_rendering(*gateway, info->snapshot_version());
  });
}

int get_requests(const Command& command) {
  return show(command, [&](AdminClient& client) -> Result<Rendering> {
    const auto listing = client.list_requests(command.limit);
    if (!listing) return listing.error();
    return requests_rendering(*listing);
  });
}

int describe_request(const Command& command) {
  return show(command, [&](AdminClient& client) -> Result<Rendering> {
    const auto listing = client.list_requests(0);
    if (!listing) return listing.error();
    const v1::ObservedRequest* const request = find_request(*listing, command.name);
    if (request == nullptr) {
      return not_found(fmt::format("no one request is named {}: the last few hundred are remembered", command.name));
    }
    return request_rendering(*request);
  });
}

int top(const Command& command) {
  return show(command, [](AdminClient& client) -> Result<Rendering> {
    const auto traffic = client.traffic();
    if (!traffic) return traffic.error();
    const auto providers = client.list_providers();
    if (!providers) return providers.error();
    const auto info = client.server_info();
    if (!info) return info.error();
    return top_rendering(*traffic, *providers, *info);
  });
}

}  // namespace balancer::controlplane::cli
