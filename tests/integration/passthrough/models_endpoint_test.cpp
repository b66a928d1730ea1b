// GET /v1/models (protocol.md 7, case 110).
#include <vector>

#include "tests/integration/passthrough/passthrough_fixtures.hpp"

namespace balancer::integration {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class ModelsEndpointTest : public testing::Test {
 protected:
  static std::string routes() {
    std::string text;
    for (const char* model : {"claude-zeta", "claude-alpha", "vendor/claude-mid", "claude-last"}) {
      text += std::string("  ") + model + ":\n    - " + any_model_to("first", 1) + "\n";
    }
    return text + "  \"*haiku*\":\n    - " + any_model_to("first", 1) + "\n";
  }

  nlohmann::json list(const std::string& query = "") const { return client_.get("/v1/models" + query).json(); }

  static std::vector<std::string> ids(const nlohmann::json& page) {
    std::vector<std::string> ids;
    for (const nlohmann::json& model : page.at("data")) ids.push_back(model.at("id"));
    return ids;
  }

  fakes::FakeProvider provider_;
  Standalone gateway_{ConfigText{{entry("first", provider_)}, "", routes()}.yaml()};
  fakes::HttpClient client_ = gateway_.client();
};

TEST_F(ModelsEndpointTest, ListsWhatClientsMaySendInTheConfiguredOrder) {
  const nlohmann::json page = list("?limit=1000");

  EXPECT_THAT(ids(page), ElementsAre("claude-zeta", "claude-alpha", "vendor/claude-mid", "claude-last"));
  EXPECT_EQ(page["object"], "list");
  EXPECT_EQ(page["has_more"], false);
  EXPECT_EQ(page["first_id"], "claude-zeta");
  EXPECT_EQ(page["last_id"], "claude-last");
  const nlohmann::json& model = page["data"][0];
  EXPECT_EQ(model["type"], "model");
  EXPECT_EQ(model["object"], "model");
  EXPECT_TRUE(model["display_name"].is_string());
  EXPECT_TRUE(model["created"].is_number_integer());
  EXPECT_THAT(model["created_at"].get<std::string>(), testing::MatchesRegex("....-..-..T..:..:..Z"));
  EXPECT_TRUE(model["owned_by"].is_string());
  EXPECT_EQ(provider_.request_count(), 0U);
}

// Case 110.
TEST_F(ModelsEndpointTest, PagesFollowTheirCursors) {
  const nlohmann::json first = list("?limit=1");
  EXPECT_THAT(ids(first), ElementsAre("claude-zeta"));
  EXPECT_EQ(first["has_more"], true);

  const nlohmann::json second = list("?limit=2&after_id=claude-zeta");
  EXPECT_THAT(ids(second), ElementsAre("claude-alpha", "vendor/claude-mid"));
  EXPECT_EQ(second["has_more"], true);

  const nlohmann::json third = list("?after_id=vendor%2Fclaude-mid&limit=2");
  EXPECT_THAT(ids(third), ElementsAre("claude-last"));
  EXPECT_EQ(third["has_more"], false);

  const nlohmann::json back = list("?before_id=claude-last&limit=2");
  EXPECT_THAT(ids(back), ElementsAre("claude-alpha", "vendor/claude-mid"));
  EXPECT_EQ(back["has_more"], true);
}

TEST_F(ModelsEndpointTest, AnUnknownCursorLeadsToAnEmptyPage) {
  const nlohmann::json page = list("?after_id=nothing");

  EXPECT_THAT(ids(page), IsEmpty());
  EXPECT_EQ(page["has_more"], false);
  EXPECT_TRUE(page["first_id"].is_null());
  EXPECT_TRUE(page["last_id"].is_null());
}

TEST_F(ModelsEndpointTest, ABadLimitIsRefused) {
  for (const char* limit : {"0", "1001", "-1", "many", ""}) {
    EXPECT_TRUE(is_error(client_.get(std::string("/v1/models?limit=") + limit), 400, "invalid_request_error")) << limit;
  }
}

TEST_F(ModelsEndpointTest, OneModelIsFoundByItsId) {
  for (const char* target : {"/v1/models/vendor/claude-mid", "/v1/models/vendor%2Fclaude-mid"}) {
    EXPECT_EQ(client_.get(target).json()["id"], "vendor/claude-mid") << target;
  }
  EXPECT_TRUE(is_error(client_.get("/v1/models/claude-nobody"), 404, "not_found_error"));
  EXPECT_EQ(client_.get("/models").body, client_.get("/v1/models/").body);
}

TEST(ModelsOfPatternsTest, AreNoModels) {
  fakes::FakeProvider provider;
  const Standalone gateway(ConfigText{{entry("first", provider)}, "", ""}.yaml());

  EXPECT_EQ(gateway.client().get("/v1/models").json(),
            nlohmann::json::parse(R"({"object":"list","data":[],"has_more":false,"first_id":null,"last_id":null})"));
}

}  // namespace
}  // namespace balancer::integration
