#include "gateway/api/models.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace balancer::gateway {
namespace {

using Json = nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ModelsTest : public testing::Test {
 protected:
  ModelsTest() {
    for (const char* name : {"a", "b"}) {
      Provider provider;
      provider.name = name;
      snapshot_.providers.push_back(provider);
      snapshot_.routing.providers.push_back({name, true});
    }
    snapshot_.load_time = std::chrono::system_clock::from_time_t(1793491200);
  }

  void route(std::string pattern, std::vector<routing::RouteTarget> targets = {{.provider = 0, .upstream_model = {}, .priority = 0, .enabled = true}}) {
    snapshot_.routing.routes.push_back({std::move(pattern), std::move(targets), std::nullopt});
  }

  void disable(std::size_t provider) {
    snapshot_.providers[provider].enabled = false;
    snapshot_.routing.providers[provider].enabled = false;
  }

  void routes(std::initializer_list<const char*> names) {
    for (const char* name : names) route(name);
  }

  Json page(std::string_view query = {}) { return Json::parse(model_page(snapshot_, query).value()); }

  std::vector<std::string> ids(std::string_view query) {
    std::vector<std::string> result;
    const Json shown = page(query);
    for (const Json& model : shown["data"]) result.push_back(model["id"]);
    return result;
  }

  Snapshot snapshot_;
};

routing::RouteTarget target(std::size_t provider, std::string model, bool enabled = true) {
  return {.provider = provider, .upstream_model = std::move(model), .priority = 0, .enabled = enabled};
}

TEST_F(ModelsTest, OffersExactRoutesInTheOrderOfTheConfiguration) {
  routes({"zeta", "alpha", "claude-fast"});

  EXPECT_THAT(offered_models(snapshot_), ElementsAre("zeta", "alpha", "claude-fast"));
}

TEST_F(ModelsTest, OffersUpstreamNamesThatTheirOwnPatternMatches) {
  route("*sonnet*", {target(0, "claude-sonnet-4"), target(1, "qwen3"), target(0, ""), target(1, "anthropic/Claude-SONNET")});
  route("*", {target(1, "claude-sonnet-4"), target(1, "gpt")});

  EXPECT_THAT(offered_models(snapshot_), ElementsAre("claude-sonnet-4", "anthropic/Claude-SONNET", "gpt"));
}

TEST_F(ModelsTest, OffersEachNameOnce) {
  route("claude-fast");
  route("claude-*", {target(0, "claude-fast"), target(1, "claude-fast")});

  EXPECT_THAT(offered_models(snapshot_), ElementsAre("claude-fast"));
}

TEST_F(ModelsTest, OffersNothingThatNobodyServes) {
  route("only-b", {target(1, "")});
  route("switched-off", {target(0, "", false)});
  route("*haiku*", {target(1, "claude-haiku"), target(0, "claude-haiku-2", false), target(0, "claude-haiku-3")});
  disable(1);

  EXPECT_THAT(offered_models(snapshot_), ElementsAre("claude-haiku-3"));
}

TEST_F(ModelsTest, EveryModelHasTheFieldsOfBothFamilies) {
  route("claude-fast");

  EXPECT_EQ(page(), Json::parse(R"({"object":"list","data":[
    {"type":"model","object":"model","id":"claude-fast","display_name":"claude-fast",
     "created_at":"2026-11-01T00:00:00Z","created":1793491200,"owned_by":"gateway"}],
    "has_more":false,"first_id":"claude-fast","last_id":"claude-fast"})"));
}

TEST_F(ModelsTest, EmptyListHasNoFirstAndNoLast) {
  EXPECT_EQ(page(), Json::parse(R"({"object":"list","data":[],"has_more":false,"first_id":null,"last_id":null})"));
}

TEST_F(ModelsTest, AllAreListedWithoutALimit) {
  for (int i = 0; i < 1001; ++i) route("model-" + std::to_string(i));

  EXPECT_EQ(page()["data"].size(), 1001u);
  EXPECT_EQ(page()["has_more"], false);
  EXPECT_EQ(page("limit=1000")["data"].size(), 1000u);
  EXPECT_EQ(page("limit=1000")["has_more"], true);
}

TEST_F(ModelsTest, LimitCutsThePageAndSaysSo) {
  routes({"a", "b", "c"});

  const Json cut = page("limit=2");
  EXPECT_THAT(ids("limit=2"), ElementsAre("a", "b"));
  EXPECT_EQ(cut["has_more"], true);
  EXPECT_EQ(cut["first_id"], "a");
  EXPECT_EQ(cut["last_id"], "b");

  EXPECT_EQ(page("limit=3")["has_more"], false);
}

TEST_F(ModelsTest, PagesFollowOneAnotherByTheLastId) {
  routes({"a", "b", "c"});

  EXPECT_THAT(ids("limit=1"), ElementsAre("a"));
  EXPECT_THAT(ids("limit=1&after_id=a"), ElementsAre("b"));
  EXPECT_EQ(page("limit=1&after_id=a")["has_more"], true);
  EXPECT_THAT(ids("after_id=b&limit=1"), ElementsAre("c"));
  EXPECT_EQ(page("limit=1&after_id=c")["has_more"], false);
  EXPECT_THAT(ids("after_id=c"), IsEmpty());
}

TEST_F(ModelsTest, PagesGoBackwardsByTheFirstId) {
  routes({"a", "b", "c", "d"});

  EXPECT_THAT(ids("before_id=d&limit=2"), ElementsAre("b", "c"));
  EXPECT_EQ(page("before_id=d&limit=2")["has_more"], true);
  EXPECT_THAT(ids("before_id=b&limit=2"), ElementsAre("a"));
  EXPECT_EQ(page("before_id=b&limit=2")["has_more"], false);
  EXPECT_THAT(ids("before_id=a"), IsEmpty());
}

TEST_F(ModelsTest, BothCursorsEncloseThePage) {
  routes({"a", "b", "c", "d"});

  EXPECT_THAT(ids("after_id=a&before_id=d"), ElementsAre("b", "c"));
  EXPECT_THAT(ids("after_id=c&before_id=b"), IsEmpty());
}

TEST_F(ModelsTest, UnknownCursorGivesAnEmptyPage) {
  routes({"a", "b"});

  for (const char* query : {"after_id=x", "before_id=x", "after_id=", "after_id=x&before_id=b", "after_id=a&before_id=x"}) {
    EXPECT_THAT(ids(query), IsEmpty()) << query;
    EXPECT_EQ(page(query)["has_more"], false) << query;
    EXPECT_EQ(page(query)["first_id"], nullptr) << query;
  }
}

TEST_F(ModelsTest, CursorsArePercentDecoded) {
  routes({"vendor/a b", "c%2", "d+e", "f"});

  EXPECT_THAT(ids("after_id=vendor%2Fa%20b&limit=1"), ElementsAre("c%2"));
  EXPECT_THAT(ids("after_id=vendor/a+b&limit=1"), ElementsAre("c%2"));
  EXPECT_THAT(ids("after_id=c%2&limit=1"), ElementsAre("d+e"));
  EXPECT_THAT(ids("after_id=d%2be"), ElementsAre("f"));
}

TEST_F(ModelsTest, OtherParametersAreIgnored) {
  routes({"a", "b"});

  EXPECT_THAT(ids("beta=true&&limits=1&x"), ElementsAre("a", "b"));
}

TEST_F(ModelsTest, RefusesALimitThatIsNone) {
  for (const char* query : {"limit=0", "limit=1001", "limit=-1", "limit=", "limit", "limit=2x", "limit=1.5",
                            "limit=99999999999999999999999", "limit=+1"}) {
    const Result<std::string> refused = model_page(snapshot_, query);
    ASSERT_FALSE(refused) << query;
    EXPECT_EQ(refused.error().code, ErrorCode::kInvalidRequest);
    EXPECT_THAT(refused.error().message, HasSubstr("limit")) << query;
  }
}

}  // namespace
}  // namespace balancer::gateway
