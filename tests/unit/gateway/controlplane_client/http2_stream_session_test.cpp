#include "gateway/controlplane_client/http2_stream_session.hpp"

#include <gtest/gtest.h>

#include <random>

#include "tests/unit/gateway/controlplane_client/http2_peer.hpp"

namespace balancer::gateway {
namespace {

class Http2StreamSessionTest : public testing::Test {
 protected:
  void receive(Http2StreamSession& session, std::string_view bytes) {
    session.receive({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
    session.produce(output_);
  }
  [[nodiscard]] Http2StreamSession::OnBody count_body() {
    return [this](Http2StreamSession::Bytes part) -> std::optional<grpc::Status> {
      body_size_ += part.size();
      return std::nullopt;
    };
  }

  const Http2StreamSession::Request request_{"localhost", "/service/Method"};
  std::size_t body_size_ = 0;
  std::vector<std::uint8_t> output_;
};

TEST_F(Http2StreamSessionTest, AsksForNothingBeforeThePeerIsIntroduced) {
  Http2StreamSession session(request_, count_body());
  const std::string body = "body";
  session.send({reinterpret_cast<const std::uint8_t*>(body.data()), body.size()});
  session.produce(output_);
  EXPECT_FALSE(session.introduced());
  EXPECT_TRUE(session.has_unsent_body());

  receive(session, http2::settings());

  EXPECT_TRUE(session.introduced());
  EXPECT_FALSE(session.has_unsent_body());
}

// One dice for ever: what a failure shows can be shown again.
TEST_F(Http2StreamSessionTest, SurvivesWhateverAPeerSends) {
  const std::string sensible =
      http2::settings({{4, 100}}) + http2::good_head() + http2::data("0123456789") + http2::window_update(0, 1000) +
      http2::encode({http2::kPing, 0, 0, "12345678"}) + http2::window_update(http2::kStream, 1000) +
      http2::headers({{"grpc-status", "0"}}, http2::kEndHeaders | http2::kEndStream) + http2::goaway(1, 0);
  std::mt19937 dice(1);
  int ended = 0;
  for (int round = 0; round < 3'000; ++round) {
    std::string bytes = sensible;
    for (unsigned changes = dice() % 4; changes > 0; --changes) {
      bytes[dice() % bytes.size()] = static_cast<char>(dice());
    }
    Http2StreamSession session(request_, count_body());
    output_.clear();
    for (std::string_view rest = bytes; !rest.empty();) {
      const std::size_t size = std::min<std::size_t>(rest.size(), 1 + dice() % 64);
      receive(session, rest.substr(0, size));
      rest.remove_prefix(size);
    }
    if (session.end()) ++ended;
  }

  EXPECT_GT(ended, 1'000);
  EXPECT_GT(body_size_, 1'000U);
}

}  // namespace
}  // namespace balancer::gateway
