#include "controlplane/rpc/routing_service.hpp"

#include "controlplane/rpc/decide_stream.hpp"

namespace balancer::controlplane {

grpc::ServerBidiReactor<v1::DecideRequest, v1::DecideResponse>* RoutingService::Decide(grpc::CallbackServerContext*) {
  return new DecideStream(control_plane_, open_streams_);
}

}  // namespace balancer::controlplane
