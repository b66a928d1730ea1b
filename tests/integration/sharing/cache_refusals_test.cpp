// Only answers that are whole and good are kept.
#include <gtest/gtest.h>

#include <ostream>
#include <string>

#include "tests/integration/sharing/cached_stack.hpp"

namespace balancer::integration {
namespace {

using fakes::HttpResponse;
using fakes::ScriptedResponse;

struct PoorAnswer {
  std::string name;
  AnswerForm form;
  ScriptedResponse (*script)();
  friend void PrintTo(const PoorAnswer& answer, std::ostream* out) { *out << answer.name; }
};

ScriptedResponse ending(AnswerForm form, const char* stop_reason) {
  fakes::RecordedRequest request;
  request.body = question(form);
  return answers_ending(stop_reason)(request);
}

class CacheRefusalsTest : public CacheTest, public testing::WithParamInterface<PoorAnswer> {};

TEST_P(CacheRefusalsTest, AreAskedForAnew) {
  Standalone balancer(config("failure_cooldown: 0, attempt_limit: 1"));
  provider_.enqueue(GetParam().script());
  ask(balancer.client(), "hello", GetParam().form);
  ASSERT_EQ(provider_.request_count(), 1U);
  let_the_cache_catch_up(balancer.client());

  const HttpResponse again = ask(balancer.client(), "hello", GetParam().form);

  EXPECT_EQ(cache_of(again), "miss");
  EXPECT_FALSE(message_in(again).is_null()) << again.raw;
  EXPECT_EQ(provider_.request_count(), 3U);
}

constexpr AnswerForm kDocument = AnswerForm::kDocument;
constexpr AnswerForm kStream = AnswerForm::kStream;

INSTANTIATE_TEST_SUITE_P(
    PoorAnswers, CacheRefusalsTest,
    testing::Values(
        PoorAnswer{"StreamWithoutEnd", kStream, [] { return fakes::sse_stream({"one", "two"}).keep_parts(4); }},
        PoorAnswer{"StreamThatBreaks", kStream,
                   [] { return fakes::reset_after_events(4, fakes::sse_stream({"one", "two"})); }},
        PoorAnswer{"StreamWithAnError", kStream, [] { return fakes::sse_error_after({"one"}, "overloaded_error"); }},
        PoorAnswer{"DocumentThatBreaks", kDocument, [] { return fakes::reset_after(20, fakes::json_message("half")); }},
        PoorAnswer{"ServerError", kDocument, [] { return fakes::server_error(); }},
        PoorAnswer{"Overloaded", kStream, [] { return fakes::overloaded(); }},
        PoorAnswer{"BadRequest", kDocument,
                   [] { return fakes::error_answer(400, "invalid_request_error", "messages: too many"); }},
        PoorAnswer{"WebPage", kDocument, [] { return fakes::html_200(); }},
        PoorAnswer{"DocumentCutByMaxTokens", kDocument, [] { return ending(kDocument, "max_tokens"); }},
        PoorAnswer{"StreamCutByMaxTokens", kStream, [] { return ending(kStream, "max_tokens"); }},
        PoorAnswer{"RefusalAsADocument", kDocument, [] { return ending(kDocument, "refusal"); }},
        PoorAnswer{"RefusalAsAStream", kStream, [] { return ending(kStream, "refusal"); }}),
    [](const testing::TestParamInfo<PoorAnswer>& instance) { return instance.param.name; });

class TruncatedAnswersTest : public CacheTest {};

TEST_F(TruncatedAnswersTest, MayBeKept) {
  Standalone balancer(config("cache: {store_truncated: true}"));
  provider_.always(answers_ending("max_tokens"));
  // As many as the answer has.
  const std::string for_seven = question(AnswerForm::kDocument, "hello", R"("max_tokens":7,)");
  const auto ask_again = [&](const std::string& body) { return balancer.client().post("/v1/messages", body); };
  ASSERT_EQ(message_in(ask_again(for_seven)).at("stop_reason"), "max_tokens");

  EXPECT_TRUE(eventually([&] { return cache_of(ask_again(for_seven)) == "hit"; }));

  EXPECT_EQ(message_in(ask_again(for_seven)).at("stop_reason"), "max_tokens");
  EXPECT_EQ(provider_.request_count(), 1U);
  // They do not answer who asked for more.
  EXPECT_EQ(cache_of(ask_again(question(AnswerForm::kDocument, "hello", R"("max_tokens":70,)"))), "miss");
}

class CacheOffTest : public CacheTest {};

TEST_F(CacheOffTest, NothingIsKeptByDefault) {
  Standalone balancer(config_for({{"only", provider_.base_url()}}));

  for (const char* const number : {"1", "2", "3"}) EXPECT_EQ(text_of(ask(balancer.client())), number);
}

// The cache does without coalescing.
TEST_F(CacheOffTest, AndIsOnWhenOnlyJoiningIsOff) {
  Standalone balancer(config("deduplication: {enabled: false}"));
  ask(balancer.client());

  EXPECT_TRUE(is_stored(balancer.client()));
}

}  // namespace
}  // namespace balancer::integration
