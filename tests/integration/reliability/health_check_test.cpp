// Providers are asked whether they are up, apart from all requests, when the configuration says so.
#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <nlohmann/json.hpp>

#include "tests/fakes/fake_proxy.hpp"
#include "tests/fakes/latch.hpp"
#include "tests/fakes/openai_answers.hpp"
#include "tests/integration/reliability/conversation.hpp"
#include "tests/integration/support/eventually.hpp"

namespace balancer::integration {
namespace {

using namespace std::chrono_literals;
using fakes::FakeProvider;
using fakes::RecordedRequest;
using fakes::ScriptedResponse;
using testing::AllOf;
using testing::HasSubstr;
using testing::Key;
using testing::Not;
using testing::Pair;
using testing::UnorderedElementsAre;

constexpr std::string_view kGetCheck = "health_check: {interval: 50ms, get: /v1/models}";

// Counts checks and requests, which are told apart by their method, but for those that a queued script answers.
class CheckedProvider {
 public:
  explicit CheckedProvider(const std::string& name) {
    provider_.always([this, name](const RecordedRequest& request) {
      ++(request.method == "GET" ? checks_ : messages_);
      if (request.method != "GET") return answers("from the " + name)(request);
      return healthy_ ? ScriptedResponse().send("{}") : fakes::server_error(503);
    });
  }

  void set_healthy(bool healthy) { healthy_ = healthy; }
  [[nodiscard]] FakeProvider& provider() { return provider_; }
  [[nodiscard]] std::size_t checks() const { return checks_; }
  [[nodiscard]] std::size_t messages() const { return messages_; }
  [[nodiscard]] testing::AssertionResult is_checked_again(std::size_t times) const {
    const std::size_t before = checks_;
    return eventually([&] { return checks_ >= before + times; });
  }

 private:
  std::atomic<bool> healthy_ = true;
  std::atomic<std::size_t> checks_ = 0;
  std::atomic<std::size_t> messages_ = 0;
  FakeProvider provider_;
};

class HealthCheckTest : public testing::Test {
 protected:
  [[nodiscard]] NamedProvider first(std::string_view members = kGetCheck) {
    return {.name = "first", .base_url = first_.provider().base_url(), .members = std::string(members)};
  }
  [[nodiscard]] NamedProvider second(std::string_view members = kGetCheck) {
    return {.name = "second", .base_url = second_.provider().base_url(), .members = std::string(members)};
  }
  [[nodiscard]] static bool is(std::string_view state, const Standalone& balancer, std::string_view provider) {
    return listed_provider(balancer.client(), provider).at("status") == state;
  }

  CheckedProvider first_{"first"};
  CheckedProvider second_{"second"};
};

TEST_F(HealthCheckTest, NothingIsCheckedByDefault) {
  Standalone balancer(config_for({first(""), second()}));

  ASSERT_TRUE(second_.is_checked_again(5));

  EXPECT_EQ(first_.provider().connections_accepted(), 0u);
}

TEST_F(HealthCheckTest, AProviderThatFailsItsChecksGetsNoTrafficThoughNoRequestFailed) {
  first_.set_healthy(false);
  Standalone balancer(config_for({first(), second("")}, "unhealthy_threshold: 3, failure_cooldown: 60"));
  ASSERT_TRUE(eventually([&] { return is("cooling", balancer, "first"); }));

  const fakes::HttpResponse response = ask(balancer.client());

  EXPECT_EQ(text_of(response), "from the second");
  EXPECT_EQ(attempts_of(response), "1");
  EXPECT_EQ(first_.messages(), 0u);
  EXPECT_EQ(first_.checks(), 3u);
}

TEST_F(HealthCheckTest, ACoolingProviderIsNotChecked) {
  first_.set_healthy(false);
  Standalone balancer(config_for({first(), second()}, "unhealthy_threshold: 1, failure_cooldown: 60"));
  ASSERT_TRUE(eventually([&] { return is("cooling", balancer, "first"); }));

  ASSERT_TRUE(second_.is_checked_again(5));

  EXPECT_EQ(first_.checks(), 1u);
}

TEST_F(HealthCheckTest, AGoodCheckBringsAProviderBackAndNoUsersRequestIsRisked) {
  first_.set_healthy(false);
  Standalone balancer(config_for({first(), second("")}, "unhealthy_threshold: 1, failure_cooldown: 100ms"));
  ASSERT_TRUE(eventually([&] { return is("cooling", balancer, "first"); }));
  ASSERT_TRUE(first_.is_checked_again(1));

  first_.set_healthy(true);

  EXPECT_TRUE(eventually([&] { return is("healthy", balancer, "first"); }));
  EXPECT_EQ(first_.messages(), 0u);
  EXPECT_EQ(text_of(ask(balancer.client())), "from the first");
}

TEST_F(HealthCheckTest, TheCheckProbesAsSoonAsACooldownEndsHoweverLongItsInterval) {
  first_.provider().enqueue(ScriptedResponse().send("{}"));
  first_.provider().enqueue(fakes::server_error());
  Standalone balancer(config_for({first("health_check: {interval: 600s, get: /}"), second("")},
                                 "unhealthy_threshold: 1, failure_cooldown: 1"));
  ASSERT_TRUE(first_.provider().wait_for_requests(1));
  ASSERT_EQ(text_of(ask(balancer.client())), "from the second");

  EXPECT_TRUE(first_.is_checked_again(1));

  EXPECT_TRUE(eventually([&] { return is("healthy", balancer, "first"); }));
}

TEST_F(HealthCheckTest, OneProviderIsNeverCheckedTwiceAtATime) {
  const auto latch = std::make_shared<fakes::Latch>();
  first_.provider().enqueue(ScriptedResponse().hold(latch).send("{}"));
  Standalone balancer(config_for({first("health_check: {interval: 50ms, timeout: 60s, get: /}"), second()}));
  ASSERT_TRUE(first_.provider().wait_for_requests(1));

  ASSERT_TRUE(second_.is_checked_again(5));
  EXPECT_EQ(first_.provider().connections_accepted(), 1u);

  latch->release();
  EXPECT_TRUE(first_.is_checked_again(1));
}

TEST_F(HealthCheckTest, AProviderThatDoesNotAnswerInTimeHasFailedItsCheck) {
  first_.provider().enqueue(fakes::hang());
  Standalone balancer(config_for({first("health_check: {interval: 50ms, timeout: 100ms, get: /}"), second("")},
                                 "unhealthy_threshold: 1, failure_cooldown: 60"));

  EXPECT_TRUE(eventually([&] { return is("cooling", balancer, "first"); }));
}

TEST_F(HealthCheckTest, AGetSendsTheCredentialAndNothingOfAnyClient) {
  Standalone balancer(config_for({first()}));
  ASSERT_EQ(balancer.client()
                .post("/v1/messages", message_request(AnswerForm::kDocument), {{"x-claude-code-session-id", "s-1"}})
                .status,
            200);
  ASSERT_TRUE(first_.is_checked_again(1));

  const std::vector<RecordedRequest> requests = first_.provider().requests();
  const auto check = std::find_if(requests.begin(), requests.end(), [](const auto& r) { return r.method == "GET"; });
  ASSERT_NE(check, requests.end());
  EXPECT_EQ(check->request_line, "GET /v1/models HTTP/1.1");
  EXPECT_EQ(check->body, "");
  EXPECT_THAT(check->headers,
              UnorderedElementsAre(Key("host"), Pair("user-agent", HasSubstr("provider-balancer/")), Key("accept"),
                                   Pair("accept-encoding", "identity"), Pair("anthropic-version", "2023-06-01"),
                                   Pair("x-api-key", key_of("first")), Key("x-balancer-via")));
}

TEST_F(HealthCheckTest, ARequestForOneTokenSpeaksAnthropicsDialect) {
  Standalone balancer(config_for({first("health_check: {interval: 50ms, model: small}")}));
  ASSERT_TRUE(first_.provider().wait_for_requests(2));

  const RecordedRequest check = first_.provider().requests().front();

  EXPECT_EQ(check.request_line, "POST /v1/messages HTTP/1.1");
  EXPECT_EQ(check.headers.value("x-api-key"), key_of("first"));
  EXPECT_EQ(nlohmann::json::parse(check.body),
            nlohmann::json::parse(R"({"model":"small","max_tokens":1,"messages":[{"role":"user","content":"Hi"}]})"));
  EXPECT_TRUE(is("healthy", balancer, "first"));
}

TEST_F(HealthCheckTest, ARequestForOneTokenSpeaksChatCompletions) {
  FakeProvider converted;
  converted.always(fakes::chat_completion("o"));
  Standalone balancer("providers:\n  - {name: converted, type: openai, base_url: \"" + converted.base_url() +
                      "/v1\", auth_value: sk-1, health_check: {interval: 50ms, model: small}}\n"
                      "model_routes: {\"*\": [{provider: converted, model: small}]}\n");
  ASSERT_TRUE(converted.wait_for_requests(1));

  const RecordedRequest check = converted.requests().front();

  EXPECT_EQ(check.request_line, "POST /v1/chat/completions HTTP/1.1");
  EXPECT_EQ(check.headers.value("authorization"), "Bearer sk-1");
  EXPECT_EQ(nlohmann::json::parse(check.body),
            nlohmann::json::parse(R"({"model":"small","max_tokens":1,"messages":[{"role":"user","content":"Hi"}]})"));
}

TEST_F(HealthCheckTest, ARedirectIsNotFollowed) {
  first_.provider().enqueue(ScriptedResponse().status(302).header("location", second_.provider().base_url() + "/x"));
  Standalone balancer(config_for({first()}));
  ASSERT_TRUE(first_.is_checked_again(2));

  EXPECT_EQ(second_.provider().connections_accepted(), 0u);
  EXPECT_TRUE(is("healthy", balancer, "first"));
}

TEST_F(HealthCheckTest, ChecksGoThroughTheProvidersProxy) {
  fakes::FakeProxy proxy(fakes::FakeProxy::Protocol::kHttpConnect);
  proxy.map("provider.invalid", first_.provider().port());
  NamedProvider behind_proxy = first(std::string(kGetCheck) + ", proxy: \"" + proxy.url() + "\"");
  behind_proxy.base_url = "http://provider.invalid";
  Standalone balancer(config_for({behind_proxy}));

  EXPECT_TRUE(first_.is_checked_again(2));

  EXPECT_GE(proxy.tunnels().size(), 2u);
}

TEST_F(HealthCheckTest, AReloadThatRemovesTheCheckStopsIt) {
  CheckedProvider third("third");
  const NamedProvider checked_third{"third", third.provider().base_url(), std::string(kGetCheck)};
  const NamedProvider plain_third{"third", third.provider().base_url()};
  Standalone balancer(config_for({first(), plain_third}));
  ASSERT_TRUE(first_.is_checked_again(2));

  balancer.write_config(config_for({first(""), checked_third}));
  ASSERT_TRUE(third.is_checked_again(1));

  const std::size_t checks = first_.checks();
  ASSERT_TRUE(third.is_checked_again(5));
  EXPECT_LE(first_.checks(), checks + 1) << "one that had been sent";
}

TEST_F(HealthCheckTest, AReloadThatRemovesTheCheckBreaksOffTheOneUnderWay) {
  first_.provider().enqueue(fakes::hang());
  Standalone balancer(config_for({first("health_check: {interval: 50ms, timeout: 600s, get: /}")}));
  ASSERT_TRUE(first_.provider().wait_for_requests(1));

  balancer.write_config(config_for({first("")}));

  EXPECT_TRUE(first_.provider().wait_for_client_disconnect());
}

TEST_F(HealthCheckTest, ShutdownDoesNotWaitForACheck) {
  first_.provider().enqueue(fakes::hang());
  Standalone balancer(config_for({first("health_check: {interval: 50ms, timeout: 600s, get: /}")}));
  ASSERT_TRUE(first_.provider().wait_for_requests(1));

  balancer.process().signal(SIGTERM);

  EXPECT_EQ(balancer.process().wait_for_exit().code, 0);
}

TEST_F(HealthCheckTest, NothingOfTheAnswerReachesTheLog) {
  first_.provider().enqueue(ScriptedResponse().status(503, "canary-reason").header("x-canary", "canary-header").send(
      "canary-body"));
  Standalone balancer(config_for({first(), second("")},
                                 "unhealthy_threshold: 1, failure_cooldown: 60, log_level: DEBUG"));
  ASSERT_TRUE(eventually([&] { return is("cooling", balancer, "first"); }));

  // Lines are written a few milliseconds after the fact.
  std::string logged;
  ASSERT_TRUE(eventually([&] {
    logged = balancer.process().standard_error();
    return logged.find("health check: HTTP 503") != std::string::npos;
  })) << logged;

  EXPECT_THAT(logged, AllOf(Not(HasSubstr("canary")), Not(HasSubstr(key_of("first")))));
}

}  // namespace
}  // namespace balancer::integration
