// What a scraper of the gateway reads.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "gateway/metrics/gateway_metrics.hpp"
#include "tests/unit/common/metrics/exposition_text.hpp"

namespace balancer::gateway {
namespace {

using metrics::ExpositionText;
using testing::IsSupersetOf;
using testing::Key;

// Of every metric that a thread counts, a series.
void count_everything(RequestMetrics& shard) {
  shard.count(CountedRequest{.endpoint = "messages", .status = 200, .duration = Seconds(1),
                             .time_to_first_byte = Seconds(0.5), .overhead = Seconds(0.001)});
  shard.count(CountedAttempt{.provider = "a", .outcome = "timeout", .retried = true, .duration = Seconds(1),
                             .time_to_first_byte = Seconds(0.5)});
  shard.count(CountedOperation{.name = "chat", .provider_type = "anthropic", .provider = "a", .request_model = "m",
                               .upstream_model = "m", .error_type = "timeout", .duration = Seconds(1),
                               .time_to_first_chunk = Seconds(0.5), .input_tokens = 1, .output_tokens = 1,
                               .cache_read_tokens = 1, .cache_creation_tokens = 1});
  shard.count_rejection("no_route");
}

TEST(GatewayExpositionTest, CanBeReadBeforeTheFirstRequest) {
  const ExpositionText text(GatewayMetrics().exposition());

  EXPECT_THAT(text.families(), IsSupersetOf({testing::Pair("balancer_gateway_open_requests", "gauge"),
                                             testing::Pair("balancer_gateway_draining", "gauge"),
                                             testing::Pair("process_cpu_seconds_total", "counter")}));
}

TEST(GatewayExpositionTest, CanBeReadWithASeriesOfEveryMetric) {
  GatewayMetrics metrics;
  count_everything(metrics.make_request_metrics());
  count_everything(metrics.make_request_metrics());

  const ExpositionText text(metrics.exposition());

  EXPECT_THAT(text.families(),
              IsSupersetOf({testing::Pair("balancer_gateway_requests_total", "counter"),
                            testing::Pair("balancer_gateway_overhead_seconds", "histogram"),
                            testing::Pair("balancer_gateway_retries_total", "counter"),
                            testing::Pair("balancer_gateway_tokens_total", "counter"),
                            testing::Pair("balancer_gateway_upstream_time_to_first_byte_seconds", "histogram"),
                            testing::Pair("gen_ai_client_operation_duration_seconds", "histogram"),
                            testing::Pair("gen_ai_client_operation_time_to_first_chunk_seconds", "histogram"),
                            testing::Pair("gen_ai_client_token_usage", "histogram")}));
}

TEST(GatewayExpositionTest, CountersAreNamedAsSuch) {
  GatewayMetrics metrics;
  count_everything(metrics.make_request_metrics());

  const ExpositionText text(metrics.exposition());
  for (const auto& [name, type] : text.families()) {
    EXPECT_EQ(name.ends_with("_total"), type == "counter") << name;
  }
}

TEST(GatewayExpositionTest, WhatIsKnownElsewhereIsReadWhenItIsAskedFor) {
  bool connected = false;
  std::uint64_t version = 3;
  const GatewayMetrics metrics({.control_plane_connected = [&] { return connected; },
                                .snapshot_version = [&] { return version; },
                                .configs_rejected = [] { return std::uint64_t{2}; },
                                .draining = [] { return true; },
                                .spans_exported = [] { return std::uint64_t{5}; },
                                .spans_dropped = [] { return std::uint64_t{6}; }});
  const ExpositionText before(metrics.exposition());
  connected = true;
  version = 4;

  const ExpositionText after(metrics.exposition());

  EXPECT_EQ(before.value("balancer_gateway_control_plane_connected"), 0);
  EXPECT_EQ(before.value("balancer_gateway_snapshot_version"), 3);
  EXPECT_EQ(after.value("balancer_gateway_control_plane_connected"), 1);
  EXPECT_EQ(after.value("balancer_gateway_snapshot_version"), 4);
  EXPECT_EQ(after.value("balancer_gateway_config_rejected_total"), 2);
  EXPECT_EQ(after.value("balancer_gateway_draining"), 1);
  EXPECT_EQ(after.value("balancer_gateway_spans_exported_total"), 5);
  EXPECT_EQ(after.value("balancer_gateway_spans_dropped_total"), 6);
}

TEST(GatewayExpositionTest, WhatNobodyKnowsIsNothing) {
  const ExpositionText text(GatewayMetrics().exposition());

  EXPECT_EQ(text.value("balancer_gateway_control_plane_connected"), 0);
  EXPECT_EQ(text.value("balancer_gateway_snapshot_version"), 0);
}

TEST(GatewayExpositionTest, VersionIsALabel) {
  EXPECT_EQ(ExpositionText(GatewayMetrics().exposition())
                .value("balancer_gateway_build_info", {{"version", BALANCER_VERSION}}),
            1);
}

TEST(GatewayExpositionTest, OpenRequestsAndStreamsAreThoseOfAllThreads) {
  GatewayMetrics metrics;
  RequestMetrics& first = metrics.make_request_metrics();
  RequestMetrics& second = metrics.make_request_metrics();
  first.request_opened();
  first.stream_opened();
  second.request_opened();

  EXPECT_EQ(metrics.open_request_count(), 2);
  EXPECT_EQ(metrics.open_stream_count(), 1);

  first.stream_closed();
  first.request_closed();

  EXPECT_EQ(metrics.open_request_count(), 1);
  EXPECT_EQ(metrics.open_stream_count(), 0);
  EXPECT_EQ(ExpositionText(metrics.exposition()).value("balancer_gateway_open_requests"), 1);
}

TEST(GatewayExpositionTest, TheProcesssOwnAreLeftToTheText) {
  EXPECT_THAT(ExpositionText(metrics::exposition(GatewayMetrics().collect())).families(),
              testing::Each(Key(testing::Not(testing::StartsWith("process_")))));
}

}  // namespace
}  // namespace balancer::gateway
