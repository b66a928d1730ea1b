#include "controlplane/metrics/cache_families.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace balancer::controlplane {
namespace {

using ::testing::HasSubstr;

TEST(CacheFamiliesTest, SayWhatTheCacheHoldsNow) {
  CacheStats stats;
  stats.entry_count = 12;
  stats.byte_count = 3456;
  stats.hit_count = 7;
  stats.fetch_count = 3;
  stats.evicted_count = 2;
  stats.saved_output_token_count = 99;

  metrics::Families families;
  add_cache_families(stats, families);

  const std::string text = metrics::exposition(std::move(families));
  EXPECT_THAT(text, HasSubstr("\nbalancer_controlplane_cache_entries 12\n"));
  EXPECT_THAT(text, HasSubstr("\nbalancer_controlplane_cache_bytes 3456\n"));
  EXPECT_THAT(text, HasSubstr("\nbalancer_controlplane_cache_hits_total 7\n"));
  EXPECT_THAT(text, HasSubstr("\nbalancer_controlplane_cache_fetches_total 3\n"));
  EXPECT_THAT(text, HasSubstr("\nbalancer_controlplane_cache_removed_total{reason=\"evicted\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("\nbalancer_controlplane_saved_tokens_total{type=\"output\"} 99\n"));
}

}  // namespace
}  // namespace balancer::controlplane
