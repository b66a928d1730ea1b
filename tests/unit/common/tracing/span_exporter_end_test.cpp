// However the collector behaves, the process ends.
#include <gtest/gtest.h>

#include "common/tracing/span_exporter.hpp"
#include "tests/fakes/unreachable_port.hpp"
#include "tests/unit/common/tracing/exporter_fixture.hpp"

namespace balancer::tracing {
namespace {

using namespace std::chrono_literals;

// The product's own close limit, and what a busy machine adds.
constexpr auto kEnd = 2s;

ExporterSettings patient_settings(std::uint16_t port) {
  ExporterSettings settings = settings_for(url_at(port));
  settings.timeout = 1h;
  settings.retry = {.attempts = 1'000'000, .first_delay = 1h, .longest_delay = 1h, .longest_retry_after = 1h};
  return settings;
}

TEST(SpanExporterEndTest, WithNothingToSendItIsImmediate) {
  fakes::FakeProvider collector;
  SpanExporter exporter(patient_settings(collector.port()));

  EXPECT_LT(time_of([&] { exporter.close(); }), 1s);
  EXPECT_EQ(collector.connections_accepted(), 0u);
}

TEST(SpanExporterEndTest, ASilentCollectorHoldsItUpNoLongerThanTheLimit) {
  fakes::FakeProvider collector;
  collector.always(fakes::hang());
  SpanExporter exporter(patient_settings(collector.port()));
  submit(exporter, {"a", "b", "c"});
  ASSERT_TRUE(collector.wait_for_requests(1));

  EXPECT_LT(time_of([&] { exporter.close(); }), kEnd);

  EXPECT_EQ(exporter.counts(), (SpanExporter::Counts{.exported = 0, .dropped = 3}));
}

TEST(SpanExporterEndTest, AConnectionThatIsNeverMadeHoldsItUpNoLongerThanTheLimit) {
  const fakes::SilentPort silent;
  SpanExporter exporter(patient_settings(silent.port()));
  submit(exporter, {"a", "b", "c"});

  EXPECT_LT(time_of([&] { exporter.close(); }), kEnd);

  EXPECT_EQ(exporter.counts(), (SpanExporter::Counts{.exported = 0, .dropped = 3}));
}

TEST(SpanExporterEndTest, ACollectorThatTricklesHoldsItUpNoLongerThanTheLimit) {
  fakes::FakeProvider collector;
  collector.always(fakes::ScriptedResponse().chunked().in_pieces_of(1, 5ms).send(std::string(100'000, 'x')));
  SpanExporter exporter(patient_settings(collector.port()));
  submit(exporter, {"a", "b", "c"});
  ASSERT_TRUE(collector.wait_for_requests(1));

  EXPECT_LT(time_of([&] { exporter.close(); }), kEnd);
}

TEST(SpanExporterEndTest, AWaitThatIsLongerThanTheLimitIsBrokenOff) {
  fakes::FakeProvider collector;
  // Too long to be read to its end: the client leaves when the wait begins.
  collector.always(refused(503).header("Retry-After", "5400").chunked().send(std::string(1'000'000, 'x')).hang());
  ExporterSettings settings = patient_settings(collector.port());
  settings.close_limit = 1h;
  settings.retry.longest_retry_after = 2h;
  SpanExporter exporter(std::move(settings));
  submit(exporter, {"a", "b", "c"});
  ASSERT_TRUE(collector.wait_for_client_disconnect());

  EXPECT_LT(time_of([&] { exporter.close(); }), 10s);

  EXPECT_EQ(exporter.counts(), (SpanExporter::Counts{.exported = 0, .dropped = 3}));
  EXPECT_EQ(collector.request_count(), 1u);
}

TEST(SpanExporterEndTest, AWaitThatTheLimitAllowsIsKeptAndTheRestIsDelivered) {
  fakes::FakeProvider collector;
  collector.enqueue(refused(503));
  collector.always(accepted());
  SpanExporter exporter(settings_for(url_at(collector.port())));
  submit(exporter, {"a", "b", "c"});

  exporter.close();

  EXPECT_EQ(exporter.counts(), (SpanExporter::Counts{.exported = 3, .dropped = 0}));
}

TEST(SpanExporterEndTest, SpansThatComeLaterAreDropped) {
  fakes::FakeProvider collector;
  SpanExporter exporter(settings_for(url_at(collector.port())));
  exporter.close();

  submit(exporter, {"a", "b"});
  exporter.close();

  EXPECT_EQ(exporter.counts(), (SpanExporter::Counts{.exported = 0, .dropped = 2}));
}

TEST(SpanExporterEndTest, ThreadsMaySubmitMeanwhileAndEverySpanIsCounted) {
  fakes::FakeProvider collector;
  collector.always(accepted());
  SpanExporter exporter(settings_for(url_at(collector.port())));
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&exporter] {
      for (int i = 0; i < 500; ++i) exporter.submit(named("span"));
    });
  }

  exporter.close();
  for (std::thread& thread : threads) thread.join();

  EXPECT_EQ(exporter.counts().exported + exporter.counts().dropped, 2000u);
}

}  // namespace
}  // namespace balancer::tracing
