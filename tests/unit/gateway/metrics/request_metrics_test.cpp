#include "gateway/metrics/request_metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "tests/unit/common/metrics/exposition_text.hpp"
#include "tests/unit/gateway/metrics/counted.hpp"

namespace balancer::gateway {
namespace {

using metrics::ExpositionText;
using testing::SizeIs;

class RequestMetricsTest : public testing::Test {
 protected:
  [[nodiscard]] ExpositionText text() const {
    metrics::Families families;
    RequestMetrics::collect(shards_, families);
    return ExpositionText(metrics::exposition(std::move(families)));
  }
  [[nodiscard]] std::optional<double> value(const std::string& name, const ExpositionText::Labels& labels = {}) const {
    return text().value(name, labels);
  }
  [[nodiscard]] std::optional<double> tokens(const std::string& type) const {
    return value("balancer_gateway_tokens_total", {{"provider", "a"}, {"model", "gpt-5"}, {"type", type}});
  }

  static CountedOperation operation() { return operation_of("a", "claude-*", "gpt-5", Seconds(2)); }
  const ExpositionText::Labels genai_{{"gen_ai_operation_name", "chat"},
                                      {"gen_ai_provider_name", "openai"},
                                      {"gen_ai_request_model", "claude-*"}};
  [[nodiscard]] ExpositionText::Labels genai_and(const std::string& name, const std::string& value) const {
    ExpositionText::Labels labels = genai_;
    labels.emplace(name, value);
    return labels;
  }

  // Of two threads.
  RequestMetrics::Shards shards_ = [] {
    RequestMetrics::Shards shards;
    for (int i = 0; i < 2; ++i) shards.push_back(std::make_unique<RequestMetrics>());
    return shards;
  }();
  RequestMetrics& first_ = *shards_[0];
  RequestMetrics& second_ = *shards_[1];
};

TEST_F(RequestMetricsTest, BeforeTheFirstRequestThereAreOnlyTheGauges) {
  EXPECT_THAT(text().families(), SizeIs(2));
  EXPECT_EQ(value("balancer_gateway_open_requests"), 0);
  EXPECT_EQ(value("balancer_gateway_open_streams"), 0);
}

TEST_F(RequestMetricsTest, RequestsAreCountedByEndpointAndStatus) {
  first_.count(request_of("messages", 200, Seconds(1)));
  first_.count(request_of("messages", 200, Seconds(3)));
  first_.count(request_of("messages", 529));
  first_.count(request_of("models", 200));

  const ExpositionText told = text();

  EXPECT_EQ(told.value("balancer_gateway_requests_total", {{"endpoint", "messages"}, {"code", "200"}}), 2);
  EXPECT_EQ(told.value("balancer_gateway_requests_total", {{"endpoint", "messages"}, {"code", "529"}}), 1);
  EXPECT_EQ(told.value("balancer_gateway_requests_total", {{"endpoint", "models"}, {"code", "200"}}), 1);
  EXPECT_EQ(told.value("balancer_gateway_request_duration_seconds_count", {{"endpoint", "messages"}}), 3);
  EXPECT_EQ(told.value("balancer_gateway_request_duration_seconds_sum", {{"endpoint", "messages"}}), 4);
}

TEST_F(RequestMetricsTest, StatusesThatNobodyExpectsAddFewSeries) {
  for (int status = 0; status < 10'000; ++status) first_.count(request_of("messages", status));

  EXPECT_LT(text().series("balancer_gateway_requests_total").size(), 40u);
}

TEST_F(RequestMetricsTest, TimesThatARequestHasNotAreNotObserved) {
  first_.count(request_of("models", 200));

  EXPECT_EQ(text().type("balancer_gateway_time_to_first_byte_seconds"), "");
  EXPECT_EQ(text().type("balancer_gateway_overhead_seconds"), "");
}

TEST_F(RequestMetricsTest, FirstByteAndOverheadAreObservedOnce) {
  CountedRequest request = request_of("messages", 200);
  request.time_to_first_byte = Seconds(0.5);
  request.overhead = Seconds(0.0001);
  first_.count(request);

  EXPECT_EQ(value("balancer_gateway_time_to_first_byte_seconds_sum"), 0.5);
  EXPECT_EQ(value("balancer_gateway_time_to_first_byte_seconds_count"), 1);
  EXPECT_EQ(value("balancer_gateway_overhead_seconds_bucket", {{"le", "0.0001"}}), 1);
}

TEST_F(RequestMetricsTest, OverheadIsNeverBelowNothing) {
  CountedRequest request = request_of("messages", 200);
  request.overhead = Seconds(-5);
  first_.count(request);

  EXPECT_EQ(value("balancer_gateway_overhead_seconds_sum"), 0);
}

TEST_F(RequestMetricsTest, AttemptsAreCountedAndThoseRetriedBehindTwice) {
  CountedAttempt failed = attempt_of("a", "rate_limited", Seconds(0.5));
  failed.retried = true;
  first_.count(failed);
  CountedAttempt delivered = attempt_of("b", "success", Seconds(2));
  delivered.time_to_first_byte = Seconds(1);
  first_.count(delivered);

  const ExpositionText told = text();

  EXPECT_EQ(told.value("balancer_gateway_upstream_attempts_total", {{"provider", "a"}, {"outcome", "rate_limited"}}), 1);
  EXPECT_EQ(told.value("balancer_gateway_upstream_attempts_total", {{"provider", "b"}, {"outcome", "success"}}), 1);
  EXPECT_EQ(told.value("balancer_gateway_retries_total", {{"provider", "a"}, {"outcome", "rate_limited"}}), 1);
  EXPECT_THAT(told.series("balancer_gateway_retries_total"), SizeIs(1));
  EXPECT_EQ(told.value("balancer_gateway_upstream_duration_seconds_sum", {{"provider", "a"}}), 0.5);
  EXPECT_EQ(told.value("balancer_gateway_upstream_time_to_first_byte_seconds_sum", {{"provider", "b"}}), 1);
  EXPECT_THAT(told.series("balancer_gateway_upstream_time_to_first_byte_seconds_count"), SizeIs(1));
}

TEST_F(RequestMetricsTest, RejectionsAreCountedByReason) {
  first_.count_rejection("all_busy");
  first_.count_rejection("all_busy");

  EXPECT_EQ(value("balancer_gateway_rejections_total", {{"reason", "all_busy"}}), 2);
}

TEST_F(RequestMetricsTest, ASuccessfulOperationHasNoErrorType) {
  first_.count(operation());

  EXPECT_EQ(value("gen_ai_client_operation_duration_seconds_sum", genai_), 2);
  EXPECT_EQ(value("gen_ai_client_operation_duration_seconds_bucket", genai_and("le", "1.28")), 0);
  EXPECT_EQ(value("gen_ai_client_operation_duration_seconds_bucket", genai_and("le", "2.56")), 1);
}

TEST_F(RequestMetricsTest, AFailedOperationNamesItsErrorType) {
  CountedOperation failed = operation();
  failed.error_type = "timeout";
  first_.count(failed);

  EXPECT_EQ(value("gen_ai_client_operation_duration_seconds_count", genai_and("error_type", "timeout")), 1);
  EXPECT_EQ(value("gen_ai_client_operation_duration_seconds_count", genai_), std::nullopt);
}

TEST_F(RequestMetricsTest, OnlyAStreamHasATimeToFirstChunk) {
  first_.count(operation());
  EXPECT_EQ(text().type("gen_ai_client_operation_time_to_first_chunk_seconds"), "");

  CountedOperation stream = operation();
  stream.time_to_first_chunk = Seconds(0.5);
  first_.count(stream);

  EXPECT_EQ(value("gen_ai_client_operation_time_to_first_chunk_seconds_sum", genai_), 0.5);
  EXPECT_EQ(value("gen_ai_client_operation_time_to_first_chunk_seconds_count", genai_), 1);
}

TEST_F(RequestMetricsTest, TokensAreCountedByKind) {
  CountedOperation counted = operation();
  counted.input_tokens = 100;
  counted.output_tokens = 7;
  counted.cache_read_tokens = 20;
  counted.cache_creation_tokens = 3;
  first_.count(counted);
  first_.count(counted);

  EXPECT_EQ(tokens("input"), 200);
  EXPECT_EQ(tokens("output"), 14);
  EXPECT_EQ(tokens("cache_read"), 40);
  EXPECT_EQ(tokens("cache_creation"), 6);
}

TEST_F(RequestMetricsTest, InputOfAnOperationIsAllThatItRead) {
  CountedOperation counted = operation();
  counted.input_tokens = 100;
  counted.output_tokens = 7;
  counted.cache_read_tokens = 20;
  counted.cache_creation_tokens = 3;
  first_.count(counted);

  EXPECT_EQ(value("gen_ai_client_token_usage_sum", genai_and("gen_ai_token_type", "input")), 123);
  EXPECT_EQ(value("gen_ai_client_token_usage_sum", genai_and("gen_ai_token_type", "output")), 7);
}

TEST_F(RequestMetricsTest, AnOperationWithoutTokensHasNoUsage) {
  first_.count(operation());

  EXPECT_EQ(text().type("gen_ai_client_token_usage"), "");
  EXPECT_EQ(text().type("balancer_gateway_tokens_total"), "");
}

TEST_F(RequestMetricsTest, NegativeTokenCountsDoNotCountDown) {
  CountedOperation counted = operation();
  counted.input_tokens = 100;
  counted.output_tokens = 7;
  first_.count(counted);
  const ExpositionText before = text();

  counted.input_tokens = -50;
  counted.output_tokens = std::numeric_limits<std::int64_t>::min();
  counted.cache_read_tokens = -1;
  counted.cache_creation_tokens = -1;
  first_.count(counted);

  EXPECT_EQ(tokens("input"), 100);
  EXPECT_EQ(tokens("output"), 7);
  EXPECT_EQ(tokens("cache_read"), std::nullopt);
  const ExpositionText after = text();
  for (const auto& [series, value] : before.samples()) {
    EXPECT_GE(after.value(series.first, series.second).value(), value) << series.first;
  }
}

TEST_F(RequestMetricsTest, WhatIsOpenIsTheSumOverThreads) {
  first_.request_opened();
  first_.request_opened();
  second_.request_opened();
  second_.stream_opened();
  first_.request_closed();

  EXPECT_EQ(first_.open_request_count(), 1);
  EXPECT_EQ(second_.open_stream_count(), 1);
  EXPECT_EQ(value("balancer_gateway_open_requests"), 2);
  EXPECT_EQ(value("balancer_gateway_open_streams"), 1);
}

TEST_F(RequestMetricsTest, ThreadsCountTheSameSeries) {
  for (RequestMetrics* shard : {&first_, &second_}) {
    shard->count(request_of("messages", 200, Seconds(1)));
    shard->count(attempt_of("a", "success"));
    shard->count(operation());
    shard->count_rejection("no_route");
  }

  const ExpositionText told = text();

  EXPECT_EQ(told.value("balancer_gateway_requests_total", {{"endpoint", "messages"}, {"code", "200"}}), 2);
  EXPECT_EQ(told.value("balancer_gateway_request_duration_seconds_count", {{"endpoint", "messages"}}), 2);
  EXPECT_EQ(told.value("balancer_gateway_upstream_attempts_total", {{"provider", "a"}, {"outcome", "success"}}), 2);
  EXPECT_EQ(told.value("gen_ai_client_operation_duration_seconds_count", genai_), 2);
  EXPECT_EQ(told.value("balancer_gateway_rejections_total", {{"reason", "no_route"}}), 2);
}

TEST_F(RequestMetricsTest, ASeriesOnceSeenStays) {
  first_.count(request_of("messages", 418));
  const ExpositionText before = text();
  for (int i = 0; i < 1'000; ++i) first_.count(request_of("models", 200));

  const ExpositionText after = text();

  for (const auto& [series, value] : before.samples()) EXPECT_EQ(after.value(series.first, series.second), value);
}

}  // namespace
}  // namespace balancer::gateway
