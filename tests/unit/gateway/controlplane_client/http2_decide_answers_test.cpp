// How a server's answer, or what stands in its place, ends a Decide stream over HTTP/2 by hand.
#include <gmock/gmock.h>

#include "tests/unit/gateway/controlplane_client/http2_decide_call_fixture.hpp"

namespace balancer::gateway {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using Http2DecideAnswersTest = Http2DecideCallTest;

TEST_F(Http2DecideAnswersTest, AnOversizedMessageEndsTheCall) {
  open();
  peer_.send(http2::good_head() + http2::data(std::string("\0\x7f\xff\xff\xff", 5)));

  EXPECT_EQ(end_of_call(), grpc::StatusCode::RESOURCE_EXHAUSTED);
}

TEST_F(Http2DecideAnswersTest, ACompressedMessageEndsTheCallAfterWhatCameBefore) {
  open();
  peer_.send(http2::good_head() + http2::data(answer({1}) + http2::message("zipped", 1)));

  EXPECT_EQ(end_of_call(), grpc::StatusCode::INTERNAL);
  EXPECT_THAT(heard_, ElementsAre(1));
}

TEST_F(Http2DecideAnswersTest, AMessageThatIsNoneEndsTheCall) {
  open();
  peer_.send(http2::good_head() + http2::data(http2::message("\xff\xff\xff\xff")));

  EXPECT_EQ(end_of_call(), grpc::StatusCode::INTERNAL);
}

TEST_F(Http2DecideAnswersTest, AnErrorThatIsOnlyTrailersIsTheStatus) {
  open();
  peer_.send(http2::headers({{":status", "200"}, {"content-type", "application/grpc"}, {"grpc-status", "12"}},
                            http2::kEndHeaders | http2::kEndStream));

  EXPECT_EQ(end_of_call(), grpc::StatusCode::UNIMPLEMENTED);
}

TEST_F(Http2DecideAnswersTest, TrailersAfterAnswersAreTheStatus) {
  open();
  peer_.send(http2::good_head() + http2::data(answer({1})) +
             http2::headers({{"grpc-status", "0"}}, http2::kEndHeaders | http2::kEndStream));

  EXPECT_EQ(end_of_call(), grpc::StatusCode::OK);
  EXPECT_THAT(heard_, ElementsAre(1));
}

TEST_F(Http2DecideAnswersTest, AnEndWithoutAStatusIsUnknown) {
  open();
  peer_.send(http2::good_head() + http2::headers({{"x", "y"}}, http2::kEndHeaders | http2::kEndStream));

  EXPECT_EQ(end_of_call(), grpc::StatusCode::UNKNOWN);
}

TEST_F(Http2DecideAnswersTest, AnEndWithAStatusThatIsNoneIsUnknown) {
  open();
  peer_.send(http2::good_head() + http2::headers({{"grpc-status", "fine"}}, http2::kEndHeaders | http2::kEndStream));

  EXPECT_EQ(end_of_call(), grpc::StatusCode::UNKNOWN);
}

TEST_F(Http2DecideAnswersTest, AnHttpErrorEndsTheCall) {
  open();
  peer_.send(http2::headers({{":status", "503"}, {"content-type", "text/html"}}));

  EXPECT_EQ(end_of_call(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(Http2DecideAnswersTest, AnAnswerThatIsNotGrpcEndsTheCall) {
  open();
  peer_.send(http2::headers({{":status", "200"}, {"content-type", "text/html"}}) + http2::data(answer({1})));

  EXPECT_EQ(end_of_call(), grpc::StatusCode::UNKNOWN);
  EXPECT_THAT(heard_, IsEmpty());
}

TEST_F(Http2DecideAnswersTest, AServerOfAnotherProtocolEndsTheCall) {
  start();
  peer_.accept();
  peer_.send("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");

  EXPECT_EQ(end_of_call(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(Http2DecideAnswersTest, AFrameThatIsTooLongEndsTheCall) {
  open();
  peer_.send(http2::good_head() + http2::data(std::string(20'000, 'x')));

  EXPECT_NE(end_of_call(), grpc::StatusCode::OK);
}

}  // namespace
}  // namespace balancer::gateway
