// Probes, lists and reloading, for operators and their tools (protocol.md 1.1, seed-compat.md 2, case 109).
#include "tests/integration/passthrough/passthrough_fixtures.hpp"
#include "tests/integration/support/eventually.hpp"

namespace balancer::integration {
namespace {

using OperatorEndpointsTest = OneProviderTest;

// Case 109.
TEST_F(OperatorEndpointsTest, ConnectivityProbesAreAnsweredWithoutAProvider) {
  for (const char* target : {"/api/hello", "/"}) {
    const fakes::HttpResponse head = client_.request("HEAD", target);
    const fakes::HttpResponse get = client_.get(target);

    EXPECT_EQ(head.status, 200) << target;
    EXPECT_EQ(head.body, "") << target;
    EXPECT_TRUE(head.complete) << target;
    EXPECT_EQ(get.json()["ok"], true) << target;
    EXPECT_TRUE(is_named(get)) << target;
  }
  EXPECT_EQ(client_.get("/api/hello").body, R"({"ok":true})");
  EXPECT_EQ(provider_.request_count(), 0U);
}

TEST_F(OperatorEndpointsTest, WrongPathsAndMethodsAreAnsweredInJson) {
  EXPECT_TRUE(is_error(client_.get("/nope"), 404, "not_found_error"));
  EXPECT_TRUE(is_error(client_.post("/v1/complete", "{}"), 404, "not_found_error"));
  EXPECT_TRUE(is_error(client_.post("/v1/messages/batches", "{}"), 404, "not_found_error"));
  const fakes::HttpResponse doubled = client_.post("/v1/v1/messages", small_request());
  EXPECT_TRUE(is_error(doubled, 404, "not_found_error"));
  EXPECT_THAT(doubled.json()["error"]["message"], testing::HasSubstr("must not end in /v1"));

  const fakes::HttpResponse got = client_.get("/v1/messages");
  EXPECT_TRUE(is_error(got, 405, "invalid_request_error"));
  EXPECT_EQ(got.headers.value("allow"), "POST");
  const fakes::HttpResponse posted = client_.post("/v1/models", "{}");
  EXPECT_EQ(posted.status, 405);
  EXPECT_EQ(posted.headers.value("allow"), "GET, HEAD");
}

TEST_F(OperatorEndpointsTest, NoPageOfAnotherSiteIsLetIn) {
  for (const char* target : {"/v1/messages", "/v1/models", "/nope", "*"}) {
    const fakes::HttpResponse response =
        client_.request("OPTIONS", target, "", {{"access-control-request-method", "POST"}});

    EXPECT_EQ(response.status, 405) << target;
    EXPECT_TRUE(response.headers.contains("allow")) << target;
    for (const auto& [name, value] : response.headers) {
      EXPECT_NE(name.find("ccess-"), 1U) << name;
    }
  }
}

TEST_F(OperatorEndpointsTest, ATrailingSlashIsNoOtherPath) {
  EXPECT_EQ(client_.post("/v1/messages/", small_request()).status, 200);
  EXPECT_EQ(client_.get("/providers/").status, 200);
  EXPECT_EQ(provider_.requests().back().target, "/v1/messages");
}

TEST_F(OperatorEndpointsTest, TheServiceSaysWhatItIs) {
  const nlohmann::json info = client_.get("/").json();

  EXPECT_FALSE(info["service"].get<std::string>().empty());
  EXPECT_FALSE(info["version"].get<std::string>().empty());
  EXPECT_EQ(info["status"], "running");
  EXPECT_EQ(info["providers_available"], 1);
  EXPECT_EQ(client_.get("/livez").status, 200);
  EXPECT_EQ(client_.get("/readyz").status, 200);
  EXPECT_EQ(client_.get("/health").json(), nlohmann::json({{"status", "healthy"}}));
}

TEST(UnhealthyProvidersTest, MakeHealthFailButNotTheProcess) {
  fakes::FakeProvider provider;
  provider.always(fakes::server_error());
  const Standalone gateway(ConfigText{{entry("only", provider)}, "unhealthy_threshold: 1", ""}.yaml());
  const fakes::HttpClient client = gateway.client();

  EXPECT_EQ(client.post("/v1/messages", small_request()).status, 500);

  EXPECT_TRUE(eventually([&] { return client.get("/health").status == 503; }));
  EXPECT_FALSE(client.get("/health").json()["message"].get<std::string>().empty());
  EXPECT_EQ(client.get("/livez").status, 200);
  EXPECT_EQ(client.get("/readyz").status, 200);
  const nlohmann::json state = provider_state(client, "only");
  EXPECT_EQ(state["healthy"], false);
  EXPECT_EQ(state["failure_count"], 1);
  EXPECT_TRUE(state["last_failure_time"].is_string());
  EXPECT_TRUE(state["cooldown_until"].is_string());
  EXPECT_TRUE(state["last_error"].is_string());
}

TEST_F(OperatorEndpointsTest, ProvidersAreListedWithoutTheirSecrets) {
  const fakes::HttpResponse response = client_.get("/providers");

  const nlohmann::json listing = response.json();
  EXPECT_EQ(listing["total_providers"], 1);
  EXPECT_EQ(listing["healthy_providers"], 1);
  EXPECT_EQ(listing["selection_strategy"], "priority");
  EXPECT_EQ(listing["total_model_routes"], 1);
  const nlohmann::json& provider = listing["providers"].at(0);
  EXPECT_EQ(provider["name"], "first");
  EXPECT_EQ(provider["type"], "anthropic");
  EXPECT_EQ(provider["base_url"], provider_.base_url());
  EXPECT_EQ(provider["enabled"], true);
  EXPECT_EQ(provider["healthy"], true);
  EXPECT_TRUE(provider["status"].is_string());
  EXPECT_EQ(provider["failure_count"], 0);
  EXPECT_TRUE(provider["last_failure_time"].is_null());
  EXPECT_TRUE(provider["proxy"].is_null());
  EXPECT_EQ(provider["models"], nlohmann::json::parse(R"([{"pattern":"*","model":"passthrough","priority":1}])"));
  EXPECT_EQ(response.raw.find("key-of-the-provider"), std::string::npos);
  EXPECT_EQ(client_.get("/providers?format=list").json(), listing["providers"]);
}

// Changes the configuration of a running program and asks it to read it, in both forms of deployment.
template <class Stack>
void expect_reloading(Stack& stack, const fakes::HttpClient& client, const fakes::FakeProvider& provider) {
  ConfigText config{{entry("first", provider), entry("another", provider)}, "", ""};
  stack.write_config(config.yaml());

  const fakes::HttpResponse reloaded = client.post("/providers/reload", "");

  EXPECT_EQ(reloaded.status, 200) << reloaded.body;
  EXPECT_EQ(reloaded.json()["status"], "success");
  EXPECT_FALSE(reloaded.json()["message"].get<std::string>().empty());
  EXPECT_EQ(reloaded.json()["providers_count"], 2);
  EXPECT_EQ(reloaded.json()["healthy_providers"], 2);
  EXPECT_EQ(client.get("/providers").json()["total_providers"], 2);

  config.providers[0].members = "auth_valu: typo";
  config.settings = "no_such_setting: 1";
  config.routes = "  \"*\":\n    - " + any_model_to("nobody", 1) + "\n";
  stack.write_config(config.yaml());

  const fakes::HttpResponse refused = client.post("/providers/reload", "");

  EXPECT_TRUE(is_error(refused, 400, "invalid_request_error"));
  const std::string problems = refused.json()["error"]["message"];
  EXPECT_THAT(problems, testing::HasSubstr("auth_valu"));
  EXPECT_THAT(problems, testing::HasSubstr("no_such_setting"));
  EXPECT_THAT(problems, testing::HasSubstr("nobody"));
  EXPECT_EQ(client.get("/providers").json()["total_providers"], 2);
  const fakes::HttpResponse served =
      client.post("/v1/messages", R"({"model":"m","provider":"another","messages":[]})");
  EXPECT_EQ(served.headers.value("x-provider-used"), "another") << served.body;
}

TEST_F(OperatorEndpointsTest, ReloadingTakesAValidConfigurationAndRefusesAnother) {
  expect_reloading(gateway_, client_, provider_);
}

TEST(SplitStackReloadTest, TakesAValidConfigurationAndRefusesAnother) {
  fakes::FakeProvider provider;
  provider.always(fakes::json_message("ok"));
  SplitStack stack(ConfigText{{entry("first", provider)}, "", ""}.yaml());

  expect_reloading(stack, stack.client(), provider);
}

}  // namespace
}  // namespace balancer::integration
