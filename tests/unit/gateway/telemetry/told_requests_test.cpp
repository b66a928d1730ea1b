// Which requests the control plane is told of by name, and which are only counted there.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "gateway/controlplane_client/routing_messages.hpp"
#include "tests/unit/gateway/telemetry/telemetry_fixture.hpp"

namespace balancer::gateway {
namespace {

class ToldRequestsTest : public TelemetryFixture {
 protected:
  static constexpr int kMany = 1'000;

  ToldRequestsTest() { log::configure({.level = log::Level::kError, .file_path = {}}); }

  void publish(int count, int status) {
    for (int i = 0; i < count; ++i) (void)closed_record(status);
  }
  template <class Predicate>
  [[nodiscard]] std::ptrdiff_t summaries_that(Predicate&& predicate) const {
    return std::count_if(decisions_.summaries().begin(), decisions_.summaries().end(), predicate);
  }
  static bool is_named(const routing::RequestSummary& summary) { return !summary.request_id.empty(); }
};

TEST_F(ToldRequestsTest, FewAreAllToldByName) {
  publish(SummaryAllowance::kBurst, 200);

  EXPECT_EQ(summaries_that(is_named), SummaryAllowance::kBurst);
}

TEST_F(ToldRequestsTest, OfManyEachIsToldOnceByNameOrAsACount) {
  publish(kMany, 200);

  EXPECT_EQ(decisions_.summaries().size(), kMany);
  EXPECT_EQ(summaries_that(is_named), SummaryAllowance::kBurst);
  EXPECT_EQ(summaries_that([](const auto& summary) { return summary.status == 200; }), kMany);
}

TEST_F(ToldRequestsTest, NamesAndTalliesAddUp) {
  publish(kMany, 200);
  publish(kMany, 404);
  publish(kMany / 2, 200);

  v1::DecideRequest message;
  std::map<int, std::int64_t> told;
  for (const routing::RequestSummary& summary : decisions_.summaries()) {
    if (is_named(summary)) {
      ++told[summary.status];
    } else {
      tally_summary(summary, message);
    }
  }
  EXPECT_EQ(message.request_tallies_size(), 2);
  for (const v1::RequestTally& tally : message.request_tallies()) told[tally.status()] += tally.request_count();

  EXPECT_EQ(told, (std::map<int, std::int64_t>{{200, kMany + kMany / 2}, {404, kMany}}));
}

TEST_F(ToldRequestsTest, AFailureAmongManyIsToldByName) {
  publish(kMany, 200);

  publish(1, 502);

  EXPECT_TRUE(is_named(decisions_.summaries().back()));
}

TEST_F(ToldRequestsTest, ManyFailuresAreBounded) {
  publish(kMany, 200);

  publish(kMany, 502);

  EXPECT_EQ(summaries_that([](const auto& summary) { return is_named(summary) && summary.status == 502; }),
            SummaryAllowance::kBurst);
  EXPECT_EQ(summaries_that([](const auto& summary) { return summary.status == 502; }), kMany);
}

TEST_F(ToldRequestsTest, WhetherARequestIsListedIsKnownWhenItArrives) {
  FakeExchange exchange;
  EXPECT_TRUE(telemetry_.open(exchange, "messages")->listed);
  publish(kMany, 200);

  EXPECT_FALSE(telemetry_.open(exchange, "messages")->listed);
}

TEST_F(ToldRequestsTest, OtherEndpointsUseUpNoAllowance) {
  FakeExchange exchange;
  for (int i = 0; i < kMany; ++i) (void)telemetry_.open(exchange, "probes");

  EXPECT_TRUE(telemetry_.open(exchange, "messages")->listed);
}

}  // namespace
}  // namespace balancer::gateway
