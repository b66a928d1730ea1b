#include "common/metrics/status_label.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <set>
#include <string>

namespace balancer::metrics {
namespace {

TEST(StatusLabelTest, StatusesThatClientsAndProvidersKnowAreThemselves) {
  for (const int status : {200, 204, 304, 400, 401, 402, 403, 404, 405, 408, 413, 415, 422, 429, 499, 500, 502, 503, 504,
                           508, 529}) {
    EXPECT_EQ(status_label(status), std::to_string(status));
  }
}

TEST(StatusLabelTest, StatusesThatNobodyExpectsAreTheirClass) {
  EXPECT_EQ(status_label(100), "1xx");
  EXPECT_EQ(status_label(199), "1xx");
  EXPECT_EQ(status_label(299), "2xx");
  EXPECT_EQ(status_label(302), "3xx");
  EXPECT_EQ(status_label(418), "4xx");
  EXPECT_EQ(status_label(599), "5xx");
}

TEST(StatusLabelTest, WhatIsNoStatusIsOther) {
  for (const int status : {0, 1, 99, 600, 999, -1, -200, -429, std::numeric_limits<int>::max(),
                           std::numeric_limits<int>::min()}) {
    EXPECT_EQ(status_label(status), "other") << status;
  }
}

TEST(StatusLabelTest, LabelsAreAClosedSetWhateverOthersSend) {
  std::set<std::string_view> labels;
  for (int status = -100'000; status < 100'000; ++status) labels.insert(status_label(status));

  EXPECT_LT(labels.size(), 40u);
  EXPECT_THAT(labels, testing::IsSupersetOf({"1xx", "2xx", "3xx", "4xx", "5xx", "other"}));
}

}  // namespace
}  // namespace balancer::metrics
