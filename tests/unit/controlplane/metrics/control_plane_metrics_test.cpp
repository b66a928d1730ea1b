#include "controlplane/metrics/control_plane_metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>

namespace balancer::controlplane {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(ControlPlaneMetricsTest, SayWhatTheCacheHoldsNow) {
  CacheStats stats;
  const ControlPlaneMetrics metrics({.cache = [&] { return stats; }});
  EXPECT_THAT(metrics.exposition(), HasSubstr("\nbalancer_controlplane_cache_entries 0\n"));

  stats.entry_count = 12;
  stats.byte_count = 3456;
  stats.hit_count = 7;
  stats.evicted_count = 2;
  stats.saved_output_token_count = 99;

  const std::string text = metrics.exposition();
  EXPECT_THAT(text, HasSubstr("\nbalancer_controlplane_cache_entries 12\n"));
  EXPECT_THAT(text, HasSubstr("\nbalancer_controlplane_cache_bytes 3456\n"));
  EXPECT_THAT(text, HasSubstr("\nbalancer_controlplane_cache_hits_total 7\n"));
  EXPECT_THAT(text, HasSubstr("\nbalancer_controlplane_cache_removed_total{reason=\"evicted\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("\nbalancer_controlplane_saved_tokens_total{type=\"output\"} 99\n"));
}

TEST(ControlPlaneMetricsTest, EveryFamilyHasHelpAndAType) {
  const ControlPlaneMetrics metrics({.cache = [] { return CacheStats(); }});
  std::istringstream lines(metrics.exposition());
  std::string line;
  std::string family;
  while (std::getline(lines, line)) {
    if (line.starts_with("# HELP ")) family = line.substr(7, line.find(' ', 7) - 7);
    if (line.starts_with("# HELP ")) continue;
    EXPECT_THAT(line, StartsWith(line.starts_with("#") ? "# TYPE " + family + " " : family));
  }
  EXPECT_FALSE(family.empty());
}

}  // namespace
}  // namespace balancer::controlplane
