// What the endpoints of one I/O thread work with. Everything outlives them.
#pragma once

#include <atomic>
#include <memory>

#include "common/async/timer_wheel.hpp"
#include "common/snapshot/snapshot.hpp"
#include "common/time/clock.hpp"
#include "common/upstream/upstream_pools.hpp"
#include "gateway/api/conversion_state.hpp"
#include "gateway/coalescing/flights.hpp"
#include "gateway/coalescing/productions.hpp"
#include "gateway/controlplane_client/control_plane_link.hpp"
#include "gateway/controlplane_client/decision_client.hpp"
#include "gateway/controlplane_client/response_client.hpp"
#include "gateway/dialect/json/json_object_scanner.hpp"
#include "gateway/failover/in_flight.hpp"
#include "gateway/failover/retry_budget.hpp"
#include "gateway/metrics/gateway_metrics.hpp"
#include "gateway/overload/capacity.hpp"
#include "gateway/telemetry/request_telemetry.hpp"

namespace balancer::gateway {

struct Dependencies {
  const Clock& clock;
  TimerWheel& wheel;
  JsonObjectScanner& scanner;
  ConversionState& conversion;
  UpstreamPools& upstreams;
  DecisionClient& decisions;
  // Thread-safe, of the whole process.
  ResponseClient& responses;
  Flights& flights;
  Productions& productions;
  RetryBudget& retries;
  // Of the whole process; only counted for providers with a max_in_flight.
  InFlight& in_flight;
  // Of the whole process.
  Capacity& capacity;
  ControlPlaneLink& control_plane;
  GatewayMetrics& metrics;
  RequestTelemetry& telemetry;
  // The thread's current snapshot; null until the first one came. A request copies the pointer and keeps it.
  const std::shared_ptr<const Snapshot>& snapshot;
  // Set while the process shuts down, or is out of rotation.
  const std::atomic<bool>& draining;
  // Set once every I/O thread has a snapshot: clients may come to any of them.
  const std::atomic<bool>& configured;
  // The listener is bound to a loopback address.
  bool on_loopback = true;
};

}  // namespace balancer::gateway
