// The ResponseClient that asks the control plane.
#pragma once

#include <grpcpp/channel.h>

#include <memory>

#include "balancer/controlplane/v1/response.grpc.pb.h"
#include "gateway/controlplane_client/live_calls.hpp"
#include "gateway/controlplane_client/response_client.hpp"

namespace balancer::gateway {

class GrpcResponseClient final : public ResponseClient {
 public:
  GrpcResponseClient(const std::shared_ptr<grpc::Channel>& channel, std::shared_ptr<LiveCalls> calls);

  asio::awaitable<Result<FoundAnswer>> fetch(RequestSignature signature) override;
  asio::awaitable<Result<FoundAnswer>> join(RequestSignature signature, std::chrono::milliseconds limit,
                                            std::function<void(std::function<void()>)> on_started) override;
  asio::awaitable<Result<void>> store(RequestSignature signature, StoredAnswer answer, bool cacheable) override;

 private:
  const std::shared_ptr<balancer::controlplane::v1::ResponseService::Stub> stub_;
  const std::shared_ptr<LiveCalls> calls_;
};

}  // namespace balancer::gateway
