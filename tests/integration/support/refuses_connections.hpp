// Whether anybody listens at a program's port.
#pragma once

#include "tests/fakes/http_client.hpp"

namespace balancer::integration {

[[nodiscard]] inline bool refuses_connections(const fakes::HttpClient& client) {
  try {
    (void)client.connect();
    return false;
  } catch (const fakes::ConversationError&) {
    return true;
  }
}

}  // namespace balancer::integration
