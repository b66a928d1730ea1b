#include "common/net/exposure.hpp"

namespace balancer {

bool crosses_network_in_clear(const ListenAddress& address, Encryption encryption) {
  return encryption == Encryption::kNone && !is_loopback(address);
}

}  // namespace balancer
