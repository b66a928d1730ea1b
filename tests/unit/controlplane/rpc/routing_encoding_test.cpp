#include "controlplane/rpc/routing_encoding.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace balancer::controlplane {
namespace {

using namespace std::chrono_literals;

v1::RequestSummary summary_that_took(std::int64_t seconds, std::int32_t nanos) {
  v1::RequestSummary message;
  message.mutable_total_time()->set_seconds(seconds);
  message.mutable_total_time()->set_nanos(nanos);
  return message;
}

TEST(RoutingEncodingTest, NoTimeIsLongerThanThirtyYearsWhateverAGatewayWrites) {
  constexpr auto kLeast = std::numeric_limits<std::int64_t>::min();
  constexpr auto kMost = std::numeric_limits<std::int64_t>::max();

  const auto longest = decode(summary_that_took(kMost, std::numeric_limits<std::int32_t>::max()));
  const auto shortest = decode(summary_that_took(kLeast, std::numeric_limits<std::int32_t>::min()));

  EXPECT_EQ(longest.total_time, 1'000'000'000s);
  EXPECT_EQ(shortest.total_time, -1'000'000'000s);
}

TEST(RoutingEncodingTest, ASummaryThatIsToldAgainIsTheSame) {
  v1::RequestSummary told;
  encode(decode(summary_that_took(std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int32_t>::min())),
         told);
  v1::RequestSummary again;

  encode(decode(told), again);

  EXPECT_EQ(again.SerializeAsString(), told.SerializeAsString());
}

}  // namespace
}  // namespace balancer::controlplane
