// ResponseService over gRPC: see response.proto for what it promises.
#pragma once

#include <grpcpp/grpcpp.h>

#include "balancer/controlplane/v1/response.grpc.pb.h"
#include "controlplane/domain/control_plane.hpp"
#include "controlplane/rpc/open_streams.hpp"

namespace balancer::controlplane {

// The references must outlive the server that this is registered with.
class ResponseService final : public v1::ResponseService::CallbackService {
 public:
  ResponseService(ControlPlane& control_plane, OpenStreams& open_streams)
      : responses_(control_plane.responses()), open_streams_(open_streams) {}

  grpc::ServerUnaryReactor* StoreResponse(grpc::CallbackServerContext* context, const v1::StoreResponseRequest* request,
                                          v1::StoreResponseResponse*) override;
  grpc::ServerUnaryReactor* FetchResponse(grpc::CallbackServerContext* context, const v1::FetchResponseRequest* request,
                                          v1::FetchResponseResponse* response) override;
  grpc::ServerUnaryReactor* JoinResponse(grpc::CallbackServerContext* context, const v1::JoinResponseRequest* request,
                                         v1::JoinResponseResponse* response) override;

 private:
  SharedResponses& responses_;
  OpenStreams& open_streams_;
};

}  // namespace balancer::controlplane
