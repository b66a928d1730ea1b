// What is known of one client request from its arrival to its end: written down as it happens, told once at the end.
#pragma once

#include <boost/container/small_vector.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/routing/attempt_plan.hpp"
#include "common/routing/attempt_report.hpp"
#include "common/routing/cache_outcome.hpp"
#include "common/snapshot/snapshot.hpp"
#include "common/tracing/trace_context.hpp"
#include "gateway/dialect/anthropic_stream_tee.hpp"
#include "gateway/overload/shed_reason.hpp"

namespace balancer::gateway {

using std::chrono::microseconds;

// One attempt at one provider that has ended.
struct AttemptRecord {
  std::string provider;
  ProviderType provider_type = ProviderType::kAnthropic;
  std::string upstream_model;
  routing::AttemptOutcome outcome = routing::AttemptOutcome::kSuccess;
  // 0 when there was none.
  int status = 0;
  std::string detail;
  // Another candidate was tried behind it.
  bool retried = false;
  // Since the request's arrival.
  microseconds began{0};
  microseconds duration{0};
  std::optional<microseconds> time_to_first_byte;
  TokenUsage usage;
  // What the provider calls its answer; empty when it has no name for it.
  std::string upstream_request_id;
  // Where traces are taken.
  std::optional<tracing::SpanId> span;
};

// Stays on its request's thread. The making of an answer may outlast the client that asked for it: whoever writes here
// shares the ownership, and the last one to let go publishes it (RequestTelemetry).
struct RequestRecord {
  std::string request_id;
  // From the closed list of endpoint_label().
  std::string_view endpoint;
  std::chrono::steady_clock::time_point arrival;
  std::chrono::system_clock::time_point arrival_time;
  // The client's, with this request as its newest span if traces are taken; nothing if the client sent none and none
  // are taken.
  std::optional<tracing::TraceContext> trace;
  std::optional<tracing::SpanId> parent_span;
  // The control plane is told of it by name; else it is counted there, unless it fails. Known from the beginning, because
  // a decision that is asked for in its name lists it there.
  bool listed = false;

  // The configuration that it was served by; null before there was one.
  std::shared_ptr<const Snapshot> snapshot;
  std::string caller;
  std::string model;
  bool stream = false;
  std::string route;
  bool planned_by_gateway = false;
  std::optional<routing::RejectionReason> rejection;
  // Refused because the gateway has enough to do.
  std::optional<ShedReason> shed;
  std::optional<CacheOutcome> cache;
  // Nearly all have one.
  boost::container::small_vector<AttemptRecord, 1> attempts;

  // Whose answer it was given; empty for an answer of the gateway's own.
  std::string provider;
  std::string upstream_model;
  // As the provider calls it: an Anthropic one's is the request-id that the client sees.
  std::string upstream_request_id;
  TokenUsage usage;
  routing::AttemptOutcome outcome = routing::AttemptOutcome::kSuccess;
  // What the gateway's own error answer says.
  std::string error;

  // Reading the request's body took so long.
  microseconds reading{0};
  // Filled in when the client's part has ended. 499 for a client that left before it was answered.
  int status = 0;
  microseconds duration{0};
  std::optional<microseconds> time_to_first_byte;
};

// What the gateway itself took: all but reading the request and its attempts. Nothing for an answer that was made for
// another request, which was waited for.
[[nodiscard]] std::optional<microseconds> overhead_of(const RequestRecord& record);

// Asked every few seconds by whoever supervises the gateway.
[[nodiscard]] bool is_probe(const RequestRecord& record);

// True if the client did not get what it asked for, and not by its own fault.
[[nodiscard]] bool is_failure(const RequestRecord& record);

}  // namespace balancer::gateway
