#include "common/tracing/otlp_json.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <vector>

namespace balancer::tracing {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr const char* kTraceparent = "00-5b8efff798038103d269b633813fc60c-eee19b7ec3c1b173-01";

std::chrono::system_clock::time_point at(std::chrono::nanoseconds since_epoch) {
  return std::chrono::system_clock::time_point(since_epoch);
}

json encoded(const Span& span) {
  const std::vector<Span> spans{span};
  return json::parse(encode_otlp(spans, {})).at("resourceSpans").at(0).at("scopeSpans").at(0).at("spans").at(0);
}

json encoded_value(const decltype(Attribute::value)& value) {
  Span span;
  span.attributes = {{"key", value}};
  return encoded(span).at("attributes").at(0).at("value");
}

TEST(OtlpJsonTest, MapsARequestAsOtlpDoes) {
  Span server;
  server.context = parse_traceparent(kTraceparent).value();
  server.name = "POST /v1/messages";
  server.kind = SpanKind::kServer;
  server.start = at(1544712660000000001ns);
  server.end = at(1544712661000000002ns);
  server.attributes = {{"http.request.method", "POST"},
                       {"http.response.status_code", std::int64_t{200}},
                       {"balancer.share", 0.5},
                       {"balancer.cached", true}};
  Span client;
  client.context = parse_traceparent("00-5b8efff798038103d269b633813fc60c-eee19b7ec3c1b174-01").value();
  client.parent = server.context.span;
  client.name = "attempt";
  client.kind = SpanKind::kClient;
  client.start = at(1544712660000000002ns);
  client.end = at(1544712660900000000ns);
  client.error = "no answer in time";
  const std::vector<Span> spans{server, client};
  const Resource resource{.service_name = "gateway",
                          .service_version = "1.2.3",
                          .service_instance_id = "one",
                          .attributes = {{"deployment.environment", "test"}}};

  const json document = json::parse(encode_otlp(spans, resource));

  json expected = json::parse(R"({
    "resourceSpans": [{
      "resource": {"attributes": [
        {"key": "service.name", "value": {"stringValue": "gateway"}},
        {"key": "service.version", "value": {"stringValue": "1.2.3"}},
        {"key": "service.instance.id", "value": {"stringValue": "one"}},
        {"key": "deployment.environment", "value": {"stringValue": "test"}}
      ]},
      "scopeSpans": [{
        "scope": {"name": "provider-balancer"},
        "spans": [{
          "traceId": "5b8efff798038103d269b633813fc60c",
          "spanId": "eee19b7ec3c1b173",
          "flags": 1,
          "name": "POST /v1/messages",
          "kind": 2,
          "startTimeUnixNano": "1544712660000000001",
          "endTimeUnixNano": "1544712661000000002",
          "attributes": [
            {"key": "http.request.method", "value": {"stringValue": "POST"}},
            {"key": "http.response.status_code", "value": {"intValue": "200"}},
            {"key": "balancer.share", "value": {"doubleValue": 0.5}},
            {"key": "balancer.cached", "value": {"boolValue": true}}
          ],
          "status": {}
        }, {
          "traceId": "5b8efff798038103d269b633813fc60c",
          "spanId": "eee19b7ec3c1b174",
          "parentSpanId": "eee19b7ec3c1b173",
          "flags": 1,
          "name": "attempt",
          "kind": 3,
          "startTimeUnixNano": "1544712660000000002",
          "endTimeUnixNano": "1544712660900000000",
          "attributes": [],
          "status": {"code": 2, "message": "no answer in time"}
        }]
      }]
    }]
  })");
  expected["resourceSpans"][0]["scopeSpans"][0]["scope"]["version"] = BALANCER_VERSION;
  EXPECT_EQ(document, expected);
}

TEST(OtlpJsonTest, InternalIsKindOne) {
  Span span;
  span.kind = SpanKind::kInternal;

  EXPECT_EQ(encoded(span).at("kind"), 1);
}

TEST(OtlpJsonTest, LeavesOutWhatTheResourceDoesNotSay) {
  const json document = json::parse(encode_otlp({}, {.service_name = "gateway"}));

  EXPECT_EQ(document.at("resourceSpans").at(0).at("resource").at("attributes").size(), 1u);
}

TEST(OtlpJsonTest, WritesWholeNumbersAsText) {
  EXPECT_EQ(encoded_value(std::numeric_limits<std::int64_t>::min()), json({{"intValue", "-9223372036854775808"}}));
  EXPECT_EQ(encoded_value(std::numeric_limits<std::int64_t>::max()), json({{"intValue", "9223372036854775807"}}));
}

TEST(OtlpJsonTest, WritesWhatIsNoNumberAsAWord) {
  EXPECT_EQ(encoded_value(std::nan("")), json({{"doubleValue", "NaN"}}));
  EXPECT_EQ(encoded_value(std::numeric_limits<double>::infinity()), json({{"doubleValue", "Infinity"}}));
  EXPECT_EQ(encoded_value(-std::numeric_limits<double>::infinity()), json({{"doubleValue", "-Infinity"}}));
}

TEST(OtlpJsonTest, ReplacesInvalidUtf8) {
  Span span;
  span.name = "caf\xe9";
  span.attributes = {{"k\xff", "v\xc3"}};
  span.error = "\x80";

  const json document = encoded(span);

  EXPECT_EQ(document.at("name"), "caf\xef\xbf\xbd");
  EXPECT_EQ(document.at("attributes").at(0).at("key"), "k\xef\xbf\xbd");
  EXPECT_EQ(document.at("attributes").at(0).at("value").at("stringValue"), "v\xef\xbf\xbd");
  EXPECT_EQ(document.at("status").at("message"), "\xef\xbf\xbd");
}

TEST(OtlpJsonTest, ATimeBeforeTheEpochIsTheEpoch) {
  Span span;
  span.start = at(-1ns);

  EXPECT_EQ(encoded(span).at("startTimeUnixNano"), "0");
}

}  // namespace
}  // namespace balancer::tracing
