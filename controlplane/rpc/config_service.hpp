// ConfigService over gRPC: see config.proto for what it promises.
#pragma once

#include <grpcpp/grpcpp.h>

#include "balancer/controlplane/v1/config.grpc.pb.h"
#include "controlplane/domain/control_plane.hpp"
#include "controlplane/rpc/open_streams.hpp"

namespace balancer::controlplane {

// The references must outlive the server that this is registered with.
class ConfigService final : public v1::ConfigService::CallbackService {
 public:
  ConfigService(ControlPlane& control_plane, OpenStreams& open_streams)
      : control_plane_(control_plane), open_streams_(open_streams) {}

  grpc::ServerWriteReactor<v1::WatchSnapshotResponse>* WatchSnapshot(
      grpc::CallbackServerContext*, const v1::WatchSnapshotRequest* request) override;

  grpc::ServerUnaryReactor* AcknowledgeSnapshot(grpc::CallbackServerContext* context,
                                                const v1::AcknowledgeSnapshotRequest* request,
                                                v1::AcknowledgeSnapshotResponse* response) override;
  grpc::ServerUnaryReactor* ReportGateway(grpc::CallbackServerContext* context, const v1::ReportGatewayRequest* request,
                                          v1::ReportGatewayResponse* response) override;

 private:
  ControlPlane& control_plane_;
  OpenStreams& open_streams_;
};

}  // namespace balancer::controlplane
