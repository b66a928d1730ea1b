// A client that does not read holds up nobody else, and is never told that it has everything when it has not.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/integration/sharing/shared_question.hpp"
#include "tests/integration/sharing/stillness.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {
namespace {

using fakes::HttpResponse;

constexpr std::size_t kMebibyte = 1024 * 1024;
// More than what is kept of an answer and what the system's buffers take.
constexpr std::size_t kLong = 16 * kMebibyte;

class SlowJoinerTest : public testing::Test {
 protected:
  static constexpr std::size_t kPiece = 64 * 1024;

  // A stream of so many bytes of text, which begins when released.
  void answer_with(std::size_t bytes) {
    const std::vector<std::string> texts(bytes / kPiece, std::string(kPiece, 'x'));
    provider_.enqueue(fakes::sse_stream(texts).after(held_));
  }
  // The first leads, all others join; then the answer begins.
  void ask_together(Askers& askers, std::size_t count) {
    askers.ask(balancer_.client(), question(AnswerForm::kStream));
    ASSERT_TRUE(provider_.wait_for_requests(1));
    while (askers.size() < count) askers.ask(balancer_.client(), question(AnswerForm::kStream));
    ASSERT_TRUE(come_to_rest(balancer_.gateway()));
    held_->release();
  }
  static void expect_whole(const HttpResponse& response, std::size_t bytes) {
    const nlohmann::json message = message_in(response);
    ASSERT_TRUE(message.is_object()) << response.body.substr(0, 1000);
    EXPECT_EQ(message.at("content").at(0).at("text").get_ref<const std::string&>().size(), bytes);
  }

  // The event at which it was cut may be there by half (protocol.md 1.9 rule 5); the error is behind it.
  static void expect_cut(const HttpResponse& response) {
    const std::vector<std::string> names = response.event_names();
    ASSERT_FALSE(names.empty());
    EXPECT_EQ(names.back(), "error");
    EXPECT_EQ(response.body.find("message_stop"), std::string::npos);
  }

  std::shared_ptr<fakes::Latch> held_ = std::make_shared<fakes::Latch>();
  fakes::FakeProvider provider_;
  Standalone balancer_{config_for({{"only", provider_.base_url()}})};
};

TEST_F(SlowJoinerTest, GetsAnAnswerOfModestSizeWhenItReadsAtLast) {
  answer_with(kMebibyte);
  Askers askers;
  ask_together(askers, 3);

  expect_whole(askers[0].read_response(), kMebibyte);
  expect_whole(askers[1].read_response(), kMebibyte);
  expect_whole(askers[2].read_response(), kMebibyte);

  EXPECT_EQ(provider_.request_count(), 1U);
}

TEST_F(SlowJoinerTest, ThatIsTooFarBehindIsToldSo) {
  answer_with(kLong);
  Askers askers;
  ask_together(askers, 2);

  expect_whole(askers[0].read_response(), kLong);

  expect_cut(askers[1].read_response());
  EXPECT_EQ(provider_.request_count(), 1U);
}

TEST_F(SlowJoinerTest, DoesNotWaitForALeaderThatDoesNotRead) {
  answer_with(kLong);
  Askers askers;
  ask_together(askers, 2);

  expect_whole(askers[1].read_response(), kLong);

  expect_cut(askers[0].read_response());
}

}  // namespace
}  // namespace balancer::integration
