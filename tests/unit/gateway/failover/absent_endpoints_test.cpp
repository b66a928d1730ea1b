#include "gateway/failover/absent_endpoints.hpp"

#include <gtest/gtest.h>

namespace balancer::gateway {
namespace {

using namespace std::chrono_literals;

TEST(AbsentEndpointsTest, AreForgottenAfterAWhile) {
  AbsentEndpoints absent;
  const AbsentEndpoints::TimePoint now{1h};

  EXPECT_FALSE(absent.contains("a", now));
  absent.remember("a", now);

  EXPECT_TRUE(absent.contains("a", now + AbsentEndpoints::kRemembered - 1ms));
  EXPECT_FALSE(absent.contains("b", now));
  EXPECT_FALSE(absent.contains("a", now + AbsentEndpoints::kRemembered));
}

}  // namespace
}  // namespace balancer::gateway
