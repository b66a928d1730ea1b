// One thread writes, another reads: neither waits, and what is read can be believed.
#include <gtest/gtest.h>

#include <array>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "gateway/metrics/gateway_metrics.hpp"
#include "tests/unit/common/metrics/exposition_text.hpp"
#include "tests/unit/gateway/metrics/counted.hpp"

namespace balancer::gateway {
namespace {

using metrics::ExpositionText;

constexpr int kReads = 30;
constexpr std::size_t kWriters = 2;
const ExpositionText::Labels kMessages{{"endpoint", "messages"}, {"code", "200"}};

void count_one(RequestMetrics& shard, std::size_t number) {
  const std::string provider = "provider" + std::to_string(number % 5);
  CountedOperation operation = operation_of(provider, "*", "m", Seconds(0.25));
  operation.input_tokens = 3;
  operation.output_tokens = 1;
  shard.request_opened();
  shard.count(request_of("messages", 200, Seconds(0.25)));
  shard.count(attempt_of(provider, "success", Seconds(0.25)));
  shard.count(operation);
  shard.request_closed();
}

bool only_grows(const std::string& name) { return !name.starts_with("balancer_gateway_open_"); }

TEST(RequestMetricsThreadsTest, AReaderNeverSeesACounterFallAndTheLastSumIsExact) {
  GatewayMetrics metrics;
  std::array<std::size_t, kWriters> written{};
  std::vector<std::jthread> writers;
  for (std::size_t& count : written) {
    writers.emplace_back([&count, &shard = metrics.make_request_metrics()](const std::stop_token& stop) {
      while (count < 2'000 || !stop.stop_requested()) count_one(shard, count++);
    });
  }

  ExpositionText before("");
  const auto requests = [&] { return before.value("balancer_gateway_requests_total", kMessages).value_or(0); };
  for (int read = 0; read < kReads || requests() < 1'000; ++read) {
    // Checks each histogram: rising buckets, the last of which is the count.
    const ExpositionText now(metrics::exposition(metrics.collect()));
    for (const auto& [series, value] : before.samples()) {
      if (!only_grows(series.first)) continue;
      EXPECT_GE(now.value(series.first, series.second).value_or(-1), value) << series.first;
    }
    before = now;
  }
  writers.clear();

  const auto all = static_cast<double>(written[0] + written[1]);
  const ExpositionText text(metrics::exposition(metrics.collect()));
  EXPECT_EQ(text.value("balancer_gateway_requests_total", kMessages), all);
  EXPECT_EQ(text.value("balancer_gateway_request_duration_seconds_count", {{"endpoint", "messages"}}), all);
  EXPECT_EQ(text.value("balancer_gateway_request_duration_seconds_sum", {{"endpoint", "messages"}}), all / 4);
  double input = 0;
  for (const auto& labels : text.series("balancer_gateway_tokens_total")) {
    if (labels.at("type") == "input") input += text.value("balancer_gateway_tokens_total", labels).value();
  }
  EXPECT_EQ(input, 3 * all);
  EXPECT_EQ(metrics.open_request_count(), 0);
}

TEST(RequestMetricsThreadsTest, ThreadsMayComeWhileOthersAreReadFrom) {
  GatewayMetrics metrics;
  std::jthread reader([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) (void)metrics.collect();
  });
  std::vector<std::jthread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int shard = 0; shard < 25; ++shard) count_one(metrics.make_request_metrics(), 0);
    });
  }
  threads.clear();
  reader = {};

  const ExpositionText text(metrics::exposition(metrics.collect()));
  EXPECT_EQ(text.value("balancer_gateway_requests_total", kMessages), 200);
}

}  // namespace
}  // namespace balancer::gateway
