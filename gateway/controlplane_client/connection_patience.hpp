// How patient a connection to the control plane is, whatever carries it.
#pragma once

#include <chrono>

namespace balancer::gateway {

struct ConnectionPatience {
  // How long one attempt to connect may take, and to hear from the control plane.
  std::chrono::milliseconds connect{1'500};
  // Silence after which a sign of life is asked for, and how long it may take: a peer that vanished without a word is
  // noticed within 15 s. Control planes refuse those who ask oftener than every 4 s.
  std::chrono::milliseconds keepalive_time{10'000};
  std::chrono::milliseconds keepalive_timeout{5'000};
};

}  // namespace balancer::gateway
