// Which provider a request goes to, through the real programs.
#include <gtest/gtest.h>

#include <array>
#include <string>

#include "tests/integration/reliability/conversation.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {
namespace {

using fakes::FakeProvider;

class ProviderSelectionTest : public testing::Test {
 protected:
  ProviderSelectionTest() {
    for (FakeProvider& provider : providers_) provider.always(answers("hello"));
  }

  [[nodiscard]] std::string all_three(std::string_view settings) const {
    const auto& [a, b, c] = providers_;
    return config_for({{"a", a.base_url()}, {"b", b.base_url()}, {"c", c.base_url()}}, settings);
  }

  // With these routes, which are the inside of a YAML { }; provider c is disabled.
  [[nodiscard]] std::string with_routes(std::string_view routes) const {
    std::string text = "providers:\n";
    for (std::size_t i = 0; i < providers_.size(); ++i) {
      const std::string name(1, static_cast<char>('a' + i));
      text += "  - {name: " + name + ", type: anthropic, base_url: \"" + providers_[i].base_url() +
              "\", auth_value: k, enabled: " + (name == "c" ? "false" : "true") + "}\n";
    }
    return text + "model_routes: {" + std::string(routes) + "}\n";
  }

  std::array<FakeProvider, 3> providers_;
};

TEST_F(ProviderSelectionTest, RoundRobinIsExactOverAllGateways) {
  SplitStack stack(all_three("selection_strategy: round_robin"), gateways(2));

  for (int i = 0; i < 30; ++i) ASSERT_EQ(ask(stack.client(static_cast<std::size_t>(i % 2))).status, 200);

  for (const FakeProvider& provider : providers_) EXPECT_EQ(provider.request_count(), 10u);
}

TEST_F(ProviderSelectionTest, RandomReachesEveryProvider) {
  Standalone balancer(all_three("selection_strategy: random"));

  for (int i = 0; i < 60; ++i) ASSERT_EQ(ask(balancer.client()).status, 200);

  for (const FakeProvider& provider : providers_) EXPECT_GE(provider.request_count(), 3u);
}

TEST_F(ProviderSelectionTest, PriorityBeatsTheOrderOfTheFileAndDisabledOnesAreLeftOut) {
  Standalone balancer(with_routes(R"("*": [{provider: c, model: passthrough, priority: 0},
      {provider: b, model: passthrough, priority: 1, enabled: false},
      {provider: b, model: passthrough, priority: 3}, {provider: a, model: passthrough, priority: 2}])"));

  EXPECT_EQ(provider_of(ask(balancer.client())), "a");
  providers_[0].always(fakes::server_error());
  EXPECT_EQ(provider_of(ask(balancer.client())), "b");
  EXPECT_EQ(providers_[2].request_count(), 0u);
}

TEST_F(ProviderSelectionTest, AnExactNameBeatsAnEarlierPattern) {
  Standalone balancer(with_routes(R"("claude*": [{provider: a, model: passthrough}],
      "claude-special": [{provider: b, model: passthrough}])"));

  EXPECT_EQ(provider_of(ask(balancer.client(), AnswerForm::kDocument, "claude-special")), "b");
  EXPECT_EQ(provider_of(ask(balancer.client(), AnswerForm::kDocument, "Claude-Other")), "a");
}

TEST_F(ProviderSelectionTest, ARoutesModelReplacesTheClients) {
  Standalone balancer(with_routes(R"("*": [{provider: a, model: upstream-name}])"));

  const fakes::HttpResponse response = ask(balancer.client(), AnswerForm::kDocument, "claude-x");

  EXPECT_EQ(response.headers.value("x-balancer-upstream-model"), "upstream-name");
  EXPECT_EQ(providers_[0].requests().at(0).body, message_request(AnswerForm::kDocument, "upstream-name"));
}

TEST_F(ProviderSelectionTest, ABodyMayPinAProvider) {
  Standalone balancer(with_routes(R"("*": [{provider: a, model: passthrough}, {provider: b, model: passthrough}])"));
  const auto pinned_to = [&](std::string_view provider) {
    return balancer.client().post("/v1/messages", R"({"provider":")" + std::string(provider) +
                                                      R"(","model":"m","max_tokens":1,"messages":[]})");
  };

  EXPECT_EQ(provider_of(pinned_to("b")), "b");
  EXPECT_EQ(providers_[1].requests().at(0).body, R"({"model":"m","max_tokens":1,"messages":[]})");
  EXPECT_EQ(pinned_to("nobody").status, 404);
  EXPECT_EQ(pinned_to("nobody").error_type(), "not_found_error");
  EXPECT_EQ(pinned_to("c").status, 404);
}

TEST_F(ProviderSelectionTest, APinnedProviderThatFailsIsNotReplaced) {
  Standalone balancer(with_routes(R"("*": [{provider: a, model: passthrough}, {provider: b, model: passthrough}])"));
  providers_[1].always(fakes::server_error());

  const auto response =
      balancer.client().post("/v1/messages", R"({"provider":"b","model":"m","max_tokens":1,"messages":[]})");

  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(providers_[0].request_count(), 0u);
}

TEST_F(ProviderSelectionTest, AModelWithoutARouteIsNotFound) {
  Standalone balancer(with_routes(R"("claude*": [{provider: a, model: passthrough}])"));

  const fakes::HttpResponse response = ask(balancer.client(), AnswerForm::kDocument, "gpt-x");

  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.error_type(), "not_found_error");
  EXPECT_NE(message_of(response).find("gpt-x"), std::string::npos);
}

}  // namespace
}  // namespace balancer::integration
