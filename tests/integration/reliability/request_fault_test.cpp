// A client's own mistake is the client's: told at once, in the provider's words, and no provider suffers for it.
#include <gtest/gtest.h>

#include <string>

#include "tests/integration/reliability/conversation.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {
namespace {

struct Fault {
  int status;
  AnswerForm form;
};

class RequestFaultTest : public testing::TestWithParam<Fault> {};

TEST_P(RequestFaultTest, IsReturnedAtOnceAndCoolsNobody) {
  const fakes::ScriptedResponse refusal = fakes::error_answer(
      GetParam().status, "invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum");
  fakes::FakeProvider first;
  fakes::FakeProvider second;
  first.enqueue(refusal);
  first.always(answers("still the first"));
  second.always(answers("from the second"));
  Standalone balancer(config_for({{"first", first.base_url()}, {"second", second.base_url()}}, "failure_cooldown: 60"));

  const fakes::HttpResponse refused = ask(balancer.client(), GetParam().form);
  const fakes::HttpResponse next = ask(balancer.client(), GetParam().form);

  EXPECT_EQ(refused.status, GetParam().status);
  EXPECT_EQ(refused.body, refusal.body());
  EXPECT_EQ(attempts_of(refused), "1");
  EXPECT_EQ(text_of(next), "still the first");
  EXPECT_EQ(second.request_count(), 0u);
}

INSTANTIATE_TEST_SUITE_P(BothStatuses, RequestFaultTest,
                         testing::Values(Fault{400, AnswerForm::kDocument}, Fault{400, AnswerForm::kStream},
                                         Fault{422, AnswerForm::kDocument}, Fault{422, AnswerForm::kStream}),
                         [](const testing::TestParamInfo<Fault>& instance) {
                           return std::to_string(instance.param.status) +
                                  (instance.param.form == AnswerForm::kStream ? "Stream" : "Document");
                         });

// Another provider may take more; that this one does not says nothing against it.
TEST(TooLargeForOneProviderTest, TriesTheNextAndCoolsNobody) {
  fakes::FakeProvider first;
  fakes::FakeProvider second;
  first.enqueue(fakes::error_answer(413, "request_too_large", "too large"));
  first.always(answers("still the first"));
  second.always(answers("from the second"));
  Standalone balancer(config_for({{"first", first.base_url()}, {"second", second.base_url()}}, "failure_cooldown: 60"));

  EXPECT_EQ(text_of(ask(balancer.client())), "from the second");
  EXPECT_EQ(text_of(ask(balancer.client())), "still the first");
}

}  // namespace
}  // namespace balancer::integration
