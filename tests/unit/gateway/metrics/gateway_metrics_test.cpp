// Labels come from a closed set, whatever clients send (promises.md T49).
#include "gateway/metrics/gateway_metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace balancer::gateway {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(GatewayMetricsTest, NamesThatNobodyKnowsAreOneSeries) {
  GatewayMetrics metrics;
  const std::string before = metrics.exposition();

  for (int i = 0; i < 10'000; ++i) metrics.count_dropped_field("junk" + std::to_string(i));
  metrics.count_dropped_field("top_k");
  metrics.count_dropped_field("bad\"name\n{}");

  const std::string after = metrics.exposition();
  EXPECT_EQ(std::count(after.begin(), after.end(), '\n'), std::count(before.begin(), before.end(), '\n'));
  EXPECT_THAT(after, HasSubstr("balancer_gateway_dropped_fields_total{field=\"other\"} 10001"));
  EXPECT_THAT(after, HasSubstr("balancer_gateway_dropped_fields_total{field=\"top_k\"} 1"));
  EXPECT_THAT(after, Not(HasSubstr("junk")));
}

TEST(GatewayMetricsTest, ANameIsNewOnceAndOnlySoManyAre) {
  GatewayMetrics metrics;
  EXPECT_TRUE(metrics.first_time_dropped("a"));
  EXPECT_FALSE(metrics.first_time_dropped("a"));

  int new_names = 0;
  for (int i = 0; i < 10'000; ++i) new_names += metrics.first_time_dropped(std::to_string(i)) ? 1 : 0;
  EXPECT_LE(new_names, 256);
}

TEST(GatewayMetricsTest, CountsWhereAnswersCameFromAndWhatSharingSaved) {
  GatewayMetrics metrics;
  metrics.count_cache_outcome(CacheOutcome::kHit);
  metrics.count_cache_outcome(CacheOutcome::kJoin);
  metrics.count_cache_outcome(CacheOutcome::kJoin);
  metrics.count_saved_tokens(12, 5);
  metrics.count_saved_tokens(-1, 1);

  const std::string text = metrics.exposition();

  EXPECT_THAT(text, HasSubstr("balancer_gateway_cache_outcomes_total{outcome=\"hit\"} 1"));
  EXPECT_THAT(text, HasSubstr("balancer_gateway_cache_outcomes_total{outcome=\"join\"} 2"));
  EXPECT_THAT(text, HasSubstr("balancer_gateway_cache_outcomes_total{outcome=\"miss\"} 0"));
  EXPECT_THAT(text, HasSubstr("balancer_gateway_saved_tokens_total{type=\"input\"} 12"));
  EXPECT_THAT(text, HasSubstr("balancer_gateway_saved_tokens_total{type=\"output\"} 6"));
}

}  // namespace
}  // namespace balancer::gateway
