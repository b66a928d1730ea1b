// The same question, asked of two gateways at the same time, is paid for once.
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include "tests/integration/sharing/shared_question.hpp"
#include "tests/integration/sharing/stillness.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {
namespace {

using fakes::HttpResponse;

constexpr std::size_t kGateways = 2;

class CoalescingOverGatewaysTest : public testing::Test {
 protected:
  CoalescingOverGatewaysTest() { provider_.always(answers_with_numbers()); }

  // The answer to the first call: its beginning and its end wait for a latch each.
  [[nodiscard]] fakes::ScriptedResponse held(AnswerForm form) const {
    if (form == AnswerForm::kDocument) return fakes::json_message("Hello").after(begin_).after(end_);
    return fakes::sse_stream({"Hel", "lo"}).hold_part(3, end_).after(begin_);
  }

  std::shared_ptr<fakes::Latch> begin_ = std::make_shared<fakes::Latch>();
  std::shared_ptr<fakes::Latch> end_ = std::make_shared<fakes::Latch>();
  fakes::FakeProvider provider_;
  SplitStack stack_{config_for({{"only", provider_.base_url()}}), gateways(kGateways)};
};

class HundredAskersTest : public CoalescingOverGatewaysTest, public testing::WithParamInterface<AnswerForm> {};

TEST_P(HundredAskersTest, GetAHundredCompleteAnswersOfOneUpstreamCall) {
  provider_.enqueue(held(GetParam()));
  Askers askers;
  askers.ask(stack_.client(0), question(GetParam()));
  ASSERT_TRUE(provider_.wait_for_requests(1));
  const auto ask_until = [&](std::size_t count) {
    while (askers.size() < count) {
      const std::size_t number = askers.size();
      const AnswerForm form = number / kGateways % 2 == 0 ? AnswerForm::kDocument : AnswerForm::kStream;
      askers.ask(stack_.client(number % kGateways), question(form));
    }
  };

  ask_until(60);
  ASSERT_TRUE(come_to_rest(stack_, kGateways));
  begin_->release();
  ask_until(100);
  ASSERT_TRUE(come_to_rest(stack_, kGateways));
  end_->release();

  std::map<std::string, int> outcomes;
  for (const HttpResponse& response : askers.answers()) {
    EXPECT_FALSE(message_in(response).is_null()) << response.raw;
    EXPECT_EQ(text_of(response), "Hello");
    EXPECT_EQ(provider_of(response), "only");
    ++outcomes[cache_of(response)];
  }
  EXPECT_EQ(provider_.request_count(), 1U);
  EXPECT_EQ(outcomes, (std::map<std::string, int>{{"miss", 1}, {"join", 99}}));
}

INSTANTIATE_TEST_SUITE_P(OfEitherForm, HundredAskersTest, testing::Values(AnswerForm::kDocument, AnswerForm::kStream),
                         [](const testing::TestParamInfo<AnswerForm>& instance) {
                           return instance.param == AnswerForm::kStream ? "LedByAStream" : "LedByADocument";
                         });

TEST_F(CoalescingOverGatewaysTest, AJoinerOfAnotherGatewayGetsTheAnswerOnceItIsComplete) {
  provider_.enqueue(held(AnswerForm::kStream));
  Askers askers;
  askers.ask(stack_.client(0), question(AnswerForm::kStream));
  ASSERT_TRUE(provider_.wait_for_requests(1));
  begin_->release();
  ASSERT_EQ(askers[0].read_head().status, 200);
  askers[0].read_until("Hel");

  Askers elsewhere;
  elsewhere.ask(stack_.client(1), question(AnswerForm::kStream));
  elsewhere.ask(stack_.client(1), question(AnswerForm::kDocument));
  ASSERT_TRUE(come_to_rest(stack_, kGateways));
  end_->release();

  for (const HttpResponse& response : elsewhere.answers()) {
    EXPECT_EQ(message_in(response).at("content").at(0).at("text"), "Hello");
    EXPECT_EQ(cache_of(response), "join");
    EXPECT_EQ(response.headers.value("cache-control"), "private, no-store");
  }
  EXPECT_EQ(provider_.request_count(), 1U);
}

TEST_F(CoalescingOverGatewaysTest, WithoutAControlPlaneEachGatewayJoinsItsOwn) {
  ASSERT_EQ(text_of(ask(stack_.client(0))), "1");
  stack_.kill_control_plane();
  for (std::size_t i = 0; i < kGateways; ++i) provider_.enqueue(held(AnswerForm::kStream));

  Askers askers;
  for (std::size_t gateway = 0; gateway < kGateways; ++gateway) {
    askers.ask(stack_.client(gateway), question(AnswerForm::kStream));
    ASSERT_TRUE(provider_.wait_for_requests(2 + gateway));
    for (int i = 0; i < 5; ++i) {
      askers.ask(stack_.client(gateway), question(AnswerForm::kStream));
      askers.ask(stack_.client(gateway), question(AnswerForm::kDocument));
    }
  }
  ASSERT_TRUE(come_to_rest({&stack_.gateway(0), &stack_.gateway(1)}));
  begin_->release();
  end_->release();

  for (const HttpResponse& response : askers.answers()) EXPECT_EQ(text_of(response), "Hello");
  EXPECT_EQ(provider_.request_count(), 1U + kGateways);
}

}  // namespace
}  // namespace balancer::integration
