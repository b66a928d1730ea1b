// Collectors that are down, slow, busy or talk nonsense.
#include <gmock/gmock.h>

#include <memory>

#include "common/tracing/span_exporter.hpp"
#include "tests/fakes/latch.hpp"
#include "tests/fakes/unreachable_port.hpp"
#include "tests/unit/common/tracing/exporter_fixture.hpp"
#include "tests/unit/common/tracing/late_collector.hpp"

namespace balancer::tracing {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using fakes::ScriptedResponse;

class TroubledCollectorTest : public testing::Test {
 protected:
  TroubledCollectorTest() { collector_.always(accepted()); }

  [[nodiscard]] ExporterSettings settings() const { return settings_for(url_at(collector_.port())); }

  fakes::FakeProvider collector_;
};

TEST_F(TroubledCollectorTest, ARetryableAnswerIsTriedAgainWithTheSameBatch) {
  for (const int status : {429, 502, 503, 504}) collector_.enqueue(refused(status));
  SpanExporter exporter(settings());

  submit(exporter, {"a", "b"});

  ASSERT_TRUE(reaches(exporter, {.exported = 2, .dropped = 0}));
  const auto requests = collector_.requests();
  ASSERT_EQ(requests.size(), 5u);
  for (const auto& request : requests) EXPECT_EQ(request.body, requests[0].body);
}

TEST_F(TroubledCollectorTest, AConnectionThatEndsWithoutAnAnswerIsTriedAgain) {
  collector_.enqueue(fakes::reset_before_headers());
  collector_.enqueue(fakes::close_before_headers());
  SpanExporter exporter(settings());

  submit(exporter, {"a", "b"});

  EXPECT_TRUE(reaches(exporter, {.exported = 2, .dropped = 0}));
}

TEST_F(TroubledCollectorTest, ABatchIsGivenUpAfterItsAttemptsAndTheNextOneHasItsOwn) {
  ExporterSettings twice = settings();
  twice.retry.attempts = 2;
  for (int i = 0; i < 3; ++i) collector_.enqueue(refused(503));
  SpanExporter exporter(std::move(twice));

  submit(exporter, {"a", "b", "c", "d"});

  ASSERT_TRUE(reaches(exporter, {.exported = 2, .dropped = 2}));
  ASSERT_EQ(collector_.request_count(), 4u);
  EXPECT_THAT(spans_of(collector_.requests()[1]), ElementsAre("a", "b"));
  EXPECT_THAT(spans_of(collector_.requests()[3]), ElementsAre("c", "d"));
}

TEST_F(TroubledCollectorTest, WaitsAsLongAsTheCollectorWants) {
  constexpr auto kWanted = 300ms;
  ExporterSettings obedient = settings();
  obedient.retry.longest_retry_after = 10s;
  collector_.enqueue(refused(503).header("Retry-After", "0.3"));
  SpanExporter exporter(std::move(obedient));

  const auto waited = time_of([&] {
    submit(exporter, {"a", "b"});
    ASSERT_TRUE(collector_.wait_for_requests(2));
  });

  EXPECT_GE(waited, kWanted);
}

TEST_F(TroubledCollectorTest, WhatTheCollectorRefusesForGoodIsDroppedAtOnce) {
  for (const int status : {301, 307, 400, 401, 404, 500}) {
    collector_.enqueue(refused(status).header("Location", "/elsewhere"));
  }
  SpanExporter exporter(settings());

  submit(exporter, std::vector<std::string>(14, "span"));

  ASSERT_TRUE(reaches(exporter, {.exported = 2, .dropped = 12}));
  EXPECT_EQ(collector_.request_count(), 7u);
  for (const auto& request : collector_.requests()) EXPECT_EQ(request.target, "/v1/traces");
}

TEST_F(TroubledCollectorTest, SpansRejectedInASuccessAreDroppedAndNotTriedAgain) {
  collector_.enqueue(ScriptedResponse().send(R"({"partialSuccess":{"rejectedSpans":"1","errorMessage":"too old"}})"));
  SpanExporter exporter(settings());

  submit(exporter, {"a", "b"});

  EXPECT_TRUE(reaches(exporter, {.exported = 1, .dropped = 1}));
  EXPECT_EQ(collector_.request_count(), 1u);
}

TEST_F(TroubledCollectorTest, MoreSpansRejectedThanWereSentAreAllThatWereSent) {
  collector_.enqueue(ScriptedResponse().send(R"({"partialSuccess":{"rejectedSpans":"1000"}})"));
  SpanExporter exporter(settings());

  submit(exporter, {"a", "b"});

  EXPECT_TRUE(reaches(exporter, {.exported = 0, .dropped = 2}));
}

TEST_F(TroubledCollectorTest, GarbageCostsItsBatchAndNoMore) {
  collector_.enqueue(fakes::raw_answer("\x16\x03\x01 what is this?\r\n\r\n"));
  collector_.enqueue(fakes::raw_answer("HTTP/1.1 banana\r\n\r\n"));
  SpanExporter exporter(settings());

  submit(exporter, {"a", "b", "c", "d", "e", "f"});

  EXPECT_TRUE(reaches(exporter, {.exported = 2, .dropped = 4}));
}

TEST_F(TroubledCollectorTest, AnEndlessAnswerIsReadNoFurtherThanNeeded) {
  collector_.enqueue(ScriptedResponse().chunked().send(std::string(1'000'000, 'x')).hang());
  SpanExporter exporter(settings());

  submit(exporter, {"a", "b"});

  EXPECT_TRUE(reaches(exporter, {.exported = 2, .dropped = 0}));
  EXPECT_TRUE(collector_.wait_for_client_disconnect());
}

TEST_F(TroubledCollectorTest, ASlowCollectorCostsItsBatchAfterTheTimeout) {
  ExporterSettings impatient = settings();
  impatient.timeout = 50ms;
  collector_.enqueue(fakes::hang());
  SpanExporter exporter(std::move(impatient));

  submit(exporter, {"a", "b"});
  ASSERT_TRUE(reaches(exporter, {.exported = 0, .dropped = 2}));
  submit(exporter, {"c", "d"});

  EXPECT_TRUE(reaches(exporter, {.exported = 2, .dropped = 2}));
}

TEST_F(TroubledCollectorTest, WhileTheCollectorIsSlowTheQueueTakesItsLimitAndTheNewestAreDropped) {
  ExporterSettings small = settings();
  small.queue_limit = 4;
  const auto answer = std::make_shared<fakes::Latch>();
  collector_.enqueue(accepted().after(answer));
  SpanExporter exporter(std::move(small));
  submit(exporter, {"a", "b"});
  ASSERT_TRUE(collector_.wait_for_requests(1));

  const auto took = time_of([&] { submit(exporter, {"c", "d", "e", "f", "lost", "lost too"}); });

  EXPECT_LT(took, 5s) << "submit() waited for the collector";
  EXPECT_EQ(exporter.counts(), (SpanExporter::Counts{.exported = 0, .dropped = 2}));
  answer->release();
  ASSERT_TRUE(reaches(exporter, {.exported = 6, .dropped = 2}));
  EXPECT_THAT(spans_of(collector_.requests()[1]), ElementsAre("c", "d"));
  EXPECT_THAT(spans_of(collector_.requests()[2]), ElementsAre("e", "f"));
}

TEST(AbsentCollectorTest, SpansAreDroppedAndCounted) {
  const fakes::RefusingPort nobody;
  SpanExporter exporter(settings_for(url_at(nobody.port())));

  submit(exporter, {"a", "b"});

  EXPECT_TRUE(reaches(exporter, {.exported = 0, .dropped = 2}));
}

TEST(AbsentCollectorTest, ACollectorThatComesLaterReceivesWhatStillWaits) {
  LateCollector collector;
  ExporterSettings patient = settings_for(url_at(collector.port()));
  patient.retry.attempts = 1'000'000;
  SpanExporter exporter(std::move(patient));
  submit(exporter, {"a", "b", "c", "d"});

  collector.open();

  EXPECT_TRUE(reaches(exporter, {.exported = 4, .dropped = 0}));
}

TEST(AbsentCollectorTest, ACollectorThatComesTooLateForABatchReceivesTheNext) {
  LateCollector collector;
  ExporterSettings settings = settings_for(url_at(collector.port()));
  settings.retry.attempts = 2;
  SpanExporter exporter(std::move(settings));
  submit(exporter, {"a", "b"});
  ASSERT_TRUE(reaches(exporter, {.exported = 0, .dropped = 2}));

  collector.open();
  submit(exporter, {"c", "d"});

  EXPECT_TRUE(reaches(exporter, {.exported = 2, .dropped = 2}));
}

}  // namespace
}  // namespace balancer::tracing
