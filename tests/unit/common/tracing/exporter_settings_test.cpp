#include "common/tracing/exporter_settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

namespace balancer::tracing {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

using Values = std::map<std::string, std::string, std::less<>>;

constexpr const char* kEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
constexpr const char* kTracesEndpoint = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";

Environment environment(Values values) {
  return [values = std::move(values)](std::string_view name) -> std::optional<std::string> {
    const auto found = values.find(name);
    return found == values.end() ? std::nullopt : std::optional(found->second);
  };
}

bool is_off(Values values) {
  const auto settings = exporter_settings(environment(std::move(values)));
  return settings.has_value() && !settings->has_value();
}

// With an endpoint, unless `values` has one.
ExporterSettings read(Values values, Resource program = {}) {
  if (!values.contains(kTracesEndpoint)) values.try_emplace(kEndpoint, "http://collector:4318");
  return exporter_settings(environment(std::move(values)), std::move(program)).value().value();
}

std::string refusal(Values values) {
  values.try_emplace(kEndpoint, "http://collector:4318");
  const auto settings = exporter_settings(environment(std::move(values)));
  return settings ? "accepted" : settings.error().message;
}

TEST(ExporterSettingsTest, IsOffUnlessAskedFor) {
  EXPECT_TRUE(is_off({}));
  EXPECT_TRUE(is_off({{"OTEL_SERVICE_NAME", "gateway"}, {"OTEL_EXPORTER_OTLP_HEADERS", "a=b"}}));
  EXPECT_TRUE(is_off({{kEndpoint, ""}, {kTracesEndpoint, " "}}));
}

TEST(ExporterSettingsTest, IsOffByEitherSwitch) {
  EXPECT_TRUE(is_off({{kEndpoint, "http://c"}, {"OTEL_SDK_DISABLED", "true"}}));
  EXPECT_TRUE(is_off({{kEndpoint, "http://c"}, {"OTEL_SDK_DISABLED", "TRUE"}}));
  EXPECT_TRUE(is_off({{kEndpoint, "http://c"}, {"OTEL_TRACES_EXPORTER", "none"}}));
  EXPECT_FALSE(is_off({{kEndpoint, "http://c"}, {"OTEL_SDK_DISABLED", "false"}}));
  EXPECT_FALSE(is_off({{kEndpoint, "http://c"}, {"OTEL_SDK_DISABLED", "1"}}));
}

TEST(ExporterSettingsTest, WhatIsOffIsNotJudged) {
  EXPECT_TRUE(is_off({{kEndpoint, "nonsense"}, {"OTEL_SDK_DISABLED", "true"}}));
}

TEST(ExporterSettingsTest, AnExporterWithoutAnEndpointMeansThisMachine) {
  const auto settings = exporter_settings(environment({{"OTEL_TRACES_EXPORTER", "otlp"}}));

  ASSERT_TRUE(settings && *settings);
  EXPECT_EQ(to_string((*settings)->url), "http://localhost:4318");
  EXPECT_EQ((*settings)->url.path, "/v1/traces");
}

TEST(ExporterSettingsTest, TheGeneralEndpointIsABase) {
  EXPECT_EQ(read({{kEndpoint, "http://collector:4318"}}).url.path, "/v1/traces");
  EXPECT_EQ(read({{kEndpoint, "http://collector:4318/"}}).url.path, "/v1/traces");
  EXPECT_EQ(read({{kEndpoint, "http://collector:4318/otlp"}}).url.path, "/otlp/v1/traces");
  EXPECT_EQ(read({{kEndpoint, "http://collector:4318/otlp/"}}).url.path, "/otlp/v1/traces");
}

TEST(ExporterSettingsTest, TheEndpointOfTracesIsUsedAsItIs) {
  const ExporterSettings settings =
      read({{kEndpoint, "http://other"}, {kTracesEndpoint, "https://collector/custom/?key=abc"}});

  EXPECT_EQ(to_string(settings.url), "https://collector");
  EXPECT_EQ(settings.url.path, "/custom/");
  EXPECT_EQ(settings.url.query.reveal(), "?key=abc");
  EXPECT_EQ(read({{kTracesEndpoint, "http://collector:4318"}}).url.path, "/");
}

TEST(ExporterSettingsTest, DefaultsAreOpenTelemetrys) {
  const ExporterSettings settings = read({});

  EXPECT_THAT(settings.headers, IsEmpty());
  EXPECT_EQ(settings.timeout, 10s);
  EXPECT_EQ(settings.delay, 5s);
  EXPECT_EQ(settings.queue_limit, 2048u);
  EXPECT_EQ(settings.batch_limit, 512u);
  EXPECT_EQ(settings.ca_file, "");
}

TEST(ExporterSettingsTest, ReadsHeadersPercentDecoded) {
  EXPECT_THAT(read({{"OTEL_EXPORTER_OTLP_HEADERS", "api-key=k%3D1, Authorization = Bearer%20abc"}}).headers,
              ElementsAre(ExportHeader{"api-key", Secret("k=1")}, ExportHeader{"Authorization", Secret("Bearer abc")}));
}

TEST(ExporterSettingsTest, WhatIsSetForTracesTakesThePlaceOfTheGeneral) {
  const ExporterSettings settings = read({{"OTEL_EXPORTER_OTLP_HEADERS", "a=1,b=2"},
                                          {"OTEL_EXPORTER_OTLP_TRACES_HEADERS", "c=3"},
                                          {"OTEL_EXPORTER_OTLP_TIMEOUT", "1000"},
                                          {"OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "2000"},
                                          {"OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"},
                                          {"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/json"},
                                          {"OTEL_EXPORTER_OTLP_CERTIFICATE", "/general.pem"},
                                          {"OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE", "/traces.pem"}});

  EXPECT_THAT(settings.headers, ElementsAre(ExportHeader{"c", Secret("3")}));
  EXPECT_EQ(settings.timeout, 2s);
  EXPECT_EQ(settings.ca_file, "/traces.pem");
}

TEST(ExporterSettingsTest, ReadsBatching) {
  const ExporterSettings settings = read({{"OTEL_EXPORTER_OTLP_TIMEOUT", "1500"},
                                          {"OTEL_BSP_SCHEDULE_DELAY", "250"},
                                          {"OTEL_BSP_MAX_QUEUE_SIZE", "100"},
                                          {"OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "10"}});

  EXPECT_EQ(settings.timeout, 1500ms);
  EXPECT_EQ(settings.delay, 250ms);
  EXPECT_EQ(settings.queue_limit, 100u);
  EXPECT_EQ(settings.batch_limit, 10u);
}

TEST(ExporterSettingsTest, ABatchIsNoLargerThanTheQueue) {
  EXPECT_EQ(read({{"OTEL_BSP_MAX_QUEUE_SIZE", "100"}}).batch_limit, 100u);
}

TEST(ExporterSettingsTest, ATimeoutOfNoughtIsAVeryLongOne) {
  EXPECT_GE(read({{"OTEL_EXPORTER_OTLP_TIMEOUT", "0"}}).timeout, 1h);
}

TEST(ExporterSettingsTest, NumbersThatAreNoneAreAsIfNotSet) {
  for (const char* const text : {"5s", "-1", "1.5", "1e3", "99999999999999999999", "0x10", "many"}) {
    const ExporterSettings settings = read({{"OTEL_EXPORTER_OTLP_TIMEOUT", text},
                                            {"OTEL_BSP_SCHEDULE_DELAY", text},
                                            {"OTEL_BSP_MAX_QUEUE_SIZE", text},
                                            {"OTEL_BSP_MAX_EXPORT_BATCH_SIZE", text}});

    EXPECT_EQ(settings.timeout, 10s) << text;
    EXPECT_EQ(settings.delay, 5s) << text;
    EXPECT_EQ(settings.queue_limit, 2048u) << text;
    EXPECT_EQ(settings.batch_limit, 512u) << text;
  }
}

TEST(ExporterSettingsTest, TheProgramDescribesItselfAndTheEnvironmentHasTheLastWord) {
  const Resource program{.service_name = "gateway",
                         .service_version = "1.0",
                         .service_instance_id = "g-1",
                         .attributes = {{"host.name", "a"}, {"process.pid", std::int64_t{7}}}};

  const Resource resource =
      read({{"OTEL_RESOURCE_ATTRIBUTES", "service.name=other,service.version=2.0,host.name=b%2Cc,team=llm"},
            {"OTEL_SERVICE_NAME", "edge"}},
           program)
          .resource;

  EXPECT_EQ(resource.service_name, "edge");
  EXPECT_EQ(resource.service_version, "2.0");
  EXPECT_EQ(resource.service_instance_id, "g-1");
  EXPECT_THAT(resource.attributes, ElementsAre(Attribute{"process.pid", std::int64_t{7}}, Attribute{"host.name", "b,c"},
                                               Attribute{"team", "llm"}));
}

TEST(ExporterSettingsTest, TheServiceIsNamedByTheAttributesWithoutANameOfItsOwn) {
  EXPECT_EQ(read({{"OTEL_RESOURCE_ATTRIBUTES", "service.name=other"}}, {.service_name = "gateway"}).resource.service_name,
            "other");
}

TEST(ExporterSettingsTest, WhoeverSaysNothingIsUnknownAndUnique) {
  const Resource one = read({}).resource;
  const Resource two = read({}).resource;

  EXPECT_EQ(one.service_name, "unknown_service");
  EXPECT_NE(one.service_instance_id, "");
  EXPECT_NE(one.service_instance_id, two.service_instance_id);
}

TEST(ExporterSettingsTest, AttributesThatCannotBeReadAreAsIfNotSet) {
  EXPECT_EQ(read({{"OTEL_RESOURCE_ATTRIBUTES", "service.name=other,broken"}}, {.service_name = "gateway"}).resource.service_name,
            "gateway");
}

TEST(ExporterSettingsTest, RefusesProtocolsThatItDoesNotSpeak) {
  EXPECT_EQ(refusal({{"OTEL_EXPORTER_OTLP_PROTOCOL", "http/json"}}), "accepted");
  EXPECT_THAT(refusal({{"OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"}}),
              testing::AllOf(HasSubstr("OTEL_EXPORTER_OTLP_PROTOCOL"), HasSubstr("http/json")));
  EXPECT_THAT(refusal({{"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/protobuf"}}),
              testing::AllOf(HasSubstr("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"), HasSubstr("http/json")));
}

TEST(ExporterSettingsTest, RefusesExportersThatItIsNot) {
  EXPECT_THAT(refusal({{"OTEL_TRACES_EXPORTER", "zipkin"}}), HasSubstr("OTEL_TRACES_EXPORTER"));
}

TEST(ExporterSettingsTest, RefusesHeadersThatCouldChangeTheMessage) {
  constexpr const char* kHeaders = "OTEL_EXPORTER_OTLP_HEADERS";
  for (const char* const text : {"a", "a=%0d%0ax: hush", "a b=hush", "a%3A=hush", "content-length=5", "Host=hush",
                                 "Transfer-Encoding=chunked", "content-type=text/plain", "a=%00"}) {
    EXPECT_THAT(refusal({{kHeaders, text}}), testing::AllOf(HasSubstr(kHeaders), Not(HasSubstr("hush")))) << text;
  }
}

TEST(ExporterSettingsTest, RefusesUrlsWithoutRepeatingThem) {
  for (const char* const name : {kEndpoint, kTracesEndpoint}) {
    EXPECT_THAT(refusal({{name, "collector:4317"}}), HasSubstr(name));
    EXPECT_THAT(refusal({{name, "ftp://user:hush@collector"}}),
                testing::AllOf(HasSubstr(name), Not(HasSubstr("hush")))) << name;
  }
}

}  // namespace
}  // namespace balancer::tracing
