// Addresses that no provider has by intent, because whoever can make a gateway ask them gets the machine's own
// credentials.
#pragma once

#include <netinet/in.h>

#include <cstdint>

namespace balancer {

// True for link-local addresses (169.254.0.0/16, fe80::/10) and the metadata services of cloud machines; of IPv6, also
// where such an IPv4 address is inside. An IPv4 address is in the byte order of this machine.
[[nodiscard]] bool is_guarded_address(std::uint32_t ipv4);
[[nodiscard]] bool is_guarded_address(const in6_addr& ipv6);

}  // namespace balancer
