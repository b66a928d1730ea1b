// What can be told of a host by its name or address alone.
#pragma once

#include <string_view>

namespace balancer::controlplane {

// True for link-local addresses (169.254.0.0/16, fe80::/10) and the metadata services of cloud machines, in every
// spelling that a resolver understands: decimal, hex, octal and shortened IPv4, IPv4 inside IPv6, a trailing dot,
// names. Names that merely resolve to such an address are told only when they are dialled.
// No provider is one of these by intent: they hand out the machine's own credentials.
[[nodiscard]] bool is_guarded_host(std::string_view host);

// localhost, 127.0.0.0/8 and ::1 (with or without brackets).
[[nodiscard]] bool is_loopback_host(std::string_view host);

}  // namespace balancer::controlplane
