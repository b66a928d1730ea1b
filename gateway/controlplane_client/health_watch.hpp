// Follows the control plane's own word on whether it is ready (grpc.health.v1.Health.Watch). A control plane without
// that service is asked again now and then, which harms nobody.
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <google/protobuf/wrappers.pb.h>

#include <cstdint>
#include <memory>

#include "common/async/asio.hpp"
#include "gateway/controlplane_client/control_plane_news.hpp"
#include "gateway/controlplane_client/live_calls.hpp"
#include "gateway/controlplane_client/reconnect_backoff.hpp"

namespace balancer::gateway {

// Debian ships the health service compiled into gRPC's server, but neither its .proto nor its messages. Both have one
// field, number 1, so that protobuf's own wrappers have the same bytes: HealthCheckRequest{string service} is a
// StringValue, HealthCheckResponse{ServingStatus status} an Int32Value.
using HealthCheckRequest = google::protobuf::StringValue;
using HealthCheckResponse = google::protobuf::Int32Value;

// Everything here stays on the thread that runs `context`, which must run until `calls` has none left.
class HealthWatch {
 public:
  HealthWatch(std::shared_ptr<grpc::Channel> channel, asio::io_context& context, std::shared_ptr<LiveCalls> calls,
              std::shared_ptr<ControlPlaneNews> news, std::uint64_t seed);

  void connect();

 private:
  void receive(int serving_status);
  void on_ended(const grpc::Status& status);

  grpc::TemplatedGenericStub<HealthCheckRequest, HealthCheckResponse> stub_;
  asio::io_context& context_;
  const std::shared_ptr<LiveCalls> calls_;
  const std::shared_ptr<ControlPlaneNews> news_;
  ReconnectBackoff backoff_;
  asio::steady_timer reconnect_timer_;
  bool serving_ = false;
};

}  // namespace balancer::gateway
