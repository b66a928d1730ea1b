#include "gateway/controlplane_client/reconnect_backoff.hpp"

#include <gtest/gtest.h>

namespace balancer::gateway {
namespace {

TEST(ReconnectBackoffTest, DoublesUpToItsLimitWithJitterBelow) {
  ReconnectBackoff backoff(1);
  auto step = ReconnectBackoff::kInitial;

  for (int i = 0; i < 10; ++i) {
    const auto delay = backoff.next();
    EXPECT_GE(delay, step / 5);
    EXPECT_LE(delay, step);
    step = std::min(step * 2, ReconnectBackoff::kLimit);
  }
}

TEST(ReconnectBackoffTest, ResetBeginsAnew) {
  ReconnectBackoff backoff(1);
  for (int i = 0; i < 10; ++i) static_cast<void>(backoff.next());

  backoff.reset();

  EXPECT_LE(backoff.next(), ReconnectBackoff::kInitial);
}

}  // namespace
}  // namespace balancer::gateway
