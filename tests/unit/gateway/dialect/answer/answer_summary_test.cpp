#include "gateway/dialect/answer/answer_summary.hpp"

#include <gtest/gtest.h>

#include <string>

namespace balancer::gateway {
namespace {

std::string events(std::string_view stop_reason, bool stopped = true) {
  std::string text =
      "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"content\":[],\"usage\":"
      "{\"input_tokens\":12,\"output_tokens\":1}}}\n\n"
      "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"";
  text += stop_reason;
  text += "\"},\"usage\":{\"output_tokens\":34}}\n\n";
  if (stopped) text += "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";
  return text;
}

std::string message(std::string_view stop_reason) {
  std::string text = R"({"type":"message","content":[],"stop_reason":)";
  text += stop_reason;
  return text + R"(,"usage":{"input_tokens":12,"output_tokens":34}})";
}

TEST(AnswerSummaryTest, SaysHowAStreamEndedAndWhatItCost) {
  const AnswerSummary summary = summarize_events(events("end_turn"));

  EXPECT_TRUE(summary.complete);
  EXPECT_EQ(summary.stop_reason, "end_turn");
  EXPECT_EQ(summary.usage.input_token_count, 12);
  EXPECT_EQ(summary.usage.output_token_count, 34);
}

TEST(AnswerSummaryTest, AStreamWithoutItsEndOrWithAnErrorIsNotComplete) {
  EXPECT_FALSE(summarize_events(events("end_turn", false)).complete);
  EXPECT_FALSE(summarize_events(events("end_turn") + "event: error\ndata: {}\n\n").complete);
  EXPECT_FALSE(summarize_events(events("end_turn") + "data: {\"error\":{\"type\":\"x\"}}\n\n").complete);
  EXPECT_FALSE(summarize_events("").complete);
  EXPECT_EQ(summarize_events(events("end_turn", false)).stop_reason, "");
}

TEST(AnswerSummaryTest, AStreamWithoutItsLastBlankLineIsComplete) {
  std::string text = events("tool_use");
  text.resize(text.size() - 1);
  EXPECT_TRUE(summarize_events(text).complete);
}

TEST(AnswerSummaryTest, AStreamThatWasCutInItsLastEventIsNot) {
  std::string text = events("tool_use");
  text.resize(text.size() - 4);
  EXPECT_FALSE(summarize_events(text).complete);
}

TEST(AnswerSummaryTest, SaysTheSameOfADocument) {
  const AnswerSummary summary = summarize_message(message("\"tool_use\""));

  EXPECT_TRUE(summary.complete);
  EXPECT_EQ(summary.stop_reason, "tool_use");
  EXPECT_EQ(summary.usage.output_token_count, 34);
}

TEST(AnswerSummaryTest, WhatIsNoFinishedMessageIsNotComplete) {
  for (const std::string_view text : {"", "{", "[]", R"({"type":"error","error":{}})", R"({"stop_reason":"end_turn"})",
                                      R"({"type":"message","stop_reason":"end_turn"})"}) {
    EXPECT_FALSE(summarize_message(text).complete) << text;
  }
  EXPECT_FALSE(summarize_message(message("null")).complete);
}

struct Verdict {
  const char* stop_reason;
  bool cacheable;
  bool cacheable_with_truncated;
};

TEST(AnswerSummaryTest, OnlyAnswersThatEndedByThemselvesAreForOthers) {
  const Verdict verdicts[] = {
      {"end_turn", true, true},        {"stop_sequence", true, true}, {"tool_use", true, true},
      {"max_tokens", false, true},     {"refusal", false, false},     {"pause_turn", false, false},
      {"model_context_window_exceeded", false, false}, {"something_new", false, false},
  };
  for (const Verdict& verdict : verdicts) {
    const AnswerSummary summary = summarize_events(events(verdict.stop_reason));
    EXPECT_EQ(is_cacheable(summary, false), verdict.cacheable) << verdict.stop_reason;
    EXPECT_EQ(is_cacheable(summary, true), verdict.cacheable_with_truncated) << verdict.stop_reason;
  }
  EXPECT_FALSE(is_cacheable(AnswerSummary(), true));
}

TEST(AnswerSummaryTest, FitsARequestForAsManyTokensUnlessItWasCutShort) {
  const AnswerSummary whole = summarize_events(events("end_turn"));
  EXPECT_TRUE(fits(whole, 34));
  EXPECT_TRUE(fits(whole, 0));
  EXPECT_FALSE(fits(whole, 33));
  EXPECT_FALSE(fits(summarize_events(events("max_tokens")), 1'000));
  EXPECT_FALSE(fits(AnswerSummary(), 1'000));
}

}  // namespace
}  // namespace balancer::gateway
