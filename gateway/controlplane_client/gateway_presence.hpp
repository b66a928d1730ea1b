// How a gateway appears to operators, and what they can wish of it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

namespace balancer::gateway {

struct GatewayCondition {
  std::int64_t open_request_count = 0;
  std::int64_t open_stream_count = 0;
  bool draining = false;

  friend bool operator==(const GatewayCondition&, const GatewayCondition&) = default;
};

struct GatewayPresence {
  // Of the machine, or the container.
  std::string host_name;
  std::chrono::system_clock::time_point start_time;
  // Asked once a second, on the link's thread; may be empty.
  std::function<GatewayCondition()> condition;
  // Told, on the link's thread, whether an operator wants the gateway out of rotation; may be empty.
  std::function<void(bool drain)> on_drain;
};

}  // namespace balancer::gateway
