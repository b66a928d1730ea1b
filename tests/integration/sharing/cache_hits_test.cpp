// With the cache on, a question that was answered is answered again without a provider, in any form, by any gateway.
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <tuple>

#include "tests/integration/sharing/cached_stack.hpp"

namespace balancer::integration {
namespace {

using namespace std::chrono_literals;
using fakes::HttpResponse;

// Where it is asked again, and the forms in which it is asked first and again.
using Repetition = std::tuple<std::size_t, AnswerForm, AnswerForm>;

class CacheHitsTest : public CacheTest, public testing::WithParamInterface<Repetition> {};

TEST_P(CacheHitsTest, SayTheSameInTheFormThatIsAskedFor) {
  const auto [gateway, first, again] = GetParam();
  provider_.always(answers_richly());
  SplitStack stack(config(), gateways(2));

  const HttpResponse made = ask(stack.client(0), "hello", first);
  ASSERT_TRUE(is_stored(stack.client(gateway)));
  const HttpResponse hit = ask(stack.client(gateway), "hello", again);

  EXPECT_EQ(cache_of(made), "miss");
  EXPECT_FALSE(made.headers.contains("age"));
  EXPECT_EQ(cache_of(hit), "hit");
  ASSERT_EQ(message_in(made).at("content").size(), 3U) << made.body;
  EXPECT_EQ(message_in(hit), message_in(made)) << hit.body;
  EXPECT_EQ(provider_of(hit), "only");
  EXPECT_EQ(hit.headers.value("cache-control"), "private, no-store");
  EXPECT_EQ(hit.headers.value("age"), "0");
  EXPECT_NE(hit.headers.value("request-id"), made.headers.value("request-id"));
  EXPECT_EQ(provider_.request_count(), 1U);
}

std::string name_of(const testing::TestParamInfo<Repetition>& instance) {
  const auto [gateway, first, again] = instance.param;
  const auto word = [](AnswerForm form) { return form == AnswerForm::kStream ? "Stream" : "Document"; };
  return std::string(word(again)) + "OfA" + word(first) + (gateway == 0 ? "Here" : "Elsewhere");
}

INSTANTIATE_TEST_SUITE_P(AllWays, CacheHitsTest,
                         testing::Combine(testing::Values<std::size_t>(0, 1),
                                          testing::Values(AnswerForm::kDocument, AnswerForm::kStream),
                                          testing::Values(AnswerForm::kDocument, AnswerForm::kStream)),
                         name_of);

class CacheAgeTest : public CacheTest {};

TEST_F(CacheAgeTest, IsToldInWholeSeconds) {
  Standalone balancer(config());
  ASSERT_EQ(text_of(ask(balancer.client())), "1");
  ASSERT_TRUE(is_stored(balancer.client()));

  EXPECT_TRUE(eventually([&] { return ask(balancer.client()).headers.value("age") == "1"; }));
  EXPECT_EQ(provider_.request_count(), 1U);
}

TEST_F(CacheAgeTest, HasAnEnd) {
  Standalone balancer(config("cache_ttl_seconds: 1s"));
  ASSERT_EQ(text_of(ask(balancer.client())), "1");
  ASSERT_TRUE(is_stored(balancer.client()));

  EXPECT_TRUE(eventually([&] { return text_of(ask(balancer.client())) == "2"; }));
}

class CacheRoomTest : public CacheTest {};

TEST_F(CacheRoomTest, IsMadeByForgettingWhatWasUsedLongestAgo) {
  Standalone balancer(config_for({{"only", provider_.base_url()}}, "max_cache_size: 3"));
  for (const char* const text : {"a", "b", "c"}) {
    ask(balancer.client(), text);
    ASSERT_TRUE(is_stored(balancer.client(), text));
  }
  ASSERT_EQ(cache_of(ask(balancer.client(), "a")), "hit");

  ask(balancer.client(), "d");
  ASSERT_TRUE(is_stored(balancer.client(), "d"));

  EXPECT_EQ(cache_of(ask(balancer.client(), "a")), "hit");
  EXPECT_EQ(cache_of(ask(balancer.client(), "c")), "hit");
  EXPECT_EQ(cache_of(ask(balancer.client(), "b")), "miss");
}

}  // namespace
}  // namespace balancer::integration
