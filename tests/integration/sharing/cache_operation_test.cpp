// balancerctl shows what the cache holds and what sharing has saved, and empties it.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/integration/sharing/cached_stack.hpp"
#include "tests/integration/sharing/control_words.hpp"
#include "tests/integration/sharing/stillness.hpp"

namespace balancer::integration {
namespace {

using nlohmann::json;

class CacheOperationTest : public CacheTest {
 protected:
  SplitStack stack_{config(), gateways(2)};
};

TEST_F(CacheOperationTest, FlushEmptiesItForAllGateways) {
  ask(stack_.client(0));
  ASSERT_TRUE(is_stored(stack_.client(1)));
  ASSERT_EQ(cache_stats(stack_).at("entry_count"), 1);

  const ControlAnswer flushed = control(stack_, {"cache", "flush"});

  EXPECT_EQ(flushed.code, 0) << flushed.err;
  EXPECT_EQ(cache_stats(stack_).at("entry_count"), 0);
  EXPECT_EQ(cache_stats(stack_).at("byte_count"), 0);
  EXPECT_EQ(text_of(ask(stack_.client(0))), "2");
  EXPECT_EQ(text_of(ask(stack_.client(1), "something else")), "3");
}

TEST_F(CacheOperationTest, AnEmptyOneIsFlushedToo) { EXPECT_EQ(control(stack_, {"cache", "flush"}).code, 0); }

TEST_F(CacheOperationTest, StatsCountHitsMissesAndWhatTheySaved) {
  ask(stack_.client(0));
  ASSERT_TRUE(is_stored(stack_.client(1)));
  const json before = cache_stats(stack_);
  ASSERT_EQ(before.at("miss_count"), 1);

  for (int i = 0; i < 3; ++i) ASSERT_EQ(cache_of(ask(stack_.client(1))), "hit");

  const json after = cache_stats(stack_);
  EXPECT_EQ(after.at("hit_count").get<int>() - before.at("hit_count").get<int>(), 3);
  EXPECT_EQ(after.at("miss_count"), 1);
  EXPECT_EQ(after.at("stored_count"), 1);
  // An answer of the provider has 25 input tokens and one of output.
  EXPECT_EQ(after.at("saved_input_token_count").get<int>() - before.at("saved_input_token_count").get<int>(), 75);
  EXPECT_EQ(after.at("saved_output_token_count").get<int>() - before.at("saved_output_token_count").get<int>(), 3);
}

TEST_F(CacheOperationTest, StatsCountJoinsOnEitherGateway) {
  const auto held = std::make_shared<fakes::Latch>();
  provider_.enqueue(fakes::json_message("shared").after(held));
  Askers askers;
  askers.ask(stack_.client(0), question(AnswerForm::kDocument));
  ASSERT_TRUE(provider_.wait_for_requests(1));
  askers.ask(stack_.client(0), question(AnswerForm::kDocument));
  askers.ask(stack_.client(1), question(AnswerForm::kDocument));
  ASSERT_TRUE(come_to_rest(stack_, 2));
  EXPECT_EQ(cache_stats(stack_).at("lead_count"), 1);

  held->release();
  for (const fakes::HttpResponse& response : askers.answers()) ASSERT_EQ(text_of(response), "shared");

  EXPECT_TRUE(eventually([&] {
    const json stats = cache_stats(stack_);
    return stats.at("join_count") == 2 && stats.at("lead_count") == 0 && stats.at("saved_input_token_count") == 50;
  })) << cache_stats(stack_);
}

TEST_F(CacheOperationTest, ATableIsForPeople) {
  const ControlAnswer table = control(stack_, {"cache", "stats"});

  EXPECT_EQ(table.code, 0) << table.err;
  EXPECT_FALSE(table.out.empty());
}

}  // namespace
}  // namespace balancer::integration
