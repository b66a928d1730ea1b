#include "common/log/rare_notice.hpp"

#include <gmock/gmock.h>

namespace balancer::log {
namespace {

using testing::Eq;
using testing::Optional;

TEST(RareNoticeTest, TellsAtOnceThenOnceInAnIntervalOfAllThatHappened) {
  RareNotice notice;
  const RareNotice::TimePoint start{};

  EXPECT_THAT(notice.happened(start), Optional(Eq(1u)));
  EXPECT_FALSE(notice.happened(start));
  EXPECT_FALSE(notice.happened(start + RareNotice::kInterval - std::chrono::seconds(1)));
  EXPECT_THAT(notice.happened(start + RareNotice::kInterval), Optional(Eq(3u)));
}

}  // namespace
}  // namespace balancer::log
