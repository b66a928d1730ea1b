// Whoever asked first may leave at any moment: those who asked the same get all of the answer, and it is paid for once.
#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "tests/integration/sharing/shared_question.hpp"
#include "tests/integration/sharing/stillness.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {
namespace {

using fakes::HttpResponse;

constexpr std::size_t kRounds = 200;
constexpr std::size_t kGateways = 2;

class LeavingLeaderTest : public testing::Test {
 protected:
  std::size_t up_to(std::size_t most) { return std::uniform_int_distribution<std::size_t>(0, most)(random_); }

  // The latch is released when the first so many events have been sent and the leader is to leave.
  std::shared_ptr<fakes::Latch> hold_after(AnswerForm form, std::size_t events) {
    auto held = std::make_shared<fakes::Latch>();
    provider_.enqueue(form == AnswerForm::kDocument
                          ? fakes::json_message("abcdef").after(held)
                          : fakes::sse_stream({"a", "b", "c", "d", "e", "f"}).hold_part(events, held));
    return held;
  }

  static void read_events(fakes::HttpConnection& connection, std::size_t count) {
    if (connection.read_head().status != 200) return;
    std::string body;
    while (fakes::parse_sse(body).size() < count) body += connection.read_until("\n\n");
  }

  void leave(fakes::HttpConnection& connection) {
    if (up_to(1) == 0) connection.close();
    else connection.reset();
  }

  void run_round(std::size_t round) {
    const AnswerForm form = up_to(3) == 0 ? AnswerForm::kDocument : AnswerForm::kStream;
    // The answer begins with its second event.
    const std::size_t events = 2 + up_to(6);
    const auto held = hold_after(form, events);
    const std::string text = "round " + std::to_string(round);
    Askers leader;
    leader.ask(stack_.client(0), question(form, text));
    ASSERT_TRUE(provider_.wait_for_requests(round + 1));
    const auto leave_some_time = [&] {
      if (form == AnswerForm::kStream && up_to(2) > 0) read_events(leader[0], events);
      leave(leader[0]);
    };
    const std::size_t joiners = 1 + up_to(4);
    const std::size_t leaves_behind = up_to(joiners);
    Askers askers;
    for (std::size_t i = 0; i < joiners; ++i) {
      if (i == leaves_behind) leave_some_time();
      const AnswerForm asked_for = up_to(1) == 0 ? AnswerForm::kDocument : AnswerForm::kStream;
      askers.ask(stack_.client(up_to(kGateways - 1)), question(asked_for, text));
    }
    ASSERT_TRUE(come_to_rest(stack_, kGateways));
    if (leaves_behind == joiners) leave_some_time();
    if (up_to(1) == 0) {
      ASSERT_TRUE(come_to_rest(stack_, kGateways));
    }

    held->release();

    for (const HttpResponse& response : askers.answers()) {
      ASSERT_FALSE(message_in(response).is_null()) << response.raw;
      EXPECT_EQ(text_of(response), "abcdef");
    }
    ASSERT_EQ(provider_.request_count(), round + 1);
  }

  std::mt19937 random_{1};
  fakes::FakeProvider provider_;
  SplitStack stack_{config_for({{"only", provider_.base_url()}}), gateways(kGateways)};
};

TEST_F(LeavingLeaderTest, AtTwoHundredMomentsCostsNobodyTheAnswer) {
  for (std::size_t round = 0; round < kRounds; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    run_round(round);
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace balancer::integration
