// Server-sent events of a recorded answer, with the time at which each was complete.
#pragma once

#include <string>
#include <vector>

#include "controlplane/cli/client/http_probe.hpp"

namespace balancer::controlplane::cli {

struct StreamEvent {
  // Empty when the event has no `event:` line; such ones are dropped by Anthropic's SDKs.
  std::string name;
  std::string data;
  Milliseconds at{0};
};

// Comments are left out, and so is what the end of the body cuts off.
[[nodiscard]] std::vector<StreamEvent> stream_events(const ProbeAnswer& answer);

}  // namespace balancer::controlplane::cli
