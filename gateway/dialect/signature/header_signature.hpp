// The head of a client's request, as far as it counts.
#pragma once

#include <span>

#include "common/http/header_field.hpp"
#include "common/signature/signature_builder.hpp"

namespace balancer::gateway {

// Every header that is_volatile_header() does not name. Lines of one header keep their order; that of different headers
// and the letter case of names do not count. The values of anthropic-beta are a set, over all its lines.
void add_headers(SignatureBuilder& builder, std::span<const http::HeaderField> fields);

}  // namespace balancer::gateway
