// Sends finished spans to an OpenTelemetry collector (OTLP over HTTP, JSON), behind the requests' backs.
#pragma once

#include <memory>

#include "common/tracing/exporter_settings.hpp"
#include "common/tracing/span.hpp"
#include "common/tracing/span_queue.hpp"

namespace balancer::tracing {

// Has a thread of its own. A collector that is down, slow or talks nonsense costs spans, never a request: its state is
// logged when it changes, and what is lost is counted.
class SpanExporter {
 public:
  using Counts = SpanCounts;

  explicit SpanExporter(ExporterSettings settings);
  // As close().
  ~SpanExporter();
  SpanExporter(const SpanExporter&) = delete;
  SpanExporter& operator=(const SpanExporter&) = delete;

  // Callable on any thread; never waits for the network. When the queue is full the span is dropped. A span whose trace
  // is not sampled is let go and not counted.
  void submit(Span&& span) noexcept;

  // Delivers what is left within the settings' close limit and gives up the rest. Spans that come later are dropped.
  // Called by the owner, whose other threads may still submit.
  void close();

  // Spans that the collector took, and those that were lost.
  [[nodiscard]] Counts counts() const;

 private:
  class Core;
  std::unique_ptr<Core> core_;
};

}  // namespace balancer::tracing
