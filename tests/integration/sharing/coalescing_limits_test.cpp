// Requests that differ in max_tokens alone share an answer that is good for both, and no other.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/integration/sharing/shared_question.hpp"
#include "tests/integration/sharing/stillness.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {
namespace {

using fakes::HttpResponse;

std::string question_with_limit(AnswerForm form, int limit) {
  return question(form, "hello", R"("max_tokens":)" + std::to_string(limit) + ",");
}

class CoalescingLimitsTest : public testing::TestWithParam<AnswerForm> {
 protected:
  // The first is asked first, the second joins it if it may; then the provider answers.
  HttpResponse answer_to_second(int first, int second, fakes::FakeProvider::Responder responder,
                                std::string_view settings = "") {
    provider_.always([this, responder = std::move(responder)](const fakes::RecordedRequest& request) {
      return responder(request).after(held_);
    });
    Standalone balancer(config_for({{"only", provider_.base_url()}}, settings));
    Askers askers;
    askers.ask(balancer.client(), question_with_limit(AnswerForm::kStream, first));
    EXPECT_TRUE(provider_.wait_for_requests(1));
    askers.ask(balancer.client(), question_with_limit(GetParam(), second));
    EXPECT_TRUE(come_to_rest(balancer.gateway()));
    held_->release();
    std::vector<HttpResponse> responses = askers.answers();
    EXPECT_FALSE(message_in(responses[0]).is_null());
    EXPECT_FALSE(message_in(responses[1]).is_null());
    return std::move(responses[1]);
  }

  std::shared_ptr<fakes::Latch> held_ = std::make_shared<fakes::Latch>();
  fakes::FakeProvider provider_;
};

// The answer has 7 tokens.
TEST_P(CoalescingLimitsTest, AShortAnswerIsGoodForASmallerAndALargerLimit) {
  EXPECT_EQ(cache_of(answer_to_second(1000, 100, answers_ending("end_turn"))), "join");
  EXPECT_EQ(provider_.request_count(), 1U);
}

TEST_P(CoalescingLimitsTest, ATooLongAnswerIsNotGiven) {
  EXPECT_NE(cache_of(answer_to_second(1000, 5, answers_ending("end_turn"))), "join");
  EXPECT_EQ(provider_.request_count(), 2U);
}

TEST_P(CoalescingLimitsTest, AnAnswerThatWasCutShortIsNotGivenToWhoAskedForMore) {
  EXPECT_NE(cache_of(answer_to_second(7, 1000, answers_ending("max_tokens"))), "join");
  EXPECT_EQ(provider_.request_count(), 2U);
}

TEST_P(CoalescingLimitsTest, ALimitMayBePartOfTheQuestion) {
  const HttpResponse response = answer_to_second(1000, 100, answers_ending("end_turn"),
                                                 "deduplication: {include_max_tokens_in_signature: true}");

  EXPECT_EQ(cache_of(response), "miss");
  EXPECT_EQ(provider_.request_count(), 2U);
}

INSTANTIATE_TEST_SUITE_P(InEitherForm, CoalescingLimitsTest,
                         testing::Values(AnswerForm::kDocument, AnswerForm::kStream),
                         [](const testing::TestParamInfo<AnswerForm>& instance) {
                           return instance.param == AnswerForm::kStream ? "Stream" : "Document";
                         });

}  // namespace
}  // namespace balancer::integration
