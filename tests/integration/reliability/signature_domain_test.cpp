// Thinking that one signature domain signed is worthless in another: failover takes it out, and nothing else ever does.
#include <gtest/gtest.h>

#include <array>
#include <string>

#include "tests/integration/reliability/conversation.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {
namespace {

using fakes::FakeProvider;

const std::string kThinking = R"({"type":"thinking","thinking":"hm","signature":"EqR1"})";
const std::string kRedacted = R"({"type" : "redacted_thinking","data":"EmwK"})";
const std::string kText = R"({"type":"text", "text":"\u00e9"})";
const std::string kTool = R"({"type":"tool_use","id":"toolu_1","name":"n","input":{"n":1.0}})";

// A tool loop, with these blocks in the assistant's turns and in this mode of thinking.
std::string tool_loop(const std::string& first_turn, const std::string& last_turns, std::string_view mode) {
  const std::string thinking = mode == "enabled" ? R"({"type":"enabled","budget_tokens":1024})"
                                                 : R"({"type":")" + std::string(mode) + R"("})";
  return R"({"model":"claude-test","max_tokens":2048,"thinking":)" + thinking +
         R"(, "messages": [{"role":"user","content":"hi"}, {"role":"assistant","content":[)" + first_turn +
         R"(]},{"role":"user","content":"go on"},)" + last_turns +
         R"({"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":[)" + kText + "]}]}]}";
}

std::string with_thinking(std::string_view mode) {
  return tool_loop(kThinking + "," + kText,
                   R"({"role":"assistant","content":[)" + kThinking + "]},{\"role\":\"assistant\",\"content\":[" + kRedacted +
                       "," + kTool + "]},",
                   mode);
}

std::string without_thinking(std::string_view mode) {
  return tool_loop(kText, R"({"role":"assistant","content":[)" + kTool + "]},", mode);
}

class SignatureDomainTest : public testing::Test {
 protected:
  SignatureDomainTest() {
    for (FakeProvider& provider : providers_) provider.always(answers("hello"));
  }

  // Providers a, b and c, tried in this order, in these signature domains.
  [[nodiscard]] std::string in_domains(const std::array<std::string, 3>& domains) const {
    std::string text = "providers:\n";
    for (std::size_t i = 0; i < providers_.size(); ++i) {
      text += "  - {name: " + name(i) + ", type: anthropic, base_url: \"" + providers_[i].base_url() +
              "\", auth_value: k, signature_domain: " + domains[i] + "}\n";
    }
    text += "model_routes:\n  \"*\":\n";
    for (std::size_t i = 0; i < providers_.size(); ++i) text += "    - {provider: " + name(i) + ", model: passthrough}\n";
    return text;
  }

  [[nodiscard]] std::string body_at(std::size_t provider) const { return providers_[provider].requests().at(0).body; }

  std::array<FakeProvider, 3> providers_;
  FakeProvider& a_ = providers_[0];
  FakeProvider& b_ = providers_[1];
  FakeProvider& c_ = providers_[2];

 private:
  static std::string name(std::size_t provider) { return {static_cast<char>('a' + provider)}; }
};

TEST_F(SignatureDomainTest, FailoverToAnotherDomainTakesTheThinkingOutOfThatAttemptOnly) {
  a_.always(fakes::server_error());
  Standalone balancer(in_domains({"x", "y", "x"}));

  const fakes::HttpResponse response = balancer.client().post("/v1/messages", with_thinking("adaptive"));

  EXPECT_EQ(response.status, 200) << response.body;
  EXPECT_EQ(provider_of(response), "b");
  EXPECT_EQ(body_at(0), with_thinking("adaptive"));
  EXPECT_EQ(body_at(1), without_thinking("adaptive"));
}

TEST_F(SignatureDomainTest, AProviderOfTheFirstDomainGetsTheThinkingAgain) {
  a_.always(fakes::server_error());
  b_.always(fakes::server_error());
  Standalone balancer(in_domains({"x", "y", "x"}));

  const fakes::HttpResponse response = balancer.client().post("/v1/messages", with_thinking("disabled"));

  EXPECT_EQ(provider_of(response), "c");
  EXPECT_EQ(attempts_of(response), "3");
  EXPECT_EQ(body_at(1), without_thinking("disabled"));
  EXPECT_EQ(body_at(2), with_thinking("disabled"));
}

TEST_F(SignatureDomainTest, FailoverWithinADomainLeavesEveryByte) {
  a_.always(fakes::server_error());
  Standalone balancer(in_domains({"x", "x", "y"}));

  const fakes::HttpResponse response = balancer.client().post("/v1/messages", with_thinking("enabled"));

  EXPECT_EQ(provider_of(response), "b");
  EXPECT_EQ(body_at(1), with_thinking("enabled"));
}

TEST_F(SignatureDomainTest, AHistoryWithoutThinkingGoesToAnotherDomainByteForByte) {
  a_.always(fakes::server_error());
  Standalone balancer(in_domains({"x", "y", "y"}));

  const fakes::HttpResponse response = balancer.client().post("/v1/messages", without_thinking("enabled"));

  EXPECT_EQ(provider_of(response), "b");
  EXPECT_EQ(body_at(1), without_thinking("enabled"));
}

TEST_F(SignatureDomainTest, AToolCallThatNeedsItsThinkingDoesNotGoToAnotherDomain) {
  a_.always(fakes::server_error());
  Standalone balancer(in_domains({"x", "y", "x"}));

  const fakes::HttpResponse response = balancer.client().post("/v1/messages", with_thinking("enabled"));

  EXPECT_EQ(provider_of(response), "c");
  EXPECT_EQ(b_.request_count(), 0u);
  EXPECT_EQ(body_at(2), with_thinking("enabled"));
}

TEST_F(SignatureDomainTest, WhenNoOtherProviderMayHaveTheRequestTheFailureIsTold) {
  a_.always(fakes::server_error());
  Standalone balancer(in_domains({"x", "y", "z"}));

  const fakes::HttpResponse response = balancer.client().post("/v1/messages", with_thinking("enabled"));

  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(a_.request_count(), 1u);
  EXPECT_EQ(b_.request_count() + c_.request_count(), 0u);
}

}  // namespace
}  // namespace balancer::integration
