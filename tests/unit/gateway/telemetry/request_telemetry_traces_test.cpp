#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "common/tracing/span_exporter.hpp"
#include "tests/fakes/fake_provider.hpp"
#include "tests/unit/gateway/telemetry/telemetry_fixture.hpp"

namespace balancer::gateway {
namespace {

using nlohmann::json;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view kTrace = "0af7651916cd43dd8448eb211c80319c";
constexpr std::string_view kSampled = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
constexpr std::string_view kNotSampled = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";

// Traces are not taken.
class UntracedRequestTest : public TelemetryFixture {
 protected:
  std::shared_ptr<RequestRecord> open(std::string_view traceparent) {
    FakeExchange exchange;
    exchange.add_header("Traceparent", traceparent);
    return telemetry_.open(exchange, "messages");
  }
};

TEST_F(UntracedRequestTest, TheClientsTraceIsKeptAsItIs) {
  for (const std::string_view traceparent : {kSampled, kNotSampled}) {
    const auto record = open(traceparent);

    ASSERT_TRUE(record->trace);
    EXPECT_EQ(to_traceparent(*record->trace), traceparent);
    EXPECT_EQ(record->parent_span, std::nullopt);
  }
}

TEST_F(UntracedRequestTest, NoTraceIsBegun) {
  EXPECT_EQ(telemetry_.open(FakeExchange(), "messages")->trace, std::nullopt);
  EXPECT_EQ(open("nonsense")->trace, std::nullopt);
}

TEST_F(UntracedRequestTest, AttemptsHaveNoSpans) {
  EXPECT_EQ(telemetry_.begin_attempt(*open(kSampled)), std::nullopt);
}

// With a collector, which is told of everything when the exporter is closed.
class TracedRequestTest : public TelemetryFixture {
 protected:
  TracedRequestTest() {
    collector_.always(fakes::ScriptedResponse().header("Content-Type", "application/json").send("{}"));
    traced_.report_to(decisions_);
  }

  static tracing::ExporterSettings settings(const std::string& url) {
    tracing::ExporterSettings settings;
    settings.url = tracing::parse_collector_url(url).value();
    settings.delay = std::chrono::hours(1);
    settings.close_limit = std::chrono::seconds(10);
    return settings;
  }
  std::shared_ptr<RequestRecord> open(std::string_view traceparent, std::string_view endpoint = "messages") {
    FakeExchange exchange;
    if (!traceparent.empty()) exchange.add_header("traceparent", traceparent);
    return traced_.open(exchange, endpoint);
  }
  // A request whose first attempt failed and whose second one was delivered.
  void serve(std::string_view traceparent) {
    FakeExchange exchange;
    const auto record = open(traceparent);
    ask(*record);
    for (AttemptRecord attempt : {failure_at("first", routing::AttemptOutcome::kTransient), success_at("second")}) {
      attempt.span = traced_.begin_attempt(*record);
      note(*record, std::move(attempt));
    }
    exchange.answer(200);
    traced_.close(*record, exchange);
  }
  // Ends the exporter.
  std::vector<json> exported() {
    exporter_.close();
    std::vector<json> spans;
    for (const fakes::RecordedRequest& request : collector_.requests()) {
      const json document = json::parse(request.body);
      for (const json& span : document.at("resourceSpans").at(0).at("scopeSpans").at(0).at("spans")) {
        spans.push_back(span);
      }
    }
    return spans;
  }

  fakes::FakeProvider collector_;
  tracing::SpanExporter exporter_{settings(collector_.base_url() + "/v1/traces")};
  RequestTelemetry traced_{{.clock = clock_, .metrics = metrics_, .spans = &exporter_}};
};

TEST_F(TracedRequestTest, ARequestIsASpanUnderTheClients) {
  for (const std::string_view traceparent : {kSampled, kNotSampled}) {
    const auto client = tracing::parse_traceparent(traceparent).value();

    const auto record = open(traceparent);

    ASSERT_TRUE(record->trace);
    EXPECT_EQ(record->trace->trace, client.trace);
    EXPECT_NE(record->trace->span, client.span);
    EXPECT_EQ(record->trace->sampled, client.sampled);
    EXPECT_EQ(record->parent_span, client.span);
  }
}

TEST_F(TracedRequestTest, ARequestWithoutATraceBeginsOne) {
  for (const std::string_view traceparent : {"", "nonsense", "00-00000000000000000000000000000000-b7ad6b7169203331-01"}) {
    const auto record = open(traceparent);

    ASSERT_TRUE(record->trace);
    EXPECT_TRUE(record->trace->sampled);
    EXPECT_EQ(record->parent_span, std::nullopt);
  }
  EXPECT_NE(open("")->trace->trace, open("")->trace->trace);
}

TEST_F(TracedRequestTest, EachAttemptHasASpanOfItsOwn) {
  const auto record = open(kSampled);

  const auto first = traced_.begin_attempt(*record);
  const auto second = traced_.begin_attempt(*record);

  ASSERT_TRUE(first && second);
  EXPECT_NE(*first, *second);
  EXPECT_NE(*first, record->trace->span);
}

TEST_F(TracedRequestTest, CollectorIsToldOfTheRequestAndItsAttempts) {
  serve(kSampled);

  const std::vector<json> spans = exported();

  ASSERT_THAT(spans, SizeIs(3));
  EXPECT_EQ(spans[0].at("name"), "messages");
  EXPECT_EQ(spans[0].at("parentSpanId"), "b7ad6b7169203331");
  for (const json& span : spans) EXPECT_EQ(span.at("traceId"), kTrace);
  for (const std::size_t attempt : {1U, 2U}) EXPECT_EQ(spans[attempt].at("parentSpanId"), spans[0].at("spanId"));
  EXPECT_NE(spans[1].at("spanId"), spans[2].at("spanId"));
}

TEST_F(TracedRequestTest, ATraceOfTheGatewaysOwnHasNoParent) {
  serve("");

  const std::vector<json> spans = exported();

  ASSERT_THAT(spans, SizeIs(3));
  EXPECT_FALSE(spans[0].contains("parentSpanId"));
}

TEST_F(TracedRequestTest, NothingIsToldOfWhatTheClientDoesNotWantSampled) {
  serve(kNotSampled);

  EXPECT_THAT(exported(), IsEmpty());
  EXPECT_EQ(exporter_.counts(), tracing::SpanExporter::Counts());
  EXPECT_EQ(decisions_.summaries().size(), 1u);
}

TEST_F(TracedRequestTest, NothingIsToldOfARequestThatWasNeverClosed) {
  (void)open(kSampled);

  EXPECT_THAT(exported(), IsEmpty());
}

TEST_F(TracedRequestTest, NothingIsToldOfProbes) {
  for (const int status : {200, 503}) {
    FakeExchange exchange;
    exchange.answer(status);
    const auto probe = open("", "probes");
    traced_.close(*probe, exchange);
  }

  EXPECT_THAT(exported(), IsEmpty());
}

TEST_F(TracedRequestTest, NothingIsToldBeforeTheLastOwnerLetsGo) {
  FakeExchange exchange;
  const auto record = open(kSampled);
  exchange.answer(200);
  traced_.close(*record, exchange);

  EXPECT_THAT(exported(), IsEmpty());
}

}  // namespace
}  // namespace balancer::gateway
