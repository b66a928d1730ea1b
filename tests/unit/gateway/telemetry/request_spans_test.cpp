#include "gateway/telemetry/request_spans.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "tests/unit/gateway/telemetry/records.hpp"

namespace balancer::gateway {
namespace {

using namespace std::chrono_literals;
using routing::AttemptOutcome;
using testing::IsEmpty;
using testing::SizeIs;
using tracing::Span;
using tracing::SpanKind;

using Value = decltype(tracing::Attribute::value);

// Fails for a key that is there twice.
std::map<std::string, Value> attributes_of(const Span& span) {
  std::map<std::string, Value> attributes;
  for (const tracing::Attribute& attribute : span.attributes) {
    EXPECT_TRUE(attributes.emplace(attribute.key, attribute.value).second) << attribute.key;
  }
  return attributes;
}

Value text(std::string value) { return value; }
Value number(std::int64_t value) { return value; }

class RequestSpansTest : public testing::Test {
 protected:
  RequestSpansTest() {
    record_.arrival_time = std::chrono::system_clock::time_point(1'767'225'600s);
    record_.trace = tracing::child_of(client_);
    record_.parent_span = client_.span;
    begin_span(record_.attempts.front());
  }
  void begin_span(AttemptRecord& attempt) { attempt.span = tracing::child_of(*record_.trace).span; }
  Span request_span() const { return spans_of(record_).at(0); }
  Span attempt_span() const { return spans_of(record_).at(1); }

  const tracing::TraceContext client_ = tracing::begin_trace();
  RequestRecord record_ = answered_record();
};

TEST_F(RequestSpansTest, ARequestIsAServersSpanUnderTheClients) {
  const Span span = request_span();

  EXPECT_EQ(span.context, *record_.trace);
  EXPECT_EQ(span.context.trace, client_.trace);
  EXPECT_EQ(span.parent, client_.span);
  EXPECT_EQ(span.kind, SpanKind::kServer);
  EXPECT_EQ(span.name, "messages");
}

TEST_F(RequestSpansTest, ARequestWithoutAClientsTraceHasNoParent) {
  record_.trace = tracing::begin_trace();
  record_.parent_span = std::nullopt;

  EXPECT_EQ(request_span().parent, std::nullopt);
}

TEST_F(RequestSpansTest, AnAttemptIsAClientsSpanUnderTheRequests) {
  const Span span = attempt_span();

  EXPECT_EQ(span.context.trace, client_.trace);
  EXPECT_EQ(span.context.span, *record_.attempts.front().span);
  EXPECT_TRUE(span.context.sampled);
  EXPECT_EQ(span.parent, record_.trace->span);
  EXPECT_EQ(span.kind, SpanKind::kClient);
  EXPECT_EQ(span.name, "chat gpt-5");
}

TEST_F(RequestSpansTest, EachAttemptHasASpanOfItsOwn) {
  note(record_, failure_at("second", AttemptOutcome::kTransient));
  begin_span(record_.attempts.back());

  const std::vector<Span> spans = spans_of(record_);

  ASSERT_THAT(spans, SizeIs(3));
  EXPECT_EQ(spans[2].parent, spans[0].context.span);
  EXPECT_NE(spans[2].context.span, spans[1].context.span);
}

TEST_F(RequestSpansTest, SpansLastAsLongAsWhatTheyAreOf) {
  EXPECT_EQ(request_span().start, record_.arrival_time);
  EXPECT_EQ(request_span().end, record_.arrival_time + 1s);
  EXPECT_EQ(attempt_span().start, record_.arrival_time + 20ms);
  EXPECT_EQ(attempt_span().end, record_.arrival_time + 820ms);
}

TEST_F(RequestSpansTest, ARequestSaysWhereItWent) {
  const auto attributes = attributes_of(request_span());

  EXPECT_EQ(attributes.at("balancer.request_id"), text("req_1"));
  EXPECT_EQ(attributes.at("balancer.caller"), text("alice"));
  EXPECT_EQ(attributes.at("balancer.route"), text("claude-sonnet-4-5"));
  EXPECT_EQ(attributes.at("balancer.provider"), text("first"));
  EXPECT_EQ(attributes.at("balancer.cache"), text("miss"));
  EXPECT_EQ(attributes.at("balancer.attempts"), number(1));
  EXPECT_EQ(attributes.at("balancer.stream"), Value(false));
  EXPECT_EQ(attributes.at("http.response.status_code"), number(200));
  EXPECT_EQ(attributes.at("gen_ai.request.model"), text("claude-sonnet-4-5"));
  EXPECT_EQ(attributes.at("gen_ai.response.model"), text("gpt-5"));
  EXPECT_EQ(attributes.at("gen_ai.usage.input_tokens"), number(123));
  EXPECT_EQ(attributes.at("gen_ai.usage.output_tokens"), number(7));
  EXPECT_FALSE(attributes.contains("error.type"));
  EXPECT_EQ(request_span().error, std::nullopt);
}

TEST_F(RequestSpansTest, AnAttemptSaysWhomItAskedForWhat) {
  const auto attributes = attributes_of(attempt_span());

  EXPECT_EQ(attributes.at("gen_ai.operation.name"), text("chat"));
  EXPECT_EQ(attributes.at("gen_ai.provider.name"), text("anthropic"));
  EXPECT_EQ(attributes.at("gen_ai.request.model"), text("gpt-5"));
  EXPECT_EQ(attributes.at("balancer.provider"), text("first"));
  EXPECT_EQ(attributes.at("http.response.status_code"), number(200));
  EXPECT_EQ(attributes.at("gen_ai.usage.output_tokens"), number(7));
  EXPECT_EQ(attempt_span().error, std::nullopt);
}

TEST_F(RequestSpansTest, AProvidersFailureIsTheAttemptsError) {
  record_.attempts.front().outcome = AttemptOutcome::kTransient;
  record_.attempts.front().detail = "HTTP 529";

  EXPECT_EQ(attempt_span().error, "HTTP 529");
  EXPECT_EQ(attributes_of(attempt_span()).at("error.type"), text("transient"));
  EXPECT_EQ(attributes_of(request_span()).count("error.type"), 0u);
}

TEST_F(RequestSpansTest, ARequestThatFailedSaysWhy) {
  record_.status = 502;
  record_.outcome = AttemptOutcome::kTransient;
  EXPECT_EQ(request_span().error, "transient");

  record_.error = "all providers failed";
  EXPECT_EQ(request_span().error, "all providers failed");
  EXPECT_EQ(attributes_of(request_span()).at("error.type"), text("transient"));
}

TEST_F(RequestSpansTest, AFailureThatNoAttemptLedToIsOfItsStatusKind) {
  RequestRecord record;
  record.endpoint = "providers";
  record.trace = tracing::begin_trace();
  record.status = 503;

  const Span span = spans_of(record).at(0);

  EXPECT_EQ(span.error, "503");
  EXPECT_EQ(attributes_of(span)["error.type"], text("503"));
}

TEST_F(RequestSpansTest, AClientsMistakeIsNoErrorOfTheServer) {
  record_.status = 400;
  record_.outcome = AttemptOutcome::kRequestFault;
  record_.error = "max_tokens: Field required";

  EXPECT_EQ(request_span().error, std::nullopt);
}

TEST_F(RequestSpansTest, AnAttemptWithoutAnAnswerHasNoStatus) {
  record_.attempts.front().status = 0;

  EXPECT_EQ(attributes_of(attempt_span()).count("http.response.status_code"), 0u);
}

TEST_F(RequestSpansTest, WhatClientsDoNotWantSampledHasNoSpans) {
  record_.trace->sampled = false;

  EXPECT_THAT(spans_of(record_), IsEmpty());
}

TEST_F(RequestSpansTest, WithoutATraceThereAreNoSpans) {
  record_.trace = std::nullopt;

  EXPECT_THAT(spans_of(record_), IsEmpty());
}

TEST_F(RequestSpansTest, AnAttemptThatWasNotTracedHasNoSpan) {
  record_.attempts.front().span = std::nullopt;

  EXPECT_THAT(spans_of(record_), SizeIs(1));
}

}  // namespace
}  // namespace balancer::gateway
