// Every status that a provider may refuse with: what the client gets from it, alone and with another provider behind,
// and for what the provider is then left alone (protocol.md 5.3, 5.5).
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/integration/passthrough/expectations.hpp"
#include "tests/integration/reliability/conversation.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {
namespace {

enum class Meaning {
  // The request's own fault: another provider would say the same.
  kRequestFault,
  // Another provider may take it; this one is none the worse.
  kTooLarge,
  kCredentials,
  kQuota,
  // Of this model alone.
  kModelMissing,
  // Without a time, one model's rather than the account's.
  kRateLimit,
  // Three in a row speak against the provider.
  kTransient,
};

struct Row {
  int status;
  Meaning meaning;
};

class StatusMatrixTest : public testing::TestWithParam<Row> {
 protected:
  StatusMatrixTest() {
    first_.always(refusal_);
    second_.always(answers("from the second"));
  }

  // An attempt's report and the next question travel in order only on one thread's stream.
  [[nodiscard]] Standalone stack_of_both() const {
    return Standalone(config_for({{"first", first_.base_url()}, {"second", second_.base_url()}}),
                      gateway_flags({"--threads", "1"}));
  }

  static void expect_words_of_the_provider(const fakes::HttpResponse& response, const fakes::ScriptedResponse& refusal) {
    EXPECT_EQ(response.status, GetParam().status);
    EXPECT_TRUE(same_bytes(response.body, refusal.body()));
    EXPECT_EQ(provider_of(response), "first");
    EXPECT_EQ(attempts_of(response), "1");
  }

  // How often the first provider is asked when the model is asked for five times, and whether it cools as a whole then.
  void expect_cooled(Standalone& balancer, AnswerForm form, std::size_t asked, const char* status) {
    const std::size_t before = first_.request_count();
    for (int i = 0; i < 5; ++i) EXPECT_EQ(ask(balancer.client(), form).status, 200);
    EXPECT_EQ(first_.request_count() - before, asked);
    EXPECT_EQ(listed_provider(balancer.client(), "first").at("status"), status);
  }

  const fakes::ScriptedResponse refusal_ =
      fakes::error_answer(GetParam().status, "api_error", "words of the provider");
  fakes::FakeProvider first_;
  fakes::FakeProvider second_;
};

TEST_P(StatusMatrixTest, AnOnlyProviderSpeaksForItselfUnlessItRefusesOurKey) {
  Standalone balancer(config_for({{"first", first_.base_url()}}));
  for (const AnswerForm form : {AnswerForm::kDocument, AnswerForm::kStream}) {
    const fakes::HttpResponse response = ask(balancer.client(), form);

    if (GetParam().meaning != Meaning::kCredentials) {
      expect_words_of_the_provider(response, refusal_);
      continue;
    }
    EXPECT_TRUE(is_error(response, 502, "api_error"));
    EXPECT_EQ(response.headers.value("x-should-retry"), "false");
    EXPECT_EQ(response.body.find("words of the provider"), std::string::npos);
  }
}

TEST_P(StatusMatrixTest, AnotherProviderAnswersUnlessTheRequestIsAtFault) {
  for (const AnswerForm form : {AnswerForm::kDocument, AnswerForm::kStream}) {
    const std::size_t asked_before = second_.request_count();
    const Standalone balancer = stack_of_both();

    const fakes::HttpResponse response = ask(balancer.client(), form);

    if (GetParam().meaning == Meaning::kRequestFault) {
      expect_words_of_the_provider(response, refusal_);
      EXPECT_EQ(second_.request_count(), asked_before);
      continue;
    }
    EXPECT_EQ(response.status, 200);
    EXPECT_TRUE(same_bytes(response.body, answer(form, "from the second").body()));
    EXPECT_EQ(provider_of(response), "second");
    EXPECT_EQ(attempts_of(response), "2");
  }
}

TEST_P(StatusMatrixTest, TheProviderIsLeftAloneForWhatSpeaksAgainstIt) {
  for (const AnswerForm form : {AnswerForm::kDocument, AnswerForm::kStream}) {
    Standalone balancer = stack_of_both();
    switch (GetParam().meaning) {
      case Meaning::kRequestFault:
        for (int i = 0; i < 5; ++i) EXPECT_EQ(provider_of(ask(balancer.client(), form)), "first");
        EXPECT_EQ(listed_provider(balancer.client(), "first").at("status"), "healthy");
        EXPECT_EQ(listed_provider(balancer.client(), "first").at("failure_count"), 0);
        break;
      case Meaning::kTooLarge:
        expect_cooled(balancer, form, 5, "healthy");
        EXPECT_EQ(listed_provider(balancer.client(), "first").at("failure_count"), 0);
        break;
      case Meaning::kCredentials:
      case Meaning::kQuota:
        expect_cooled(balancer, form, 1, "cooling");
        break;
      case Meaning::kModelMissing:
      case Meaning::kRateLimit:
        expect_cooled(balancer, form, 1, "healthy");
        EXPECT_EQ(attempts_of(ask(balancer.client(), form, "another-model")), "2");
        break;
      case Meaning::kTransient:
        expect_cooled(balancer, form, 3, "cooling");
        break;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    EveryStatus, StatusMatrixTest,
    testing::Values(Row{400, Meaning::kRequestFault}, Row{401, Meaning::kCredentials}, Row{402, Meaning::kQuota},
                    Row{403, Meaning::kCredentials}, Row{404, Meaning::kModelMissing}, Row{408, Meaning::kTransient},
                    Row{409, Meaning::kTransient}, Row{413, Meaning::kTooLarge}, Row{422, Meaning::kRequestFault},
                    Row{429, Meaning::kRateLimit}, Row{500, Meaning::kTransient}, Row{502, Meaning::kTransient},
                    Row{503, Meaning::kTransient}, Row{504, Meaning::kTransient}, Row{520, Meaning::kTransient},
                    Row{521, Meaning::kTransient}, Row{522, Meaning::kTransient}, Row{523, Meaning::kTransient},
                    Row{524, Meaning::kTransient}, Row{529, Meaning::kTransient}),
    [](const testing::TestParamInfo<Row>& instance) { return "Status" + std::to_string(instance.param.status); });

TEST(ManyServerErrorsTest, EjectTheProviderAfterThree) {
  fakes::FakeProvider first;
  fakes::FakeProvider second;
  for (int i = 0; i < 25; ++i) first.enqueue(fakes::server_error());
  second.always(answers("from the second"));
  Standalone balancer(config_for({{"first", first.base_url()}, {"second", second.base_url()}}),
                      gateway_flags({"--threads", "1"}));

  for (int i = 0; i < 25; ++i) EXPECT_EQ(text_of(ask(balancer.client())), "from the second");

  EXPECT_EQ(first.request_count(), 3u);
  EXPECT_EQ(listed_provider(balancer.client(), "first").at("status"), "cooling");
}

}  // namespace
}  // namespace balancer::integration
