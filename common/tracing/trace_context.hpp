// W3C Trace Context (level 1): which trace a request belongs to, and under which span.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace balancer::tracing {

struct TraceId {
  std::array<std::byte, 16> bytes{};
  friend bool operator==(const TraceId&, const TraceId&) = default;
};

struct SpanId {
  std::array<std::byte, 8> bytes{};
  friend bool operator==(const SpanId&, const SpanId&) = default;
};

struct TraceContext {
  TraceId trace;
  SpanId span;
  bool sampled = false;
  friend bool operator==(const TraceContext&, const TraceContext&) = default;
};

// Lower-case hex.
[[nodiscard]] std::string to_string(const TraceId& id);
[[nodiscard]] std::string to_string(const SpanId& id);

// A traceparent header's value, without blanks around it; nothing for a value that the recommendation calls invalid.
// Of a version that is not known yet, what version 00 defines is read.
[[nodiscard]] std::optional<TraceContext> parse_traceparent(std::string_view value);
[[nodiscard]] std::string to_traceparent(const TraceContext& context);

// A sampled trace that nobody has begun before.
[[nodiscard]] TraceContext begin_trace();
// A span of its own in the same trace, sampled as the parent is.
[[nodiscard]] TraceContext child_of(const TraceContext& parent);

}  // namespace balancer::tracing
