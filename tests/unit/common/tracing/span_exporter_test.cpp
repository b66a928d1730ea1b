// What a collector that works receives.
#include "common/tracing/span_exporter.hpp"

#include <gmock/gmock.h>

#include <memory>
#include <optional>

#include "tests/fakes/temp_dir.hpp"
#include "tests/fakes/test_certificate.hpp"
#include "tests/unit/common/tracing/exporter_fixture.hpp"

namespace balancer::tracing {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::Optional;
using testing::SizeIs;
using testing::StartsWith;

class SpanExporterTest : public testing::Test {
 protected:
  SpanExporterTest() { collector_.always(accepted()); }

  [[nodiscard]] ExporterSettings settings() const { return settings_for(url_at(collector_.port())); }

  fakes::FakeProvider collector_;
};

TEST_F(SpanExporterTest, BatchesArriveWholeAndInOrderOnOneConnection) {
  SpanExporter exporter(settings());

  submit(exporter, {"a", "b", "c", "d", "e", "f"});

  ASSERT_TRUE(collector_.wait_for_requests(3));
  const auto requests = collector_.requests();
  EXPECT_THAT(spans_of(requests[0]), ElementsAre("a", "b"));
  EXPECT_THAT(spans_of(requests[1]), ElementsAre("c", "d"));
  EXPECT_THAT(spans_of(requests[2]), ElementsAre("e", "f"));
  EXPECT_EQ(collector_.connections_accepted(), 1u);
  EXPECT_TRUE(reaches(exporter, {.exported = 6, .dropped = 0}));
}

TEST_F(SpanExporterTest, ABatchThatIsNotFullGoesOutAfterTheDelay) {
  ExporterSettings hasty = settings();
  hasty.batch_limit = 100;
  hasty.delay = 10ms;
  SpanExporter exporter(std::move(hasty));

  submit(exporter, {"a"});

  ASSERT_TRUE(collector_.wait_for_requests(1));
  EXPECT_THAT(spans_of(collector_.requests().at(0)), ElementsAre("a"));
}

TEST_F(SpanExporterTest, WhatIsLeftGoesOutAtTheEnd) {
  {
    SpanExporter exporter(settings());
    submit(exporter, {"a", "b", "c"});
  }

  ASSERT_EQ(collector_.request_count(), 2u);
  EXPECT_THAT(spans_of(collector_.requests().at(1)), ElementsAre("c"));
}

TEST_F(SpanExporterTest, PostsJsonWithTheHeadersOfTheSettings) {
  ExporterSettings with_headers = settings_for(url_at(collector_.port()) + "?key=abc");
  with_headers.headers = {{"api-key", Secret("k1")}, {"X-Scope", Secret("tenant")}};
  with_headers.resource.service_name = "gateway";
  SpanExporter exporter(std::move(with_headers));

  submit(exporter, {"a", "b"});

  ASSERT_TRUE(collector_.wait_for_requests(1));
  const fakes::RecordedRequest request = collector_.requests().at(0);
  EXPECT_EQ(request.request_line, "POST /v1/traces?key=abc HTTP/1.1");
  EXPECT_THAT(request.headers.values("content-type"), ElementsAre("application/json"));
  EXPECT_THAT(request.headers.values("host"), ElementsAre("127.0.0.1:" + std::to_string(collector_.port())));
  EXPECT_THAT(request.headers.value("user-agent"), Optional(StartsWith("provider-balancer/")));
  EXPECT_THAT(request.headers.values("api-key"), ElementsAre("k1"));
  EXPECT_THAT(request.headers.values("x-scope"), ElementsAre("tenant"));
  EXPECT_FALSE(request.headers.contains("authorization"));
  const auto resource = nlohmann::json::parse(request.body).at("resourceSpans").at(0).at("resource");
  EXPECT_EQ(resource.at("attributes").at(0).at("value").at("stringValue"), "gateway");
}

TEST_F(SpanExporterTest, AUserNameInTheUrlIsShownAsBasicCredentials) {
  const std::string url = "http://Aladdin:open%20sesame@127.0.0.1:" + std::to_string(collector_.port());
  SpanExporter exporter(settings_for(url));

  submit(exporter, {"a", "b"});

  ASSERT_TRUE(collector_.wait_for_requests(1));
  EXPECT_THAT(collector_.requests().at(0).headers.values("authorization"),
              ElementsAre("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="));
}

TEST_F(SpanExporterTest, AHeaderOfTheSettingsComesBeforeOneOfTheExporter) {
  ExporterSettings own = settings_for("http://u:p@127.0.0.1:" + std::to_string(collector_.port()));
  own.headers = {{"Authorization", Secret("Bearer t")}, {"User-Agent", Secret("mine")}};
  SpanExporter exporter(std::move(own));

  submit(exporter, {"a", "b"});

  ASSERT_TRUE(collector_.wait_for_requests(1));
  EXPECT_THAT(collector_.requests().at(0).headers.values("authorization"), ElementsAre("Bearer t"));
  EXPECT_THAT(collector_.requests().at(0).headers.values("user-agent"), ElementsAre("mine"));
}

TEST_F(SpanExporterTest, SpansOfTracesThatAreNotSampledAreNotSent) {
  {
    SpanExporter exporter(settings());
    Span span = named("unsampled");
    span.context.sampled = false;
    exporter.submit(std::move(span));
    submit(exporter, {"a"});
    exporter.close();
    EXPECT_EQ(exporter.counts(), (SpanExporter::Counts{.exported = 1, .dropped = 0}));
  }

  ASSERT_EQ(collector_.request_count(), 1u);
  EXPECT_THAT(spans_of(collector_.requests().at(0)), ElementsAre("a"));
}

TEST_F(SpanExporterTest, ManyThreadsSubmitAtOnceAndNothingIsLost) {
  ExporterSettings roomy = settings();
  roomy.queue_limit = 10'000;
  roomy.batch_limit = 64;
  SpanExporter exporter(std::move(roomy));
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&exporter] {
      for (int i = 0; i < 500; ++i) exporter.submit(named("span"));
    });
  }
  for (std::thread& thread : threads) thread.join();

  exporter.close();

  EXPECT_EQ(exporter.counts(), (SpanExporter::Counts{.exported = 2000, .dropped = 0}));
  std::size_t arrived = 0;
  for (const auto& request : collector_.requests()) arrived += spans_of(request).size();
  EXPECT_EQ(arrived, 2000u);
}

class SecureSpanExporterTest : public testing::Test {
 protected:
  [[nodiscard]] ExporterSettings settings_to(const fakes::FakeProvider& collector) const {
    ExporterSettings settings = settings_for(collector.base_url());
    settings.ca_file = ca_file_;
    settings.retry.attempts = 1;
    return settings;
  }

  fakes::TestAuthority authority_;
  fakes::TempDir folder_;
  std::string ca_file_ = folder_.write("ca.pem", authority_.certificate_pem());
};

TEST_F(SecureSpanExporterTest, TrustsACollectorWithAValidCertificate) {
  fakes::FakeProvider collector(authority_.valid());
  collector.always(accepted());
  SpanExporter exporter(settings_to(collector));

  submit(exporter, {"a", "b", "c", "d"});

  EXPECT_TRUE(reaches(exporter, {.exported = 4, .dropped = 0}));
  EXPECT_EQ(collector.connections_accepted(), 1u);
}

TEST_F(SecureSpanExporterTest, TellsNothingToACollectorWithAnotherCertificate) {
  for (const fakes::TlsIdentity& identity : {authority_.expired(), authority_.wrong_name(),
                                             fakes::TestAuthority().valid()}) {
    fakes::FakeProvider collector(identity);
    collector.always(accepted());
    SpanExporter exporter(settings_to(collector));

    submit(exporter, {"a", "b"});

    EXPECT_TRUE(reaches(exporter, {.exported = 0, .dropped = 2}));
    EXPECT_EQ(collector.request_count(), 0u);
  }
}

}  // namespace
}  // namespace balancer::tracing
