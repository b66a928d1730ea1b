#include "gateway/http/route_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace balancer::gateway {
namespace {

using testing::HasSubstr;

const RouteMatch* match_of(const RouteResult& result) { return std::get_if<RouteMatch>(&result); }

struct Expected {
  std::string_view method;
  std::string_view path;
  Endpoint endpoint;
};

TEST(RouteTableTest, LeadsEachMethodAndPathToItsEndpoint) {
  const std::vector<Expected> routes = {
      {"POST", "/v1/messages", Endpoint::kMessages},
      {"POST", "/v1/messages/count_tokens", Endpoint::kCountTokens},
      {"GET", "/v1/models", Endpoint::kModelList},
      {"GET", "/models", Endpoint::kModelList},
      {"GET", "/v1/models/claude", Endpoint::kModel},
      {"GET", "/providers", Endpoint::kProviders},
      {"POST", "/providers/reload", Endpoint::kReloadProviders},
      {"GET", "/", Endpoint::kServiceInfo},
      {"HEAD", "/", Endpoint::kServiceInfo},
      {"GET", "/api/hello", Endpoint::kHello},
      {"HEAD", "/api/hello", Endpoint::kHello},
      {"GET", "/health", Endpoint::kHealth},
      {"HEAD", "/livez", Endpoint::kLive},
      {"GET", "/readyz", Endpoint::kReady},
  };

  for (const Expected& expected : routes) {
    const RouteResult result = match_route(expected.method, expected.path);

    ASSERT_TRUE(match_of(result)) << expected.method << ' ' << expected.path;
    EXPECT_EQ(match_of(result)->endpoint, expected.endpoint) << expected.path;
  }
}

TEST(RouteTableTest, AModelsIdIsTheWholeRestOfThePath) {
  const std::string path = "/v1/models/vendor/model:free";

  EXPECT_EQ(match_of(match_route("GET", path))->model_id, "vendor/model:free");
}

TEST(RouteTableTest, PathsThatOnlyLookAlikeAreUnknown) {
  for (const char* path :
       {"", "/v1", "/v1/message", "/v1/messagesx", "/V1/messages", "/v1//messages", "//v1/messages", "/v1/messages ",
        "/v1/messages;x", "/v1/messages/batches", "/v1/messages?", "/healthz", "/health/x", "/metrics", "/v1/responses",
        "/v1/complete", "/providers/x", "v1/messages", "*", "/v1/../v1/messages", "/v1/modelsx"}) {
    EXPECT_TRUE(std::holds_alternative<UnknownPath>(match_route("POST", path))) << path;
  }
}

TEST(RouteTableTest, OtherMethodsAreTold) {
  EXPECT_EQ(std::get<WrongMethod>(match_route("GET", "/v1/messages")).allowed, "POST");
  EXPECT_EQ(std::get<WrongMethod>(match_route("post", "/v1/messages")).allowed, "POST");
  EXPECT_EQ(std::get<WrongMethod>(match_route("HEAD", "/providers/reload")).allowed, "POST");
  EXPECT_EQ(std::get<WrongMethod>(match_route("DELETE", "/v1/models")).allowed, "GET, HEAD");
  EXPECT_EQ(std::get<WrongMethod>(match_route("POST", "/v1/models/x")).allowed, "GET, HEAD");
}

TEST(RouteTableTest, OptionsIsRefusedEverywhere) {
  for (const char* path : {"*", "/", "/v1/messages", "/v1/models/x", "/nope", "/health"}) {
    EXPECT_TRUE(std::holds_alternative<WrongMethod>(match_route("OPTIONS", path))) << path;
  }
}

TEST(RouteTableTest, ExplainsABaseUrlWithVersionTwice) {
  EXPECT_THAT(std::get<UnknownPath>(match_route("POST", "/v1/v1/messages")).message,
              HasSubstr("base URL must not end in /v1"));
}

TEST(RouteTableTest, OnlyProbesArePublic) {
  for (const Endpoint endpoint :
       {Endpoint::kServiceInfo, Endpoint::kHello, Endpoint::kHealth, Endpoint::kLive, Endpoint::kReady}) {
    EXPECT_TRUE(is_public(endpoint));
  }
  for (const Endpoint endpoint : {Endpoint::kMessages, Endpoint::kCountTokens, Endpoint::kModelList, Endpoint::kModel,
                                  Endpoint::kProviders, Endpoint::kReloadProviders}) {
    EXPECT_FALSE(is_public(endpoint));
  }
}

}  // namespace
}  // namespace balancer::gateway
