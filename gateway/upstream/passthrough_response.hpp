// Which of a provider's header fields reach the client (protocol.md 1.6).
#pragma once

#include <span>

#include "common/http/response_head.hpp"
#include "common/upstream/upstream_call.hpp"

namespace balancer::gateway {

// Adds what may pass: everything but framing, hop-by-hop fields, cookies, and what describes the provider's edge.
// `request-id` is not among them: whoever answers sets it once, under both of its names. Nor is `content-type`, which
// must say what the answer turned out to be.
void add_passthrough_headers(http::ResponseHead& head, const UpstreamResponseHead& upstream);

}  // namespace balancer::gateway
