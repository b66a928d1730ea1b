// A Messages request that was read and may be put to providers.
#pragma once

#include <memory>
#include <string>

#include "common/async/timer_wheel.hpp"
#include "common/snapshot/snapshot.hpp"
#include "gateway/api/receive_request.hpp"
#include "gateway/dialect/session_identity.hpp"
#include "gateway/telemetry/request_record.hpp"

namespace balancer::gateway {

struct MessagesInput {
  ReceivedRequest received;
  SessionIdentity session;
  // Configured name of the client's key.
  std::string caller;
  // The request's own, whatever the configuration does meanwhile.
  std::shared_ptr<const Snapshot> snapshot;
  // Until the answer is committed to one provider.
  TimerWheel::TimePoint deadline;
  // Not null while the answer is being made.
  std::shared_ptr<RequestRecord> record;
};

}  // namespace balancer::gateway
