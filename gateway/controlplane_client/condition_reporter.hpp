// Tells the control plane how this gateway is, when that has changed.
#pragma once

#include <grpcpp/channel.h>

#include <memory>
#include <optional>
#include <string>

#include "balancer/controlplane/v1/config.grpc.pb.h"
#include "common/async/asio.hpp"
#include "gateway/controlplane_client/control_plane_news.hpp"
#include "gateway/controlplane_client/gateway_presence.hpp"
#include "gateway/controlplane_client/live_calls.hpp"

namespace balancer::gateway {

namespace v1 = balancer::controlplane::v1;

// Everything here stays on the thread that runs `context`, which must run until `calls` has none left.
class ConditionReporter {
 public:
  ConditionReporter(std::shared_ptr<grpc::Channel> channel, asio::io_context& context,
                    std::shared_ptr<LiveCalls> calls, std::shared_ptr<ControlPlaneNews> news, std::string gateway_id,
                    std::function<GatewayCondition()> condition);

  // Looks now, and once a second from now on.
  void start();

 private:
  void look();
  void tell(const GatewayCondition& condition);

  const std::unique_ptr<v1::ConfigService::Stub> stub_;
  const std::shared_ptr<LiveCalls> calls_;
  const std::shared_ptr<ControlPlaneNews> news_;
  const std::string gateway_id_;
  const std::function<GatewayCondition()> condition_;
  asio::steady_timer timer_;
  // What this control plane was told last; nothing while it answers none.
  std::optional<GatewayCondition> told_;
  asio::io_context& context_;
};

}  // namespace balancer::gateway
