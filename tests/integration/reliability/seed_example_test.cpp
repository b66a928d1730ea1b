// The configuration that users of the Python balancer bring along picks the providers that it picked there.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "tests/integration/reliability/conversation.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {
namespace {

using fakes::FakeProvider;

class SeedExampleTest : public testing::Test {
 protected:
  SeedExampleTest() {
    gac_.always(answers("from GAC"));
    std::ifstream file(BALANCER_SOURCE_DIR "/deploy/config/seed-example.yaml");
    config_.assign(std::istreambuf_iterator<char>(file), {});
    point("https://gaccode.com/claudecode", gac_.base_url() + "/claudecode");
    point("https://openrouter.ai/api/v1", open_router_.base_url() + "/api/v1");
    point("https://api.together.xyz/v1", together_.base_url() + "/v1");
  }

  void point(const std::string& real, const std::string& fake) {
    const std::size_t at = config_.find(real);
    if (at == std::string::npos) throw std::runtime_error(real + " is not in the example");
    config_.replace(at, real.size(), fake);
  }

  std::string config_;
  FakeProvider gac_;
  FakeProvider open_router_;
  FakeProvider together_;
};

TEST_F(SeedExampleTest, SonnetAndHaikuGoToGacFirst) {
  Standalone balancer(config_);

  for (const char* const model : {"claude-3-5-sonnet-20241022", "claude-3-5-haiku-20241022", "claude-sonnet-4"}) {
    EXPECT_EQ(provider_of(ask(balancer.client(), AnswerForm::kStream, model)), "GAC") << model;
    EXPECT_EQ(gac_.requests().back().body, message_request(AnswerForm::kStream, model));
  }

  EXPECT_EQ(gac_.requests().at(0).target, "/claudecode/v1/messages");
  EXPECT_EQ(gac_.requests().at(0).headers.value("x-api-key"), "your-gac-key");
  EXPECT_EQ(open_router_.request_count() + together_.request_count(), 0u);
}

TEST_F(SeedExampleTest, ListsEveryProviderInItsRoutes) {
  Standalone balancer(config_);

  const nlohmann::json listing = balancer.client().get("/providers").json();

  EXPECT_EQ(listing.at("total_providers"), 3);
  EXPECT_EQ(listing.at("healthy_providers"), 3);
  EXPECT_EQ(listing.at("selection_strategy"), "priority");
  EXPECT_EQ(listing.at("total_model_routes"), 2);
  const nlohmann::json& together = listing.at("providers").at(2);
  EXPECT_EQ(together.at("name"), "Together");
  ASSERT_EQ(together.at("models").size(), 1u);
  EXPECT_EQ(together.at("models").at(0).at("pattern"), "*sonnet*");
  EXPECT_EQ(together.at("models").at(0).at("priority"), 3);
}

// They speak another dialect: a body that they cannot read must not reach them.
TEST_F(SeedExampleTest, OpenAiProvidersNeverSeeAnAnthropicBody) {
  Standalone balancer(config_);
  gac_.always(fakes::overloaded());
  ask(balancer.client(), AnswerForm::kDocument, "claude-3-5-sonnet-20241022");

  const fakes::HttpResponse response = ask(balancer.client(), AnswerForm::kDocument, "claude-3-5-sonnet-20241022");

  EXPECT_FALSE(response.error_type().empty()) << response.body;
  for (const FakeProvider* const provider : {&open_router_, &together_}) {
    for (const fakes::RecordedRequest& request : provider->requests()) {
      EXPECT_TRUE(request.target.ends_with("/chat/completions")) << request.target;
    }
  }
}

TEST_F(SeedExampleTest, OtherModelsHaveNoRoute) {
  Standalone balancer(config_);

  EXPECT_EQ(ask(balancer.client(), AnswerForm::kDocument, "claude-opus-4").status, 404);
}

}  // namespace
}  // namespace balancer::integration
