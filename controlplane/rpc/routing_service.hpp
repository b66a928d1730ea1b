// RoutingService over gRPC: see routing.proto for what it promises.
#pragma once

#include <grpcpp/grpcpp.h>

#include "balancer/controlplane/v1/routing.grpc.pb.h"
#include "controlplane/domain/control_plane.hpp"
#include "controlplane/rpc/open_streams.hpp"

namespace balancer::controlplane {

// The references must outlive the server that this is registered with.
class RoutingService final : public v1::RoutingService::CallbackService {
 public:
  RoutingService(ControlPlane& control_plane, OpenStreams& open_streams)
      : control_plane_(control_plane), open_streams_(open_streams) {}

  grpc::ServerBidiReactor<v1::DecideRequest, v1::DecideResponse>* Decide(grpc::CallbackServerContext*) override;

 private:
  ControlPlane& control_plane_;
  OpenStreams& open_streams_;
};

}  // namespace balancer::controlplane
