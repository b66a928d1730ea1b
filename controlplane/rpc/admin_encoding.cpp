#include "controlplane/rpc/admin_encoding.hpp"

#include <algorithm>

#include "common/net/listen_address.hpp"
#include "controlplane/rpc/snapshot_encoding.hpp"

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
    const auto status = std::find_if(statuses.begin(), statuses.end(),
                                     [&](const ProviderStatus& s) { return s.provider == provider.name; });
    if (status != statuses.end()) *listing.mutable_status() = encode(*status);
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

v1::ConnectedGateway encode(const ConnectedGateway& gateway) {
  v1::ConnectedGateway message;
  message.mutable_identity()->set_id(gateway.identity.id);
  message.mutable_identity()->set_version(gateway.identity.version);
  message.set_snapshot_version(gateway.snapshot_version);
  message.set_rejection_reason(gateway.rejection_reason);
  return message;
}

}  // namespace balancer::controlplane
