// One I/O thread's telemetry with all that it tells within a test's reach.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "gateway/telemetry/request_telemetry.hpp"
#include "tests/fakes/fake_clock.hpp"
#include "tests/unit/common/metrics/exposition_text.hpp"
#include "tests/unit/gateway/telemetry/fake_decision_client.hpp"
#include "tests/unit/gateway/telemetry/fake_exchange.hpp"
#include "tests/unit/gateway/telemetry/log_file.hpp"
#include "tests/unit/gateway/telemetry/records.hpp"

namespace balancer::gateway {

class TelemetryFixture : public testing::Test {
 protected:
  TelemetryFixture() { telemetry_.report_to(decisions_); }

  [[nodiscard]] metrics::ExpositionText text() const {
    return metrics::ExpositionText(metrics::exposition(metrics_.collect()));
  }
  [[nodiscard]] double value(const std::string& name, const metrics::ExpositionText::Labels& labels = {}) const {
    return text().value(name, labels).value_or(0);
  }
  // Requests that were counted, whatever became of them.
  [[nodiscard]] double counted_requests() const {
    const metrics::ExpositionText told = text();
    double sum = 0;
    for (const auto& labels : told.series("balancer_gateway_requests_total")) {
      sum += told.value("balancer_gateway_requests_total", labels).value();
    }
    return sum;
  }

  // A Messages request, answered with that status, that all but its record's owner are done with.
  std::shared_ptr<RequestRecord> closed_record(int status = 200) {
    FakeExchange exchange;
    std::shared_ptr<RequestRecord> record = telemetry_.open(exchange, "messages");
    ask(*record);
    exchange.answer(status);
    telemetry_.close(*record, exchange);
    return record;
  }

  const LogFile log_;
  FakeClock clock_;
  GatewayMetrics metrics_;
  FakeDecisionClient decisions_;
  RequestTelemetry telemetry_{{.clock = clock_, .metrics = metrics_}};
};

}  // namespace balancer::gateway
