// What is exchanged on a Decide stream over HTTP/2 by hand: batches and answers, however they are cut.
#include <gmock/gmock.h>

#include "tests/unit/gateway/controlplane_client/http2_decide_call_fixture.hpp"

namespace balancer::gateway {
namespace {

using testing::ElementsAre;

TEST_F(Http2DecideCallTest, ABatchArrivesAndItsAnswerIsHeard) {
  open();

  EXPECT_TRUE(write("one"));
  EXPECT_EQ(peer_.read_body(body_of("one").size()), body_of("one"));
  peer_.send(http2::good_head() + http2::data(answer({7, 8})));

  EXPECT_TRUE(wait_for([&] { return heard_.size() == 2; }));
  EXPECT_THAT(heard_, ElementsAre(7, 8));
}

TEST_F(Http2DecideCallTest, WhatIsWrittenBeforeTheConnectionStandsArrives) {
  start();
  EXPECT_TRUE(write("early"));
  EXPECT_FALSE(write("later"));

  peer_.accept();
  ASSERT_TRUE(peer_.is_greeted());
  peer_.send(http2::settings());

  EXPECT_EQ(peer_.read_body(body_of("early").size()), body_of("early"));
  EXPECT_TRUE(wait_for([&] { return wake_count_ > 0; })) << "there is room for the next";
  EXPECT_TRUE(write("later"));
}

TEST_F(Http2DecideCallTest, FramesMayComeByteByByte) {
  start();
  peer_.accept();
  ASSERT_TRUE(peer_.is_greeted());

  peer_.send_bytewise(http2::settings() + http2::encode({http2::kPing, 0, 0, "12345678"}));
  ASSERT_TRUE(peer_.read(http2::kHeaders));
  peer_.send_bytewise(http2::good_head() + http2::data(answer({1})) + http2::data(answer({2}) + answer({3})));

  EXPECT_TRUE(wait_for([&] { return heard_.size() == 3; }));
  EXPECT_THAT(heard_, ElementsAre(1, 2, 3));
}

TEST_F(Http2DecideCallTest, AMessageMaySpanFrames) {
  open();
  const std::string message = answer({1, 2, 3});

  peer_.send(http2::good_head() + http2::data(message.substr(0, 3)) + http2::data(message.substr(3)));

  EXPECT_TRUE(wait_for([&] { return heard_.size() == 3; }));
}

TEST_F(Http2DecideCallTest, ABatchPassesThroughAWindowOfTenBytes) {
  open({{kInitialWindowSize, 10}});
  const std::string batch(25, 'x');
  const std::string body = body_of(batch);
  ASSERT_GT(body.size(), 30U);
  ASSERT_TRUE(write(batch));

  std::string received = peer_.read_body(10);
  EXPECT_EQ(received.size(), 10U);
  EXPECT_FALSE(write("next")) << "the former batch has not left";
  while (received.size() < body.size()) {
    peer_.send(http2::window_update(http2::kStream, 10));
    const std::string part = peer_.read_body(1);
    ASSERT_FALSE(part.empty());
    EXPECT_LE(part.size(), 10U);
    received += part;
  }

  EXPECT_EQ(received, body);
  EXPECT_TRUE(wait_for([&] { return wake_count_ > 0; })) << "there is room for the next";
  EXPECT_TRUE(write("next"));
}

TEST_F(Http2DecideCallTest, AReaderThatIsSlowGetsEverything) {
  constexpr std::uint32_t kWide = 0x7fffffff;
  open({{kInitialWindowSize, kWide}});
  peer_.send(http2::window_update(0, kWide - 65'535));
  const std::string large(64 << 20, 'x');
  ASSERT_TRUE(write(large));

  EXPECT_FALSE(write("next")) << "no socket holds as much";
  EXPECT_EQ(peer_.read_body(body_of(large).size()), body_of(large));

  EXPECT_TRUE(wait_for([&] { return wake_count_ > 0; }));
  EXPECT_TRUE(write("next"));
}

TEST_F(Http2DecideCallTest, AnswersGoOnBeyondTheFirstWindow) {
  start();
  peer_.accept();
  ASSERT_TRUE(peer_.is_greeted());
  // A sender that keeps to the connection's window, which is so large at first.
  std::size_t window = 65'535;
  const auto hear = [&](const http2::Frame& frame) {
    if (frame.type == http2::kWindowUpdate && frame.stream == 0) window += http2::to_number(frame.payload);
    return frame.type;
  };
  peer_.send(http2::settings());
  for (auto frame = peer_.read(); frame && hear(*frame) != http2::kHeaders; frame = peer_.read()) {
  }
  peer_.send(http2::good_head());
  constexpr int kFrames = 200;
  v1::DecideResponse response;
  response.add_decisions()->mutable_rejection()->set_message(std::string(16'000, 'x'));
  const std::string frame = http2::data(http2::message(response.SerializeAsString()));

  for (int i = 0; i < kFrames; ++i) {
    while (window < frame.size()) {
      const auto heard = peer_.read();
      ASSERT_TRUE(heard);
      hear(*heard);
    }
    peer_.send(frame);
    window -= frame.size();
  }

  EXPECT_TRUE(wait_for([&] { return heard_.size() == kFrames; }));
}

// "localhost" is ::1 too on most machines, where nobody listens.
TEST_F(Http2DecideCallTest, ANameIsLookedUpAndItsAddressesAreTriedInTurn) {
  start(TcpAddress{"localhost", peer_.address().port});
  ASSERT_TRUE(write("one"));
  peer_.accept();
  ASSERT_TRUE(peer_.is_greeted());
  peer_.send(http2::settings());

  EXPECT_EQ(peer_.read_body(body_of("one").size()), body_of("one"));
}

}  // namespace
}  // namespace balancer::gateway
