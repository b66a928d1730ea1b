// A request that comes back to where it was ends there, and is nobody's failure (promises.md T43).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/fakes/fake_provider.hpp"
#include "tests/integration/edge/edge_config.hpp"
#include "tests/integration/support/eventually.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {
namespace {

using fakes::HttpResponse;
using testing::Each;
using testing::ElementsAre;
using testing::MatchesRegex;

// Of answers to /v1/messages with this status. Counted once all is told of a request, which may be after its answer.
double answers(RunningGateway& gateway, const char* code) {
  return gateway.metric("balancer_gateway_requests_total", {{"endpoint", "messages"}, {"code", code}}).value_or(0);
}

double attempts(RunningGateway& gateway, const char* provider) {
  double sum = 0;
  for (const char* outcome : {"success", "request_fault", "transient", "timeout", "rate_limited", "not_sent"}) {
    sum += gateway.metric("balancer_gateway_upstream_attempts_total", {{"provider", provider}, {"outcome", outcome}})
               .value_or(0);
  }
  return sum;
}

std::string url_of(const RunningGateway& gateway) {
  return "http://127.0.0.1:" + std::to_string(gateway.listening().port("http"));
}

nlohmann::json listed(const fakes::HttpClient& client, std::string_view name) {
  const nlohmann::json listing = client.get("/providers").json();
  for (const nlohmann::json& provider : listing.at("providers")) {
    if (provider.at("name") == name) return provider;
  }
  return nullptr;
}

// One that does not share answers asks every time.
const std::vector<std::string> kAlone{"deduplication: { enabled: false }"};

// A gateway's port is known only once it runs.
std::string nobody_yet() {
  return "providers:\n" + provider_entry("nobody", "http://127.0.0.1:9") +
         "model_routes:\n  \"*\": [{ provider: nobody, model: passthrough }]\n";
}

void reconfigure(SplitStack& stack, const std::string& config) {
  stack.write_config(config);
  ASSERT_EQ(stack.client().post("/providers/reload", "").status, 200);
  ASSERT_TRUE(eventually([&] { return stack.gateway().metric("balancer_gateway_snapshot_version") == 2; }));
}

void expect_loop(const HttpResponse& response) {
  EXPECT_EQ(response.status, 508) << response.raw;
  ASSERT_FALSE(response.body.empty());
  const nlohmann::json json = response.json();
  EXPECT_EQ(json.at("type"), "error");
  EXPECT_EQ(json.at("error").at("type"), "api_error");
  EXPECT_EQ(json.at("error").at("details").at("error_code"), "request_loop");
  EXPECT_THAT(json.at("error").at("message").get<std::string>(), testing::HasSubstr("base_url"));
  // The SDKs would try a 5xx again.
  EXPECT_EQ(response.headers.value("x-should-retry"), "false");
}

class LoopTest : public testing::Test {
 protected:
  LoopTest() { real_.always(fakes::json_message("from a real one")); }

  fakes::FakeProvider real_;
};

TEST_F(LoopTest, AGatewayThatIsItsOwnProviderSaysSoAndCountsItAgainstNobody) {
  SplitStack stack(nobody_yet());
  reconfigure(stack,
              edge_config({provider_entry("a", url_of(stack.gateway())), provider_entry("b", real_.base_url())}, kAlone));
  const std::string large = R"({"model":"claude-x","max_tokens":16,"messages":[{"role":"user","content":")" +
                            std::string(4'000'000, 'x') + R"("}]})";
  const std::string streamed = R"({"model":"claude-x","max_tokens":16,"stream":true,"messages":[]})";
  const std::vector<std::string> bodies{small_request(), streamed, large, small_request(), streamed, large};

  for (const std::string& body : bodies) expect_loop(stack.client().post("/v1/messages", body));

  const auto asked = static_cast<double>(bodies.size());
  // Each was sent round once, and nowhere else.
  EXPECT_TRUE(eventually([&] { return answers(stack.gateway(), "508") == 2 * asked; }));
  EXPECT_TRUE(eventually([&] { return attempts(stack.gateway(), "a") == asked; }));
  EXPECT_EQ(real_.request_count(), 0u);
  const nlohmann::json provider = listed(stack.client(), "a");
  EXPECT_EQ(provider.at("status"), "healthy");
  EXPECT_EQ(provider.at("failure_count"), 0);
}

TEST_F(LoopTest, CountingTokensGoesRoundNoMoreThanAsking) {
  SplitStack stack(nobody_yet());
  reconfigure(stack, edge_config({provider_entry("a", url_of(stack.gateway()))}, kAlone));

  expect_loop(stack.client().post("/v1/messages/count_tokens", small_request()));

  EXPECT_TRUE(eventually([&] { return attempts(stack.gateway(), "a") == 1; }));
}

TEST_F(LoopTest, TwoGatewaysThatAskEachOtherAskOnce) {
  SplitStack one(nobody_yet());
  SplitStack other(edge_config({provider_entry("a", url_of(one.gateway())), provider_entry("b", real_.base_url())}));
  reconfigure(one,
              edge_config({provider_entry("a", url_of(other.gateway())), provider_entry("b", real_.base_url())}));

  for (int i = 0; i < 5; ++i) expect_loop(one.client().post("/v1/messages", small_request()));

  EXPECT_TRUE(eventually([&] { return answers(one.gateway(), "508") == 10; }));
  EXPECT_TRUE(eventually([&] { return answers(other.gateway(), "508") == 5; }));
  EXPECT_TRUE(eventually([&] { return attempts(one.gateway(), "a") == 5; }));
  EXPECT_TRUE(eventually([&] { return attempts(other.gateway(), "a") == 5; }));
  EXPECT_EQ(real_.request_count(), 0u);
  for (const SplitStack* stack : {&one, &other}) {
    EXPECT_EQ(listed(stack->client(), "a").at("status"), "healthy");
    EXPECT_EQ(listed(stack->client(), "a").at("failure_count"), 0);
  }
}

// It would wait for the answer that the first one is making.
TEST_F(LoopTest, AnotherGatewayOfTheSameControlPlaneIsTheSameGateway) {
  StackOptions two;
  two.gateways = 2;
  SplitStack stack(nobody_yet(), two);
  reconfigure(stack, edge_config({provider_entry("a", url_of(stack.gateway(1)))}));
  ASSERT_TRUE(eventually([&] { return stack.gateway(1).metric("balancer_gateway_snapshot_version") == 2; }));

  expect_loop(stack.client(0).post("/v1/messages", small_request()));

  EXPECT_TRUE(eventually([&] { return answers(stack.gateway(0), "508") == 1; }));
  EXPECT_TRUE(eventually([&] { return answers(stack.gateway(1), "508") == 1; }));
  EXPECT_EQ(attempts(stack.gateway(1), "a"), 0);
}

TEST_F(LoopTest, AHealthCheckOfOneselfIsAnsweredWithoutAskingAnybody) {
  SplitStack stack(nobody_yet());
  reconfigure(stack,
              edge_config({provider_entry("a", url_of(stack.gateway()), {"health_check: { interval: 50ms, model: m }"})}));

  ASSERT_TRUE(eventually([&] { return answers(stack.gateway(), "508") >= 3; }));

  EXPECT_EQ(attempts(stack.gateway(), "a"), 0);
  EXPECT_EQ(listed(stack.client(), "a").at("status"), "healthy");
  EXPECT_EQ(listed(stack.client(), "a").at("failure_count"), 0);
}

TEST_F(LoopTest, AChainOfAFewGatewaysIsServedAndALongerOneIsNot) {
  SplitStack stack(edge_config({provider_entry("a", real_.base_url())}));
  const auto through = [&](const std::string& gateways) {
    return stack.client().post("/v1/messages", small_request(), {{"x-balancer-via", gateways}});
  };

  EXPECT_EQ(through("first, second,third").status, 200);
  expect_loop(through("first, second,third, fourth"));

  ASSERT_EQ(real_.request_count(), 1u);
  const auto names = real_.requests().front().headers.values("x-balancer-via");
  EXPECT_THAT(names, ElementsAre("first, second,third", MatchesRegex("[0-9a-f]+")));
  // Who has been there already is known by that name.
  expect_loop(through(names.back()));
}

TEST_F(LoopTest, TheMarkIsARandomNumberAndStaysTheSame) {
  SplitStack stack(edge_config({provider_entry("a", real_.base_url())}, kAlone));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(stack.client().post("/v1/messages", small_request()).status, 200);

  std::vector<std::string> names;
  for (const fakes::RecordedRequest& request : real_.requests()) {
    names.push_back(request.headers.value("x-balancer-via").value_or(""));
    EXPECT_FALSE(request.headers.contains("via"));
  }

  ASSERT_EQ(names.size(), 3u);
  EXPECT_THAT(names, Each(names.front()));
  EXPECT_THAT(names.front(), MatchesRegex("[0-9a-f]{16}"));
}

TEST_F(LoopTest, StrangersLearnNothingOfIt) {
  SplitStack stack(edge_config({provider_entry("a", real_.base_url())},
                               {"auth:", "  enabled: true", "  api_key: alice-0123456789abcdef"}));

  EXPECT_EQ(stack.client().post("/v1/messages", small_request(), {{"x-balancer-via", "a,b,c,d"}}).status, 401);
}

}  // namespace
}  // namespace balancer::integration
