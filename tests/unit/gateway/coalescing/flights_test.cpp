#include "gateway/coalescing/flights.hpp"

#include <gtest/gtest.h>

namespace balancer::gateway {
namespace {

class FlightsTest : public testing::Test {
 protected:
  Flights::Entry enter(std::uint8_t name, bool any_will_do = true) {
    return flights_.enter(signature(name), context_.get_executor(), {}, any_will_do);
  }
  static RequestSignature signature(std::uint8_t name) {
    RequestSignature signature;
    signature.digest.fill(name);
    return signature;
  }

  asio::io_context context_;
  Flights flights_;
};

TEST_F(FlightsTest, TheFirstLeadsAndTheOthersJoinIt) {
  const Flights::Entry first = enter(1);
  const Flights::Entry second = enter(1);

  EXPECT_TRUE(first.leads);
  EXPECT_FALSE(second.leads);
  EXPECT_EQ(first.answer, second.answer);
}

TEST_F(FlightsTest, DifferentQuestionsDoNotMeet) {
  const Flights::Entry first = enter(1);
  const Flights::Entry other = enter(2);

  EXPECT_TRUE(other.leads);
  EXPECT_NE(first.answer, other.answer);
}

TEST_F(FlightsTest, ASignatureThatDiffersInItsLastByteAloneIsAnother) {
  RequestSignature close = signature(1);
  close.digest.back() ^= 32;
  const Flights::Entry first = enter(1);

  EXPECT_TRUE(flights_.enter(close, context_.get_executor(), {}, true).leads);
}

TEST_F(FlightsTest, AnAnswerThatCannotBeJoinedIsReplaced) {
  const Flights::Entry first = enter(1);
  first.answer->fail(http::ResponseHead(500), "error");

  const Flights::Entry second = enter(1);

  EXPECT_TRUE(second.leads);
  EXPECT_EQ(enter(1).answer, second.answer);
}

TEST_F(FlightsTest, WhoWantsAFreshAnswerLeadsAndLaterOnesJoinThatOne) {
  const Flights::Entry first = enter(1);
  const Flights::Entry fresh = enter(1, /*any_will_do=*/false);

  EXPECT_TRUE(fresh.leads);
  EXPECT_NE(fresh.answer, first.answer);
  EXPECT_EQ(enter(1).answer, fresh.answer);
}

TEST_F(FlightsTest, RemovingAnOldAnswerLeavesTheNewOneInPlace) {
  const Flights::Entry first = enter(1);
  const Flights::Entry fresh = enter(1, /*any_will_do=*/false);

  flights_.remove(signature(1), *first.answer);
  EXPECT_EQ(enter(1).answer, fresh.answer);

  flights_.remove(signature(1), *fresh.answer);
  EXPECT_TRUE(enter(1).leads);
}

}  // namespace
}  // namespace balancer::gateway
