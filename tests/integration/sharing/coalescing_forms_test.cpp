// Whoever joins is answered in the form that it asked for, and loses nothing by it.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <tuple>

#include "tests/integration/sharing/shared_question.hpp"
#include "tests/integration/sharing/stillness.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {
namespace {

using fakes::HttpResponse;

// Where the joiner asks, and the forms of leader and joiner.
using Meeting = std::tuple<std::size_t, AnswerForm, AnswerForm>;

class CoalescingFormsTest : public testing::TestWithParam<Meeting> {
 protected:
  CoalescingFormsTest() {
    provider_.always([this](const fakes::RecordedRequest& request) { return answers_richly()(request).after(held_); });
  }

  std::shared_ptr<fakes::Latch> held_ = std::make_shared<fakes::Latch>();
  fakes::FakeProvider provider_;
};

TEST_P(CoalescingFormsTest, ThinkingTextCallsAndUsageAreTheSame) {
  const auto [gateway, leading, joining] = GetParam();
  SplitStack stack(config_for({{"only", provider_.base_url()}}), gateways(2));
  Askers askers;
  askers.ask(stack.client(0), question(leading));
  ASSERT_TRUE(provider_.wait_for_requests(1));
  askers.ask(stack.client(gateway), question(joining));
  ASSERT_TRUE(come_to_rest(stack, 2));

  held_->release();
  const std::vector<HttpResponse> responses = askers.answers();

  const nlohmann::json message = message_in(responses[0]);
  ASSERT_EQ(message.at("content").size(), 3U) << responses[0].body;
  EXPECT_EQ(message_in(responses[1]), message) << responses[1].body;
  EXPECT_EQ(message.at("output_tokens"), 7);
  EXPECT_EQ(cache_of(responses[1]), "join");
  const std::string type = responses[1].headers.value("content-type").value_or("");
  EXPECT_EQ(type.starts_with("text/event-stream"), joining == AnswerForm::kStream);
  EXPECT_EQ(provider_.request_count(), 1U);
}

std::string name_of(const testing::TestParamInfo<Meeting>& instance) {
  const auto [gateway, leading, joining] = instance.param;
  const auto word = [](AnswerForm form) { return form == AnswerForm::kStream ? "Stream" : "Document"; };
  return std::string(word(joining)) + "Joins" + word(leading) + (gateway == 0 ? "Here" : "Elsewhere");
}

INSTANTIATE_TEST_SUITE_P(AllWays, CoalescingFormsTest,
                         testing::Combine(testing::Values<std::size_t>(0, 1),
                                          testing::Values(AnswerForm::kDocument, AnswerForm::kStream),
                                          testing::Values(AnswerForm::kDocument, AnswerForm::kStream)),
                         name_of);

}  // namespace
}  // namespace balancer::integration
