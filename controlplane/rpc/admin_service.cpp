#include "controlplane/rpc/admin_service.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "common/routing/session_key.hpp"
#include "controlplane/config/config_view.hpp"
#include "controlplane/rpc/activity_encoding.hpp"
#include "controlplane/rpc/admin_encoding.hpp"
#include "controlplane/rpc/admin_refusals.hpp"
#include "controlplane/rpc/gateway_encoding.hpp"
#include "controlplane/rpc/snapshot_encoding.hpp"
#include "controlplane/rpc/time_encoding.hpp"

namespace balancer::controlplane {
namespace {

grpc::ServerUnaryReactor* finished(grpc::CallbackServerContext& context, const grpc::Status& status) {
  grpc::ServerUnaryReactor* reactor = context.DefaultReactor();
  reactor->Finish(status);
  return reactor;
}

grpc::ServerUnaryReactor* answered(grpc::CallbackServerContext& context) {
  return finished(context, grpc::Status::OK);
}

int healthy_count(const std::vector<ProviderStatus>& statuses) {
  return static_cast<int>(std::count_if(statuses.begin(), statuses.end(), [](const ProviderStatus& status) {
    return status.state == ProviderStatus::State::kHealthy;
  }));
}

}  // namespace

grpc::ServerUnaryReactor* AdminService::ListProviders(grpc::CallbackServerContext* context,
                                                      const v1::ListProvidersRequest*,
                                                      v1::ListProvidersResponse* response) {
  *response = encode_listing(control_plane_.config()->snapshot, control_plane_.provider_statuses());
  return answered(*context);
}

grpc::ServerUnaryReactor* AdminService::ReloadConfig(grpc::CallbackServerContext* context,
                                                     const v1::ReloadConfigRequest*,
                                                     v1::ReloadConfigResponse* response) {
  const ConfigReload reload = control_plane_.reload();
  const std::vector<ProviderStatus> statuses = control_plane_.provider_statuses();
  response->set_snapshot_version(reload.snapshot_version);
  for (const ConfigProblem& problem : reload.problems) *response->add_problems() = encode(problem);
  response->set_provider_count(static_cast<int>(statuses.size()));
  response->set_healthy_provider_count(healthy_count(statuses));
  return answered(*context);
}

grpc::ServerUnaryReactor* AdminService::GetServerInfo(grpc::CallbackServerContext* context,
                                                      const v1::GetServerInfoRequest*,
                                                      v1::GetServerInfoResponse* response) {
  const std::shared_ptr<const Config> config = control_plane_.config();
  response->set_version(BALANCER_VERSION);
  response->set_snapshot_version(config->snapshot.version);
  *response->mutable_load_time() = encode_timestamp(config->snapshot.load_time);
  for (const ConnectedGateway& gateway : control_plane_.gateways().list()) {
    *response->add_gateways() = encode(gateway);
  }
  *response->mutable_start_time() = encode_timestamp(control_plane_.start_time());
  *response->mutable_last_reload() = encode(control_plane_.reloads().last());
  return answered(*context);
}

grpc::ServerUnaryReactor* AdminService::CoolProvider(grpc::CallbackServerContext* context,
                                                     const v1::CoolProviderRequest* request,
                                                     v1::CoolProviderResponse* response) {
  if (const grpc::Status status = check(*request); !status.ok()) return finished(*context, status);
  const auto duration = std::chrono::ceil<std::chrono::milliseconds>(decode_duration(request->duration()));
  std::optional<ProviderStatus> status;
  if (control_plane_.hold_provider(request->provider(), duration)) {
    status = control_plane_.provider_status(request->provider());
  }
  if (!status) return finished(*context, unknown_provider(control_plane_.config()->snapshot, request->provider()));
  *response->mutable_status() = encode(*status);
  return answered(*context);
}

grpc::ServerUnaryReactor* AdminService::RestoreProvider(grpc::CallbackServerContext* context,
                                                        const v1::RestoreProviderRequest* request,
                                                        v1::RestoreProviderResponse* response) {
  std::optional<ProviderStatus> status;
  if (control_plane_.restore_provider(request->provider())) {
    status = control_plane_.provider_status(request->provider());
  }
  if (!status) return finished(*context, unknown_provider(control_plane_.config()->snapshot, request->provider()));
  *response->mutable_status() = encode(*status);
  return answered(*context);
}

grpc::ServerUnaryReactor* AdminService::ExplainRoute(grpc::CallbackServerContext* context,
                                                     const v1::ExplainRouteRequest* request,
                                                     v1::ExplainRouteResponse* response) {
  if (const grpc::Status status = check(*request, control_plane_.config()->snapshot); !status.ok()) {
    return finished(*context, status);
  }
  std::string session;
  if (!request->session_id().empty()) {
    session = routing::session_key(request->caller(), routing::SessionEvidence::kId, request->session_id());
  }
  const RouteExplanation explanation = control_plane_.explain(
      {.route = {.model = request->model(), .pinned_provider = request->pinned_provider()},
       .session_key = session,
       .session_start = false,
       .dry_run = true});
  *response = encode(explanation, request->model(), control_plane_.provider_statuses());
  return answered(*context);
}

grpc::ServerUnaryReactor* AdminService::GetCacheStats(grpc::CallbackServerContext* context,
                                                      const v1::GetCacheStatsRequest*,
                                                      v1::GetCacheStatsResponse* response) {
  *response = encode(control_plane_.responses().stats());
  return answered(*context);
}

grpc::ServerUnaryReactor* AdminService::FlushCache(grpc::CallbackServerContext* context, const v1::FlushCacheRequest*,
                                                   v1::FlushCacheResponse* response) {
  response->set_flushed_count(control_plane_.responses().flush());
  return answered(*context);
}

grpc::ServerUnaryReactor* AdminService::ListRequests(grpc::CallbackServerContext* context,
                                                     const v1::ListRequestsRequest* request,
                                                     v1::ListRequestsResponse* response) {
  const std::size_t limit = request->limit() == 0 ? RecentRequests::kLimit : request->limit();
  const std::vector<ProviderStatus> statuses = control_plane_.provider_statuses();
  for (const ObservedRequest& observed : control_plane_.activity().requests(limit)) {
    *response->add_requests() = encode(observed, statuses);
  }
  return answered(*context);
}

grpc::ServerUnaryReactor* AdminService::GetTraffic(grpc::CallbackServerContext* context, const v1::GetTrafficRequest*,
                                                   v1::GetTrafficResponse* response) {
  *response = encode(control_plane_.activity().traffic());
  return answered(*context);
}

grpc::ServerUnaryReactor* AdminService::GetConfig(grpc::CallbackServerContext* context, const v1::GetConfigRequest*,
                                                  v1::GetConfigResponse* response) {
  const std::shared_ptr<const Config> config = control_plane_.config();
  *response = encode_routes(config->snapshot);
  response->set_document(config_view(*config).dump());
  return answered(*context);
}

grpc::ServerUnaryReactor* AdminService::DrainGateway(grpc::CallbackServerContext* context,
                                                     const v1::DrainGatewayRequest* request,
                                                     v1::DrainGatewayResponse* response) {
  Result<ConnectedGateway> gateway = control_plane_.gateways().find(request->gateway());
  if (!gateway) return finished(*context, refusal(gateway.error()));
  control_plane_.drain_gateway(gateway->identity.id, request->drain());
  gateway->drain_wanted = request->drain();
  *response->mutable_gateway() = encode(*gateway);
  return answered(*context);
}

}  // namespace balancer::controlplane
