// What became of a batch of spans, by the collector's answer.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/upstream/upstream_failure.hpp"

namespace balancer::tracing {

struct ExportAnswer {
  int status = 0;
  std::string_view retry_after;
  std::string_view body;
};

struct ExportVerdict {
  enum class Kind { kDelivered, kTryLater, kLost };

  Kind kind = Kind::kLost;
  // Of a delivered batch: spans that the collector did not want.
  std::uint64_t rejected = 0;
  // How long the collector wants to be left alone.
  std::optional<std::chrono::milliseconds> retry_after;
  // For logs, in our own words; empty when delivered.
  std::string reason;
};

// Tried again is what OTLP/HTTP calls retryable: 429, 502, 503 and 504. A redirect is not followed. A success is one
// whatever its body says, but for the spans that it reports as rejected.
[[nodiscard]] ExportVerdict judge_answer(const ExportAnswer& answer, std::chrono::system_clock::time_point now);
// Tried again is what the collector cannot have taken: it was not reached, or the connection ended without an answer. A
// collector that is too slow, or speaks no HTTP, may have taken the batch.
[[nodiscard]] ExportVerdict judge_failure(const UpstreamFailure& failure);

}  // namespace balancer::tracing
