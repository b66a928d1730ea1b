#include "tests/integration/support/metrics.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace balancer::integration {
namespace {

constexpr const char* kText =
    "# TYPE attempts_total counter\n"
    "attempts_total{provider=\"a\",outcome=\"ok\"} 3\n"
    "attempts_total{provider=\"b\",outcome=\"ok\"} 4\n"
    "attempts_total{provider=\"b\",outcome=\"reset\"} 1\n"
    "attempts_total_created 17\n"
    "connected 1\n";

TEST(MetricValueTest, SumsTheSamplesThatCarryTheLabels) {
  EXPECT_EQ(metric_value(kText, "attempts_total", {{"outcome", "ok"}}), 7);
  EXPECT_EQ(metric_value(kText, "attempts_total", {{"outcome", "reset"}, {"provider", "b"}}), 1);
  EXPECT_EQ(metric_value(kText, "connected"), 1);
}

TEST(MetricValueTest, TellsAnAbsentSampleFromZero) {
  EXPECT_EQ(metric_value(kText, "attempts_total", {{"provider", "c"}}), std::nullopt);
  EXPECT_EQ(metric_value(kText, "attempts"), std::nullopt);
}

}  // namespace
}  // namespace balancer::integration
