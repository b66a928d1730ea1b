#include "gateway/telemetry/request_telemetry.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "tests/unit/gateway/telemetry/telemetry_fixture.hpp"

namespace balancer::gateway {
namespace {

using namespace std::chrono_literals;
using testing::IsEmpty;
using testing::SizeIs;

class RequestTelemetryTest : public TelemetryFixture {
 protected:
  // Lines, counts and summaries so far. Ends the log.
  void expect_published(std::size_t times) {
    EXPECT_THAT(log_.lines(), SizeIs(times));
    EXPECT_EQ(counted_requests(), static_cast<double>(times));
    EXPECT_THAT(decisions_.summaries(), SizeIs(times));
  }
};

TEST_F(RequestTelemetryTest, ARecordBeginsWithWhatIsKnownOnArrival) {
  const FakeExchange exchange("req_arrival");

  const auto record = telemetry_.open(exchange, "messages");

  EXPECT_EQ(record->request_id, "req_arrival");
  EXPECT_EQ(record->endpoint, "messages");
  EXPECT_EQ(record->arrival, clock_.now());
  EXPECT_EQ(record->arrival_time, clock_.wall_now());
  EXPECT_EQ(record->status, 0);
}

TEST_F(RequestTelemetryTest, NothingIsToldWhileSomebodyHoldsTheRecord) {
  const auto record = closed_record();

  expect_published(0);
}

TEST_F(RequestTelemetryTest, IsToldOnceWhenTheLastOwnerLetsGo) {
  auto record = closed_record();

  record.reset();

  expect_published(1);
}

TEST_F(RequestTelemetryTest, IsToldOnceThoughItWasClosedTwice) {
  FakeExchange exchange;
  auto record = telemetry_.open(exchange, "messages");
  exchange.answer(200);
  telemetry_.close(*record, exchange);
  telemetry_.close(*record, exchange);

  record.reset();

  expect_published(1);
}

TEST_F(RequestTelemetryTest, WhatTheMakingAddsBehindTheClientsBackIsToldToo) {
  auto client = closed_record();
  auto making = client;
  client.reset();

  note(*making, success_at("first"));
  making.reset();

  expect_published(1);
  EXPECT_EQ(decisions_.summaries().front().provider, "first");
  EXPECT_EQ(value("balancer_gateway_upstream_attempts_total", {{"provider", "first"}, {"outcome", "success"}}), 1);
}

TEST_F(RequestTelemetryTest, TheMakingMayEndBeforeTheClientsPart) {
  FakeExchange exchange;
  auto client = telemetry_.open(exchange, "messages");
  auto making = client;
  note(*making, success_at("first"));
  making.reset();
  EXPECT_THAT(decisions_.summaries(), IsEmpty());

  exchange.answer(200);
  telemetry_.close(*client, exchange);
  client.reset();

  expect_published(1);
  EXPECT_EQ(decisions_.summaries().front().provider, "first");
}

TEST_F(RequestTelemetryTest, ARecordThatWasNeverClosedIsNotTold) {
  auto record = telemetry_.open(FakeExchange(), "messages");
  note(*record, success_at("first"));

  record.reset();

  expect_published(0);
  EXPECT_EQ(text().type("balancer_gateway_upstream_attempts_total"), "");
}

TEST_F(RequestTelemetryTest, StatusAndTimesAreTheAnswers) {
  FakeExchange exchange;
  const auto record = telemetry_.open(exchange, "messages");
  clock_.advance(300ms);
  exchange.answer(429, clock_.now());
  clock_.advance(700ms);

  telemetry_.close(*record, exchange);

  EXPECT_EQ(record->status, 429);
  EXPECT_EQ(record->duration, 1s);
  EXPECT_EQ(record->time_to_first_byte, 300ms);
}

TEST_F(RequestTelemetryTest, AnAnswerOfWhichNothingWasSentHasNoFirstByte) {
  EXPECT_EQ(closed_record()->time_to_first_byte, std::nullopt);
}

TEST_F(RequestTelemetryTest, AClientThatLeftBeforeItWasAnsweredIs499) {
  FakeExchange exchange;
  auto record = telemetry_.open(exchange, "messages");
  exchange.leave();

  telemetry_.close(*record, exchange);
  record.reset();

  EXPECT_EQ(value("balancer_gateway_requests_total", {{"endpoint", "messages"}, {"code", "499"}}), 1);
  EXPECT_EQ(decisions_.summaries().at(0).status, 499);
}

TEST_F(RequestTelemetryTest, AClientThatLeftInTheMidstOfItsAnswerKeepsTheAnswersStatus) {
  FakeExchange exchange;
  const auto record = telemetry_.open(exchange, "messages");
  exchange.answer(200);
  exchange.leave();

  telemetry_.close(*record, exchange);

  EXPECT_EQ(record->status, 200);
}

TEST_F(RequestTelemetryTest, ARequestThatNobodyAnsweredIs500) {
  FakeExchange exchange;
  auto record = telemetry_.open(exchange, "messages");

  telemetry_.close(*record, exchange);
  record.reset();

  EXPECT_EQ(value("balancer_gateway_requests_total", {{"endpoint", "messages"}, {"code", "500"}}), 1);
  EXPECT_EQ(log_.lines().at(0).at("level"), "ERROR");
}

TEST_F(RequestTelemetryTest, ARequestThatNobodyAnsweredIsToldAsNoSuccess) {
  FakeExchange exchange;
  auto record = telemetry_.open(exchange, "messages");
  ask(*record);

  telemetry_.close(*record, exchange);
  record.reset();

  ASSERT_THAT(decisions_.summaries(), SizeIs(1));
  EXPECT_NE(to_string(decisions_.summaries().front().outcome), "success");
  EXPECT_NE(log_.lines().at(0).at("outcome"), "success");
}

TEST_F(RequestTelemetryTest, WhatAttemptsCameToStaysThoughNobodyAnswered) {
  FakeExchange exchange;
  auto record = telemetry_.open(exchange, "messages");
  ask(*record);
  note(*record, failure_at("first", routing::AttemptOutcome::kTimeout));
  exchange.leave();

  telemetry_.close(*record, exchange);

  EXPECT_EQ(record->status, 499);
  EXPECT_EQ(to_string(record->outcome), "timeout");
}

TEST_F(RequestTelemetryTest, AClientThatLeftBeforeAnyAttemptIsToldAsNoSuccess) {
  FakeExchange exchange;
  auto record = telemetry_.open(exchange, "messages");
  ask(*record);
  exchange.leave();

  telemetry_.close(*record, exchange);
  record.reset();

  ASSERT_THAT(decisions_.summaries(), SizeIs(1));
  EXPECT_EQ(to_string(decisions_.summaries().front().outcome), "client_gone");
  EXPECT_EQ(log_.lines().at(0).at("outcome"), "client_gone");
}

TEST_F(RequestTelemetryTest, OnlyMessagesAreToldToTheControlPlane) {
  for (const char* endpoint : {"count_tokens", "models", "providers", "reload", "probes", "other"}) {
    FakeExchange exchange;
    const auto record = telemetry_.open(exchange, endpoint);
    exchange.answer(200);
    telemetry_.close(*record, exchange);
  }

  EXPECT_THAT(decisions_.summaries(), IsEmpty());
  EXPECT_EQ(counted_requests(), 6);
}

TEST_F(RequestTelemetryTest, ControlPlaneIsToldWhatTheRecordSays) {
  closed_record(529)->error = "overloaded";

  ASSERT_THAT(decisions_.summaries(), SizeIs(1));
  EXPECT_EQ(decisions_.summaries().front().model, "claude-sonnet-4-5");
  EXPECT_EQ(decisions_.summaries().front().status, 529);
  EXPECT_EQ(decisions_.summaries().front().error, "overloaded");
}

TEST_F(RequestTelemetryTest, WithoutAControlPlaneRequestsAreCountedAndLogged) {
  RequestTelemetry telemetry({.clock = clock_, .metrics = metrics_});
  FakeExchange exchange;
  auto record = telemetry.open(exchange, "messages");
  exchange.answer(200);
  telemetry.close(*record, exchange);

  record.reset();

  EXPECT_EQ(counted_requests(), 1);
  EXPECT_THAT(log_.lines(), SizeIs(1));
}

TEST_F(RequestTelemetryTest, RequestsAreOpenUntilTheirLastOwnerLetsGo) {
  FakeExchange exchange;
  auto closed = telemetry_.open(exchange, "messages");
  auto making = closed;
  auto never_closed = telemetry_.open(exchange, "models");
  exchange.answer(200);
  telemetry_.close(*closed, exchange);
  closed.reset();
  EXPECT_EQ(metrics_.open_request_count(), 2);

  never_closed.reset();
  EXPECT_EQ(metrics_.open_request_count(), 1);

  making.reset();
  EXPECT_EQ(metrics_.open_request_count(), 0);
}

TEST_F(RequestTelemetryTest, StreamsAreOpenWhileTheyLive) {
  {
    const RequestTelemetry::OpenStream first(telemetry_);
    std::optional<RequestTelemetry::OpenStream> second(std::in_place, telemetry_);
    EXPECT_EQ(metrics_.open_stream_count(), 2);

    second.reset();
    EXPECT_EQ(metrics_.open_stream_count(), 1);
  }

  EXPECT_EQ(metrics_.open_stream_count(), 0);
  EXPECT_EQ(metrics_.open_request_count(), 0);
}

}  // namespace
}  // namespace balancer::gateway
