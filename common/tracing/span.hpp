// One piece of work of a trace, once it is over.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "common/tracing/trace_context.hpp"

namespace balancer::tracing {

enum class SpanKind { kServer, kClient, kInternal };

struct Attribute {
  std::string key;
  std::variant<std::string, std::int64_t, double, bool> value;
  friend bool operator==(const Attribute&, const Attribute&) = default;
};

struct Span {
  TraceContext context;
  // Absent for a trace's first span.
  std::optional<SpanId> parent;
  std::string name;
  SpanKind kind = SpanKind::kInternal;
  std::chrono::system_clock::time_point start;
  std::chrono::system_clock::time_point end;
  // Each key once. Never a credential, never a prompt.
  std::vector<Attribute> attributes;
  // Set when the work failed: why, for people.
  std::optional<std::string> error;
};

}  // namespace balancer::tracing
