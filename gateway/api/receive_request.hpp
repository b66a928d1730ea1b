// The body of a Messages request: read, decoded, and scanned for what routing needs.
#pragma once

#include "common/http/exchange.hpp"
#include "gateway/api/dependencies.hpp"
#include "gateway/dialect/messages_request.hpp"

namespace balancer::gateway {

struct ReceivedRequest {
  http::RequestBody body;
  // Offsets into `body`.
  MessagesRequest message;
};

// Refuses bodies over 32 MiB, before and after decoding (protocol.md 1.5), bodies that there is no memory for at the
// moment (kOverloaded), and what is no Messages request.
// What is found, or what is wrong, is noted in the record.
asio::awaitable<Result<ReceivedRequest>> receive_request(http::Exchange& exchange, RequestRecord& record,
                                                         Dependencies& deps);

}  // namespace balancer::gateway
