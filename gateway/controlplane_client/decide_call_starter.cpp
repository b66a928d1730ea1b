#include "gateway/controlplane_client/decide_call_starter.hpp"

#include <utility>

#include "balancer/controlplane/v1/routing.grpc.pb.h"
#include "common/net/listen_address.hpp"
#include "gateway/controlplane_client/grpc_decide_call.hpp"
#include "gateway/controlplane_client/http2_decide_call.hpp"

namespace balancer::gateway {

DecideCallStarter decide_call_starter(const std::shared_ptr<grpc::Channel>& channel, const std::string& target) {
  if (const auto address = parse_listen_address(target)) {
    return [address = *address](TimerWheel& wheel, DecideCall::Wake wake) {
      return Http2DecideCall::start(wheel, address, std::move(wake));
    };
  }
  const std::shared_ptr<v1::RoutingService::Stub> stub = v1::RoutingService::NewStub(channel);
  return [stub](TimerWheel& wheel, DecideCall::Wake wake) {
    return GrpcDecideCall::start(*stub, wheel.context(), std::move(wake));
  };
}

}  // namespace balancer::gateway
