// What a request's record adds to the metrics.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/unit/gateway/telemetry/telemetry_fixture.hpp"

namespace balancer::gateway {
namespace {

using namespace std::chrono_literals;
using metrics::ExpositionText;
using routing::AttemptOutcome;
using testing::SizeIs;

class RequestTelemetryCountsTest : public TelemetryFixture {
 protected:
  // Answered after a second, the first byte of which was sent after 400 ms.
  std::shared_ptr<RequestRecord> answered(std::string_view endpoint) {
    FakeExchange exchange;
    std::shared_ptr<RequestRecord> record = telemetry_.open(exchange, endpoint);
    ask(*record);
    clock_.advance(400ms);
    exchange.answer(200, clock_.now());
    clock_.advance(600ms);
    telemetry_.close(*record, exchange);
    return record;
  }
  void publish_join_or_hit(CacheOutcome cache, AttemptOutcome outcome) {
    const auto record = closed_record();
    record->cache = cache;
    record->outcome = outcome;
    record->usage = success_at("first").usage;
  }

  const ExpositionText::Labels genai_{{"gen_ai_operation_name", "chat"},
                                      {"gen_ai_provider_name", "anthropic"},
                                      {"gen_ai_request_model", "claude-sonnet-4-5"}};
  [[nodiscard]] ExpositionText::Labels genai_and(const std::string& name, const std::string& value) const {
    ExpositionText::Labels labels = genai_;
    labels.emplace(name, value);
    return labels;
  }
};

TEST_F(RequestTelemetryCountsTest, MessagesHaveADurationAFirstByteAndAnOverhead) {
  note(*answered("messages"), success_at("first"));

  EXPECT_EQ(value("balancer_gateway_request_duration_seconds_sum", {{"endpoint", "messages"}}), 1);
  EXPECT_EQ(value("balancer_gateway_time_to_first_byte_seconds_sum"), 0.4);
  EXPECT_DOUBLE_EQ(value("balancer_gateway_overhead_seconds_sum"), 0.2);
}

TEST_F(RequestTelemetryCountsTest, OtherEndpointsHaveADurationAlone) {
  note(*answered("count_tokens"), success_at("first"));

  EXPECT_EQ(value("balancer_gateway_request_duration_seconds_sum", {{"endpoint", "count_tokens"}}), 1);
  EXPECT_EQ(text().type("balancer_gateway_time_to_first_byte_seconds"), "");
  EXPECT_EQ(text().type("balancer_gateway_overhead_seconds"), "");
  EXPECT_EQ(text().type("gen_ai_client_operation_duration_seconds"), "");
}

TEST_F(RequestTelemetryCountsTest, EachAttemptIsCounted) {
  {
    const auto record = closed_record();
    note(*record, failure_at("first", AttemptOutcome::kTransient));
    record->attempts.back().retried = true;
    note(*record, success_at("second"));
  }

  EXPECT_EQ(value("balancer_gateway_upstream_attempts_total", {{"provider", "first"}, {"outcome", "transient"}}), 1);
  EXPECT_EQ(value("balancer_gateway_upstream_attempts_total", {{"provider", "second"}, {"outcome", "success"}}), 1);
  EXPECT_EQ(value("balancer_gateway_retries_total", {{"provider", "first"}, {"outcome", "transient"}}), 1);
  EXPECT_THAT(text().series("balancer_gateway_retries_total"), SizeIs(1));
  EXPECT_EQ(value("balancer_gateway_upstream_time_to_first_byte_seconds_sum", {{"provider", "second"}}), 0.3);
}

TEST_F(RequestTelemetryCountsTest, ASuccessIsAnOperationWithItsTokens) {
  note(*closed_record(), success_at("first"));

  EXPECT_EQ(value("gen_ai_client_operation_duration_seconds_sum", genai_), 0.8);
  EXPECT_EQ(value("gen_ai_client_token_usage_sum", genai_and("gen_ai_token_type", "input")), 123);
  EXPECT_EQ(value("gen_ai_client_token_usage_sum", genai_and("gen_ai_token_type", "output")), 7);
  for (const auto& [type, count] :
       std::map<std::string, double>{{"input", 100}, {"output", 7}, {"cache_read", 20}, {"cache_creation", 3}}) {
    EXPECT_EQ(value("balancer_gateway_tokens_total", {{"provider", "first"}, {"model", "gpt-5"}, {"type", type}}), count);
  }
}

TEST_F(RequestTelemetryCountsTest, AFailureIsAnOperationThatNamesItsError) {
  note(*closed_record(502), failure_at("first", AttemptOutcome::kTimeout));

  EXPECT_EQ(value("gen_ai_client_operation_duration_seconds_count", genai_and("error_type", "timeout")), 1);
  EXPECT_THAT(text().series("gen_ai_client_operation_duration_seconds_count"), SizeIs(1));
  EXPECT_EQ(text().type("gen_ai_client_token_usage"), "");
}

TEST_F(RequestTelemetryCountsTest, OperationsNameTheProvidersKind) {
  {
    const auto record = closed_record();
    note(*record, success_at("second"));
    record->attempts.back().provider_type = ProviderType::kOpenAi;
  }

  ExpositionText::Labels labels = genai_;
  labels["gen_ai_provider_name"] = "openai";
  EXPECT_EQ(value("gen_ai_client_operation_duration_seconds_count", labels), 1);
}

TEST_F(RequestTelemetryCountsTest, OnlyStreamsHaveATimeToTheFirstChunk) {
  note(*closed_record(), success_at("first"));
  EXPECT_EQ(text().type("gen_ai_client_operation_time_to_first_chunk_seconds"), "");

  {
    const auto stream = closed_record();
    stream->stream = true;
    note(*stream, success_at("first"));
  }

  EXPECT_EQ(value("gen_ai_client_operation_time_to_first_chunk_seconds_sum", genai_), 0.3);
  EXPECT_EQ(value("gen_ai_client_operation_time_to_first_chunk_seconds_count", genai_), 1);
}

TEST_F(RequestTelemetryCountsTest, TenThousandJunkModelsAreOneSeriesAMetric) {
  log::configure({.level = log::Level::kError, .file_path = {}});
  const auto ask_for = [&](const std::string& model) {
    FakeExchange exchange;
    const auto record = telemetry_.open(exchange, "messages");
    ask(*record, model, "*");
    record->stream = true;
    exchange.answer(200);
    telemetry_.close(*record, exchange);
    AttemptRecord attempt = success_at("second");
    // The route's target passes the client's name through.
    attempt.upstream_model = model;
    note(*record, std::move(attempt));
  };
  ask_for("junk");
  const std::size_t series = text().samples().size();

  for (int i = 0; i < 9'999; ++i) ask_for("junk" + std::to_string(i) + "\"\n\xff");

  const ExpositionText after = text();
  EXPECT_EQ(after.samples().size(), series);
  EXPECT_EQ(after.value("gen_ai_client_operation_duration_seconds_count",
                        {{"gen_ai_operation_name", "chat"},
                         {"gen_ai_provider_name", "anthropic"},
                         {"gen_ai_request_model", "*"}}),
            10'000);
  EXPECT_EQ(after.value("balancer_gateway_tokens_total", {{"provider", "second"}, {"model", "*"}, {"type", "output"}}),
            70'000);
}

TEST_F(RequestTelemetryCountsTest, JunkModelsThatNoRouteTookAreOther) {
  {
    const auto record = closed_record();
    ask(*record, "junk", "");
    note(*record, success_at("first"));
    record->attempts.back().upstream_model = "junk";
  }

  EXPECT_EQ(value("balancer_gateway_tokens_total", {{"provider", "first"}, {"model", "other"}, {"type", "output"}}), 7);
}

TEST_F(RequestTelemetryCountsTest, RejectionsAreCountedByTheirReason) {
  const std::map<routing::RejectionReason, std::string> reasons{
      {routing::RejectionReason::kNoRoute, "no_route"},
      {routing::RejectionReason::kUnknownProvider, "unknown_provider"},
      {routing::RejectionReason::kNoProvider, "no_provider"},
      {routing::RejectionReason::kAllCooling, "all_cooling"},
      {routing::RejectionReason::kAllBusy, "all_busy"}};
  for (const auto& [reason, label] : reasons) closed_record(529)->rejection = reason;

  for (const auto& [reason, label] : reasons) {
    EXPECT_EQ(value("balancer_gateway_rejections_total", {{"reason", label}}), 1) << label;
  }
}

TEST_F(RequestTelemetryCountsTest, WhatWasShedIsCountedByTheFlagThatSetsItsLimit) {
  closed_record(529)->shed = ShedReason::kInFlight;
  closed_record(529)->shed = ShedReason::kBodyMemory;
  telemetry_.connection_turned_away();
  telemetry_.connection_turned_away();

  EXPECT_EQ(value("balancer_gateway_rejections_total", {{"reason", "max_in_flight"}}), 1);
  EXPECT_EQ(value("balancer_gateway_rejections_total", {{"reason", "max_body_memory"}}), 1);
  EXPECT_EQ(value("balancer_gateway_rejections_total", {{"reason", "max_connections"}}), 2);
}

TEST_F(RequestTelemetryCountsTest, WhereAnswersCameFromIsCounted) {
  for (const CacheOutcome cache : {CacheOutcome::kHit, CacheOutcome::kMiss, CacheOutcome::kJoin, CacheOutcome::kBypass}) {
    closed_record()->cache = cache;
  }
  (void)closed_record();

  for (const char* outcome : {"hit", "miss", "join", "bypass"}) {
    EXPECT_EQ(value("balancer_gateway_cache_outcomes_total", {{"outcome", outcome}}), 1) << outcome;
  }
}

TEST_F(RequestTelemetryCountsTest, TokensOfSharedAnswersAreSaved) {
  publish_join_or_hit(CacheOutcome::kHit, AttemptOutcome::kSuccess);
  publish_join_or_hit(CacheOutcome::kJoin, AttemptOutcome::kSuccess);
  EXPECT_EQ(value("balancer_gateway_saved_tokens_total", {{"type", "input"}}), 246);
  EXPECT_EQ(value("balancer_gateway_saved_tokens_total", {{"type", "output"}}), 14);

  publish_join_or_hit(CacheOutcome::kJoin, AttemptOutcome::kTransient);
  publish_join_or_hit(CacheOutcome::kMiss, AttemptOutcome::kSuccess);
  publish_join_or_hit(CacheOutcome::kBypass, AttemptOutcome::kSuccess);
  EXPECT_EQ(value("balancer_gateway_saved_tokens_total", {{"type", "input"}}), 246);
}

TEST_F(RequestTelemetryCountsTest, ARequestBeforeTheFirstConfigurationIsCounted) {
  closed_record(503)->snapshot = nullptr;

  EXPECT_EQ(value("balancer_gateway_requests_total", {{"endpoint", "messages"}, {"code", "503"}}), 1);
}

}  // namespace
}  // namespace balancer::gateway
