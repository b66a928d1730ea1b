// POST /v1/messages.
#pragma once

#include <memory>

#include "common/http/exchange.hpp"
#include "gateway/api/dependencies.hpp"
#include "gateway/telemetry/request_record.hpp"

namespace balancer::gateway {

// Complete when the last byte of the answer, or one error body, has been written. `snapshot` stays the request's own
// whatever the configuration does meanwhile;
// `record` is shared with the making of the answer, which may outlast its client.
asio::awaitable<void> serve_messages(http::Exchange& exchange, std::shared_ptr<RequestRecord> record,
                                     std::shared_ptr<const Snapshot> snapshot, Dependencies& deps);

}  // namespace balancer::gateway
