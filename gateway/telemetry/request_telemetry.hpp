// Where all that is told of requests comes together: counted, logged, traced, and told to the control plane.
#pragma once

#include <memory>
#include <string_view>

#include "common/http/exchange.hpp"
#include "common/time/clock.hpp"
#include "common/tracing/span_exporter.hpp"
#include "gateway/controlplane_client/decision_client.hpp"
#include "gateway/metrics/gateway_metrics.hpp"
#include "gateway/telemetry/request_record.hpp"
#include "gateway/telemetry/summary_allowance.hpp"

namespace balancer::gateway {

// One per I/O thread, and used there alone. Outlives its records.
class RequestTelemetry {
 public:
  struct Sinks {
    const Clock& clock;
    GatewayMetrics& metrics;
    // Null while traces are not taken.
    tracing::SpanExporter* spans = nullptr;
  };
  explicit RequestTelemetry(const Sinks& sinks);
  RequestTelemetry(const RequestTelemetry&) = delete;
  RequestTelemetry& operator=(const RequestTelemetry&) = delete;

  // Whom summaries of Messages requests are sent through; outlives the records that are published from now on.
  void report_to(DecisionClient& decisions) { decisions_ = &decisions; }

  // Published when its last owner lets go; an exchange that was not closed is not published.
  [[nodiscard]] std::shared_ptr<RequestRecord> open(const http::Exchange& exchange, std::string_view endpoint);
  // The client's part has ended.
  void close(RequestRecord& record, const http::Exchange& exchange);

  // A connection was one too many for a request to be read from it.
  void connection_turned_away() { metrics_.count_rejection(to_string(ShedReason::kConnections)); }

  // For an attempt that begins now: its span, if traces are taken.
  [[nodiscard]] std::optional<tracing::SpanId> begin_attempt(const RequestRecord& record) const;

  // A request's answer is an event stream, while this lives.
  class OpenStream {
   public:
    explicit OpenStream(RequestTelemetry& telemetry) : metrics_(telemetry.metrics_) { metrics_.stream_opened(); }
    ~OpenStream() { metrics_.stream_closed(); }
    OpenStream(const OpenStream&) = delete;
    OpenStream& operator=(const OpenStream&) = delete;

   private:
    RequestMetrics& metrics_;
  };

 private:
  struct OpenRecord;

  void publish(const RequestRecord& record);
  void count(const RequestRecord& record);
  [[nodiscard]] bool is_told_of(const RequestRecord& record);

  const Sinks sinks_;
  RequestMetrics& metrics_;
  DecisionClient* decisions_ = nullptr;
  SummaryAllowance summaries_;
  // Failures beyond the even share: they are what people look for.
  SummaryAllowance failures_;
};

}  // namespace balancer::gateway
