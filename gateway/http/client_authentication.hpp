// Who is calling (protocol.md 1.2): decided before the path is looked at and before the body is read.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "common/error/error.hpp"
#include "common/http/header_field.hpp"
#include "common/snapshot/snapshot.hpp"

namespace balancer::gateway {

struct ClientIdentity {
  // Configured name of the key; empty when clients are not authenticated.
  std::string name;
};

// Any valid key among x-api-key and Authorization: Bearer authenticates; when they name different clients, x-api-key
// wins. Without authentication everybody is the nameless client. The error never repeats what was sent.
[[nodiscard]] Result<ClientIdentity> authenticate_client(std::span<const http::HeaderField> fields,
                                                         const ClientAuthentication& settings);

// "x-api-key" or "authorization": the field with the gateway's key, of a request that holds another credential, for a
// provider, in the other one. Empty when nothing tells the two apart: without authentication, or with one credential.
[[nodiscard]] std::string_view gateway_key_field(std::span<const http::HeaderField> fields,
                                                 const ClientAuthentication& settings);

}  // namespace balancer::gateway
