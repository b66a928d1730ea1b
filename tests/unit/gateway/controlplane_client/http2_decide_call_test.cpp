// A Decide stream over HTTP/2 by hand, against servers that behave as they should not.
#include "gateway/controlplane_client/http2_decide_call.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

#include "tests/unit/gateway/controlplane_client/http2_peer.hpp"
#include "tests/unit/gateway/controlplane_client/io_thread.hpp"

namespace balancer::gateway {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint16_t kInitialWindowSize = 4;

std::string answer(std::initializer_list<std::uint64_t> ids) {
  v1::DecideResponse response;
  for (const std::uint64_t id : ids) response.add_decisions()->set_id(id);
  return http2::message(response.SerializeAsString());
}

class Http2DecideCallTest : public testing::Test {
 protected:
  ~Http2DecideCallTest() override {
    io_.run([&] { call_.reset(); });
  }

  void start(const ListenAddress& address, ConnectionPatience patience = {}) {
    io_.run([&] {
      call_ = Http2DecideCall::start(io_.wheel(), address, [this] { on_wake(); }, patience);
    });
  }
  void start() { start(peer_.address()); }

  // A stream whose peer has taken the request.
  void open(std::initializer_list<std::pair<std::uint16_t, std::uint32_t>> settings = {}) {
    start();
    peer_.accept();
    ASSERT_TRUE(peer_.is_greeted());
    peer_.send(http2::settings(settings));
    ASSERT_TRUE(peer_.read(http2::kHeaders));
  }

  // False while the former batch is under way.
  bool write(std::string gateway_id) {
    bool written = false;
    io_.run([&] {
      v1::DecideRequest batch;
      batch.set_gateway_id(std::move(gateway_id));
      written = call_->try_write(batch);
    });
    return written;
  }

  [[nodiscard]] static std::string body_of(std::string gateway_id) {
    v1::DecideRequest batch;
    batch.set_gateway_id(std::move(gateway_id));
    return http2::message(batch.SerializeAsString());
  }

  [[nodiscard]] bool wait_for(const std::function<bool()>& condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 20s, condition);
  }

  [[nodiscard]] grpc::StatusCode end_of_call() {
    EXPECT_TRUE(wait_for([&] { return end_.has_value(); })) << "the call goes on";
    const std::lock_guard lock(mutex_);
    return end_ ? end_->error_code() : grpc::StatusCode::DO_NOT_USE;
  }

  Http2Peer peer_;
  IoThread io_;
  std::unique_ptr<Http2DecideCall> call_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::uint64_t> heard_;
  int wake_count_ = 0;
  std::optional<grpc::Status> end_;
  std::optional<std::string> unsent_;

  // As DecideStream does.
  void on_wake() {
    const std::lock_guard lock(mutex_);
    ++wake_count_;
    call_->take(news_);
    for (const auto& reply : news_.replies) {
      for (const auto& decision : reply->message().decisions()) heard_.push_back(decision.id());
    }
    if (news_.status) {
      end_ = news_.status;
      if (const auto* batch = call_->unsent_batch()) unsent_ = batch->gateway_id();
      news_ = {};
      call_.reset();
    }
    changed_.notify_all();
  }

  DecideCall::News news_;
};

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

TEST_F(Http2DecideCallTest, AResetEndsTheCall) {
  open();
  peer_.send(http2::reset(NGHTTP2_REFUSED_STREAM));

  EXPECT_EQ(end_of_call(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(Http2DecideCallTest, AnAngryGoawayEndsTheCall) {
  open();
  peer_.send(http2::goaway(http2::kStream, NGHTTP2_ENHANCE_YOUR_CALM));

  EXPECT_EQ(end_of_call(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(Http2DecideCallTest, AFriendlyGoawayLetsTheStreamGoOn) {
  open();
  peer_.send(http2::goaway(http2::kStream, NGHTTP2_NO_ERROR));
  peer_.send(http2::good_head() + http2::data(answer({1})));

  EXPECT_TRUE(wait_for([&] { return heard_.size() == 1; }));
  EXPECT_FALSE(end_);
}

TEST_F(Http2DecideCallTest, AGoawayThatLeavesTheStreamOutEndsTheCall) {
  open();
  peer_.send(http2::goaway(0, NGHTTP2_NO_ERROR));

  EXPECT_EQ(end_of_call(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(Http2DecideCallTest, AGoawayInPlaceOfAWelcomeEndsTheCall) {
  start();
  peer_.accept();
  peer_.send(http2::settings() + http2::goaway(0, NGHTTP2_NO_ERROR));

  EXPECT_EQ(end_of_call(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(Http2DecideCallTest, APeerThatNeverIntroducesItselfIsGivenUpWithTheBatchUnsent) {
  start(peer_.address(), {.connect = 100ms});
  ASSERT_TRUE(write("kept"));
  peer_.accept();
  ASSERT_TRUE(peer_.is_greeted());

  EXPECT_EQ(end_of_call(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(unsent_, "kept");
}

TEST_F(Http2DecideCallTest, ASilentPeerIsAskedForASignOfLifeAndMissed) {
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

TEST_F(Http2DecideCallTest, AnOversizedMessageEndsTheCall) {
  open();
  peer_.send(http2::good_head() + http2::data(std::string("\0\x7f\xff\xff\xff", 5)));

  EXPECT_EQ(end_of_call(), grpc::StatusCode::RESOURCE_EXHAUSTED);
}

TEST_F(Http2DecideCallTest, ACompressedMessageEndsTheCallAfterWhatCameBefore) {
  open();
  peer_.send(http2::good_head() + http2::data(answer({1}) + http2::message("zipped", 1)));

  EXPECT_EQ(end_of_call(), grpc::StatusCode::INTERNAL);
  EXPECT_THAT(heard_, ElementsAre(1));
}

TEST_F(Http2DecideCallTest, AMessageThatIsNoneEndsTheCall) {
  open();
  peer_.send(http2::good_head() + http2::data(http2::message("\xff\xff\xff\xff")));

  EXPECT_EQ(end_of_call(), grpc::StatusCode::INTERNAL);
}

TEST_F(Http2DecideCallTest, AnErrorThatIsOnlyTrailersIsTheStatus) {
  open();
  peer_.send(http2::headers({{":status", "200"}, {"content-type", "application/grpc"}, {"grpc-status", "12"}},
                            http2::kEndHeaders | http2::kEndStream));

  EXPECT_EQ(end_of_call(), grpc::StatusCode::UNIMPLEMENTED);
}

TEST_F(Http2DecideCallTest, TrailersAfterAnswersAreTheStatus) {
  open();
  peer_.send(http2::good_head() + http2::data(answer({1})) +
             http2::headers({{"grpc-status", "0"}}, http2::kEndHeaders | http2::kEndStream));

  EXPECT_EQ(end_of_call(), grpc::StatusCode::OK);
  EXPECT_THAT(heard_, ElementsAre(1));
}

TEST_F(Http2DecideCallTest, AnEndWithoutAStatusIsUnknown) {
  open();
  peer_.send(http2::good_head() + http2::headers({{"x", "y"}}, http2::kEndHeaders | http2::kEndStream));

  EXPECT_EQ(end_of_call(), grpc::StatusCode::UNKNOWN);
}

TEST_F(Http2DecideCallTest, AnEndWithAStatusThatIsNoneIsUnknown) {
  open();
  peer_.send(http2::good_head() + http2::headers({{"grpc-status", "fine"}}, http2::kEndHeaders | http2::kEndStream));

  EXPECT_EQ(end_of_call(), grpc::StatusCode::UNKNOWN);
}

TEST_F(Http2DecideCallTest, AnHttpErrorEndsTheCall) {
  open();
  peer_.send(http2::headers({{":status", "503"}, {"content-type", "text/html"}}));

  EXPECT_EQ(end_of_call(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(Http2DecideCallTest, AnAnswerThatIsNotGrpcEndsTheCall) {
  open();
  peer_.send(http2::headers({{":status", "200"}, {"content-type", "text/html"}}) + http2::data(answer({1})));

  EXPECT_EQ(end_of_call(), grpc::StatusCode::UNKNOWN);
  EXPECT_THAT(heard_, IsEmpty());
}

TEST_F(Http2DecideCallTest, AServerOfAnotherProtocolEndsTheCall) {
  start();
  peer_.accept();
  peer_.send("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");

  EXPECT_EQ(end_of_call(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(Http2DecideCallTest, AFrameThatIsTooLongEndsTheCall) {
  open();
  peer_.send(http2::good_head() + http2::data(std::string(20'000, 'x')));

  EXPECT_NE(end_of_call(), grpc::StatusCode::OK);
}

TEST_F(Http2DecideCallTest, NobodyThereEndsTheCallWithTheBatchUnsent) {
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

TEST_F(Http2DecideCallTest, ALostConnectionHandsBackTheBatchThatHadNotLeft) {
  open({{kInitialWindowSize, 10}});
  ASSERT_TRUE(write("kept, for it is longer than the window"));
  ASSERT_EQ(peer_.read_body(10).size(), 10U);

  peer_.close();

  EXPECT_EQ(end_of_call(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(unsent_, "kept, for it is longer than the window");
}

TEST_F(Http2DecideCallTest, ALostConnectionKeepsNoBatchThatHasLeft) {
  open();
  ASSERT_TRUE(write("gone"));
  ASSERT_EQ(peer_.read_body(body_of("gone").size()), body_of("gone"));

  peer_.close();

  EXPECT_EQ(end_of_call(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(unsent_, std::nullopt);
}

TEST_F(Http2DecideCallTest, CancellingTellsThePeerAndTheOwner) {
  open();
  io_.run([&] { call_->cancel(); });

  EXPECT_TRUE(peer_.read(http2::kReset));
  EXPECT_EQ(end_of_call(), grpc::StatusCode::CANCELLED);
}

TEST_F(Http2DecideCallTest, NothingIsToldAfterCancelAndWait) {
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

// "localhost" is ::1 too on most machines, where nobody listens.
TEST_F(Http2DecideCallTest, ANameIsLookedUpAndItsAddressesAreTriedInTurn) {
  start(TcpAddress{"localhost", peer_.address().port});
  ASSERT_TRUE(write("one"));
  peer_.accept();
  ASSERT_TRUE(peer_.is_greeted());
  peer_.send(http2::settings());

  EXPECT_EQ(peer_.read_body(body_of("one").size()), body_of("one"));
}

TEST_F(Http2DecideCallTest, ACallThatGoesAwayDuringItsLookupIsForgotten) {
  io_.run([&] {
    call_ = Http2DecideCall::start(io_.wheel(), TcpAddress{"localhost", peer_.address().port}, [this] { ++wake_count_; });
    call_.reset();
  });
  io_.run([] {});

  EXPECT_EQ(wake_count_, 0);
}

}  // namespace
}  // namespace balancer::gateway
