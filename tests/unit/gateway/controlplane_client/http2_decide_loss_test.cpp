// How a Decide stream over HTTP/2 by hand ends when its peer goes, its owner cancels, or nobody says anything.
#include "tests/unit/gateway/controlplane_client/http2_decide_call_fixture.hpp"

namespace balancer::gateway {
namespace {

using namespace std::chrono_literals;

using Http2DecideLossTest = Http2DecideCallTest;

TEST_F(Http2DecideLossTest, AResetEndsTheCall) {
  open();
  peer_.send(http2::reset(NGHTTP2_REFUSED_STREAM));

  EXPECT_EQ(end_of_call(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(Http2DecideLossTest, AnAngryGoawayEndsTheCall) {
  open();
  peer_.send(http2::goaway(http2::kStream, NGHTTP2_ENHANCE_YOUR_CALM));

  EXPECT_EQ(end_of_call(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(Http2DecideLossTest, AFriendlyGoawayLetsTheStreamGoOn) {
  open();
  peer_.send(http2::goaway(http2::kStream, NGHTTP2_NO_ERROR));
  peer_.send(http2::good_head() + http2::data(answer({1})));

  EXPECT_TRUE(wait_for([&] { return heard_.size() == 1; }));
  EXPECT_FALSE(end_);
}

TEST_F(Http2DecideLossTest, AGoawayThatLeavesTheStreamOutEndsTheCall) {
  open();
  peer_.send(http2::goaway(0, NGHTTP2_NO_ERROR));

  EXPECT_EQ(end_of_call(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(Http2DecideLossTest, AGoawayInPlaceOfAWelcomeEndsTheCall) {
  start();
  peer_.accept();
  peer_.send(http2::settings() + http2::goaway(0, NGHTTP2_NO_ERROR));

  EXPECT_EQ(end_of_call(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(Http2DecideLossTest, APeerThatNeverIntroducesItselfIsGivenUpWithTheBatchUnsent) {
  start(peer_.address(), {.connect = 100ms});
  ASSERT_TRUE(write("kept"));
  peer_.accept();
  ASSERT_TRUE(peer_.is_greeted());

  EXPECT_EQ(end_of_call(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(unsent_, "kept");
}

TEST_F(Http2DecideLossTest, ASilentPeerIsAskedForASignOfLifeAndMissed) {
  start(peer_.address(), {.keepalive_time = 50ms, .keepalive_timeout = 200ms});
  peer_.accept();
  ASSERT_TRUE(peer_.is_greeted());
  peer_.send(http2::settings());

  for (int i = 0; i < 3; ++i) {
    const auto ping = peer_.read(http2::kPing);
    ASSERT_TRUE(ping);
    peer_.send(http2::encode({http2::kPing, http2::kAck, 0, ping->payload}));
  }
  EXPECT_FALSE(end_);

  EXPECT_EQ(end_of_call(), grpc::StatusCode::UNAVAILABLE) << "nothing is answered any more";
}

TEST_F(Http2DecideLossTest, NobodyThereEndsTheCallWithTheBatchUnsent) {
  const TcpAddress address = peer_.address();
  peer_.close();
  io_.run([&] {
    call_ = Http2DecideCall::start(io_.wheel(), address, [this] { on_wake(); });
    v1::DecideRequest batch;
    batch.set_gateway_id("kept");
    EXPECT_TRUE(call_->try_write(batch));
  });

  EXPECT_EQ(end_of_call(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(unsent_, "kept");
}

TEST_F(Http2DecideLossTest, ALostConnectionHandsBackTheBatchThatHadNotLeft) {
  open({{kInitialWindowSize, 10}});
  ASSERT_TRUE(write("kept, for it is longer than the window"));
  ASSERT_EQ(peer_.read_body(10).size(), 10U);

  peer_.close();

  EXPECT_EQ(end_of_call(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(unsent_, "kept, for it is longer than the window");
}

TEST_F(Http2DecideLossTest, ALostConnectionKeepsNoBatchThatHasLeft) {
  open();
  ASSERT_TRUE(write("gone"));
  ASSERT_EQ(peer_.read_body(body_of("gone").size()), body_of("gone"));

  peer_.close();

  EXPECT_EQ(end_of_call(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(unsent_, std::nullopt);
}

TEST_F(Http2DecideLossTest, CancellingTellsThePeerAndTheOwner) {
  open();
  io_.run([&] { call_->cancel(); });

  EXPECT_TRUE(peer_.read(http2::kReset));
  EXPECT_EQ(end_of_call(), grpc::StatusCode::CANCELLED);
}

TEST_F(Http2DecideLossTest, NothingIsToldAfterCancelAndWait) {
  open();
  io_.run([&] {
    call_->cancel();
    call_->cancel_and_wait();
  });
  peer_.send(http2::good_head() + http2::data(answer({1})));
  EXPECT_FALSE(peer_.read(http2::kData)) << "the client has gone";
  io_.run([] {});

  EXPECT_EQ(wake_count_, 0);
}

TEST_F(Http2DecideLossTest, ACallThatGoesAwayDuringItsLookupIsForgotten) {
  io_.run([&] {
    call_ = Http2DecideCall::start(io_.wheel(), TcpAddress{"localhost", peer_.address().port}, [this] { ++wake_count_; });
    call_.reset();
  });
  io_.run([] {});

  EXPECT_EQ(wake_count_, 0);
}

}  // namespace
}  // namespace balancer::gateway
