#include "controlplane/cli/cache_view.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace balancer::controlplane::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

v1::GetCacheStatsResponse sample() {
  v1::GetCacheStatsResponse stats;
  stats.set_enabled(true);
  stats.set_entry_count(12);
  stats.set_entry_limit(1000);
  stats.set_byte_count(1536);
  stats.set_byte_limit(64 << 20);
  stats.mutable_time_to_live()->set_seconds(300);
  stats.set_hit_count(30);
  stats.set_miss_count(10);
  stats.set_join_count(4);
  stats.set_saved_input_token_count(1'234'567);
  return stats;
}

TEST(CacheViewTest, IsReadByPeople) {
  const std::string text = cache_text(sample());

  EXPECT_THAT(text, HasSubstr("cache       on, an answer lives for 5m00s\n"));
  EXPECT_THAT(text, HasSubstr("entries     12 of 1,000\n"));
  EXPECT_THAT(text, HasSubstr("memory      1.5 KiB of 64.0 MiB\n"));
  EXPECT_THAT(text, HasSubstr("hits        30 (75.0 % of 40)\n"));
  EXPECT_THAT(text, HasSubstr("joins       4\n"));
  EXPECT_THAT(text, HasSubstr("saved       1,234,567 input tokens, 0 output tokens\n"));
}

TEST(CacheViewTest, SaysHowToTurnItOn) {
  const std::string text = cache_text(v1::GetCacheStatsResponse());

  EXPECT_THAT(text, HasSubstr("off; settings.max_cache_size turns it on"));
  EXPECT_THAT(text, Not(HasSubstr("%"))) << "nothing of nothing is no ratio";
}

TEST(CacheViewTest, IsReadByPrograms) {
  const nlohmann::ordered_json json = cache_json(sample());

  EXPECT_EQ(json.at("enabled"), true);
  EXPECT_EQ(json.at("entry_count"), 12);
  EXPECT_EQ(json.at("time_to_live_seconds"), 300.0);
  EXPECT_EQ(json.at("saved_input_token_count"), 1'234'567);
}

}  // namespace
}  // namespace balancer::controlplane::cli
