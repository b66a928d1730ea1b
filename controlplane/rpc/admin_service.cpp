#include "controlplane/rpc/admin_service.hpp"

#include <algorithm>

#include "controlplane/rpc/admin_encoding.hpp"
#include "controlplane/rpc/time_encoding.hpp"

namespace balancer::controlplane {
namespace {

grpc::ServerUnaryReactor* answered(grpc::CallbackServerContext& context) {
  grpc::ServerUnaryReactor* reactor = context.DefaultReactor();
  reactor->Finish(grpc::Status::OK);
  return reactor;
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
  return answered(*context);
}

}  // namespace balancer::controlplane
