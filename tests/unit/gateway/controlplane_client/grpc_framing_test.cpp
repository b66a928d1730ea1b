#include "gateway/controlplane_client/grpc_framing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "balancer/controlplane/v1/routing.pb.h"
#include "tests/unit/gateway/controlplane_client/http2_peer.hpp"

namespace balancer::gateway {
namespace {

using Refusal = GrpcMessageSplitter::Refusal;
using testing::ElementsAre;
using testing::IsEmpty;

class GrpcFramingTest : public testing::Test {
 protected:
  std::optional<Refusal> push(std::string_view part) {
    return splitter_.push({reinterpret_cast<const std::uint8_t*>(part.data()), part.size()});
  }

  bool accepts_ = true;
  std::vector<std::string> messages_;
  GrpcMessageSplitter splitter_{100, [this](GrpcMessageSplitter::Bytes message) {
                                  messages_.emplace_back(message.begin(), message.end());
                                  return accepts_;
                                }};
};

TEST_F(GrpcFramingTest, AnEncodedMessageIsReadBack) {
  controlplane::v1::DecideRequest request;
  request.set_gateway_id("gw");
  std::string frame = "what was there before, and is longer";

  encode_grpc_frame(request, frame);

  EXPECT_EQ(push(frame), std::nullopt);
  EXPECT_THAT(messages_, ElementsAre(request.SerializeAsString()));
}

TEST_F(GrpcFramingTest, MessagesAreFoundWhereverTheBodyIsSplit) {
  const std::string body = http2::message("first") + http2::message("") + http2::message("third");
  for (std::size_t first = 0; first <= body.size(); ++first) {
    for (std::size_t second = first; second <= body.size(); ++second) {
      messages_.clear();
      EXPECT_EQ(push(std::string_view(body).substr(0, first)), std::nullopt);
      EXPECT_EQ(push(std::string_view(body).substr(first, second - first)), std::nullopt);
      EXPECT_EQ(push(std::string_view(body).substr(second)), std::nullopt);
      EXPECT_THAT(messages_, ElementsAre("first", "", "third")) << "split at " << first << " and " << second;
    }
  }
}

TEST_F(GrpcFramingTest, AMessageBeyondTheLimitIsRefusedBeforeItComes) {
  EXPECT_EQ(push(http2::message(std::string(100, 'x'))), std::nullopt);
  EXPECT_EQ(push(http2::message(std::string(101, 'x')).substr(0, 5)), Refusal::kTooLong);
}

TEST_F(GrpcFramingTest, TheLengthOfAMessageMayBeWhateverFourBytesSay) {
  EXPECT_EQ(push(std::string_view("\0\xff\xff\xff\xff", 5)), Refusal::kTooLong);
}

TEST_F(GrpcFramingTest, ACompressedMessageIsRefused) {
  EXPECT_EQ(push(http2::message("first") + http2::message("second", 1)), Refusal::kCompressed);
  EXPECT_THAT(messages_, ElementsAre("first"));
}

TEST_F(GrpcFramingTest, WhoReadsMayRefuse) {
  accepts_ = false;
  const std::string body = http2::message("first");
  EXPECT_EQ(push(body.substr(0, 6)), std::nullopt);
  EXPECT_THAT(messages_, IsEmpty());
  EXPECT_EQ(push(body.substr(6)), Refusal::kRefusedByReader);
}

}  // namespace
}  // namespace balancer::gateway
