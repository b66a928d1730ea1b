// AdminService over gRPC: see admin.proto for what it promises.
#pragma once

#include <grpcpp/grpcpp.h>

#include "balancer/controlplane/v1/admin.grpc.pb.h"
#include "controlplane/domain/control_plane.hpp"

namespace balancer::controlplane {

// `control_plane` must outlive the server that this is registered with.
class AdminService final : public v1::AdminService::CallbackService {
 public:
  explicit AdminService(ControlPlane& control_plane) : control_plane_(control_plane) {}

  grpc::ServerUnaryReactor* ListProviders(grpc::CallbackServerContext* context, const v1::ListProvidersRequest*,
                                          v1::ListProvidersResponse* response) override;
  grpc::ServerUnaryReactor* ReloadConfig(grpc::CallbackServerContext* context, const v1::ReloadConfigRequest*,
                                         v1::ReloadConfigResponse* response) override;
  grpc::ServerUnaryReactor* GetServerInfo(grpc::CallbackServerContext* context, const v1::GetServerInfoRequest*,
                                          v1::GetServerInfoResponse* response) override;
  // See admin_refusals.hpp for what these refuse.
  grpc::ServerUnaryReactor* CoolProvider(grpc::CallbackServerContext* context, const v1::CoolProviderRequest* request,
                                         v1::CoolProviderResponse* response) override;
  grpc::ServerUnaryReactor* RestoreProvider(grpc::CallbackServerContext* context,
                                            const v1::RestoreProviderRequest* request,
                                            v1::RestoreProviderResponse* response) override;
  grpc::ServerUnaryReactor* ExplainRoute(grpc::CallbackServerContext* context, const v1::ExplainRouteRequest* request,
                                         v1::ExplainRouteResponse* response) override;
  grpc::ServerUnaryReactor* GetCacheStats(grpc::CallbackServerContext* context, const v1::GetCacheStatsRequest* request,
                                          v1::GetCacheStatsResponse* response) override;
  grpc::ServerUnaryReactor* FlushCache(grpc::CallbackServerContext* context, const v1::FlushCacheRequest* request,
                                       v1::FlushCacheResponse* response) override;
  grpc::ServerUnaryReactor* ListRequests(grpc::CallbackServerContext* context, const v1::ListRequestsRequest* request,
                                         v1::ListRequestsResponse* response) override;
  grpc::ServerUnaryReactor* GetTraffic(grpc::CallbackServerContext* context, const v1::GetTrafficRequest* request,
                                       v1::GetTrafficResponse* response) override;
  grpc::ServerUnaryReactor* GetConfig(grpc::CallbackServerContext* context, const v1::GetConfigRequest* request,
                                      v1::GetConfigResponse* response) override;
  grpc::ServerUnaryReactor* DrainGateway(grpc::CallbackServerContext* context, const v1::DrainGatewayRequest* request,
                                         v1::DrainGatewayResponse* response) override;

 private:
  ControlPlane& control_plane_;
};

}  // namespace balancer::controlplane
