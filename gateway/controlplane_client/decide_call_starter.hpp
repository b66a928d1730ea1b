// What carries Decide streams to a control plane.
#pragma once

#include <grpcpp/channel.h>

#include <functional>
#include <memory>
#include <string>

#include "common/async/timer_wheel.hpp"
#include "gateway/controlplane_client/decide_call.hpp"

namespace balancer::gateway {

// Starts a call for the I/O thread that runs the wheel's io_context, on that thread.
using DecideCallStarter = std::function<std::unique_ptr<DecideCall>(TimerWheel& wheel, DecideCall::Wake wake)>;

// HTTP/2 in the thread itself when `target`, where `channel` leads to, is "HOST:PORT" or "unix:PATH"; else through
// `channel`.
[[nodiscard]] DecideCallStarter decide_call_starter(const std::shared_ptr<grpc::Channel>& channel,
                                                    const std::string& target);

}  // namespace balancer::gateway
