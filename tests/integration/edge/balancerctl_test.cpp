#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/fakes/fake_provider.hpp"
#include "tests/integration/edge/edge_config.hpp"
#include "tests/integration/support/eventually.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::IsEmpty;

class BalancerctlTest : public testing::Test {
 protected:
  [[nodiscard]] Ended ask(std::vector<std::string> words) const {
    words.insert(words.begin(), {"--server", stack_.control_address()});
    return run({"balancerctl", std::move(words), {}});
  }

  SplitStack stack_{edge_config({provider_entry("a", "http://127.0.0.1:1", {"auth_value: very-secret-key"}),
                                 provider_entry("b", "http://127.0.0.1:2", {"enabled: false"})})};
};

TEST_F(BalancerctlTest, ShowsTheProvidersAsATable) {
  const Ended ended = ask({"get", "providers"});

  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("NAME"));
  EXPECT_THAT(ended.out, HasSubstr("http://127.0.0.1:1"));
  EXPECT_THAT(ended.out, HasSubstr("healthy"));
  EXPECT_THAT(ended.out, HasSubstr("disabled"));
  EXPECT_THAT(ended.out, testing::Not(HasSubstr("very-secret-key")));
}

TEST_F(BalancerctlTest, ShowsTheProvidersAsJson) {
  const Ended ended = ask({"get", "providers", "-o", "json"});

  const json listing = json::parse(ended.out);
  ASSERT_EQ(listing.at("providers").size(), 2u);
  EXPECT_EQ(listing.at("providers").at(0).at("name"), "a");
  EXPECT_EQ(listing.at("providers").at(0).at("state"), "healthy");
  EXPECT_EQ(listing.at("providers").at(1).at("enabled"), false);
  EXPECT_THAT(ended.out, testing::Not(HasSubstr("very-secret-key")));
}

TEST_F(BalancerctlTest, ReloadPutsTheNewFileInForce) {
  stack_.write_config(edge_config({provider_entry("a", "http://127.0.0.1:3")}));

  const Ended ended = ask({"reload"});

  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ask({"get", "providers"}).out, HasSubstr("http://127.0.0.1:3"));
}

TEST_F(BalancerctlTest, ReloadOfABadFileSaysWhyAndChangesNothing) {
  stack_.write_config("providers:\n  - name: a\n    type: antropic\n    base_url: http://127.0.0.1:3\n");

  const Ended text = ask({"reload"});
  const Ended as_json = ask({"reload", "-o", "json"});

  EXPECT_EQ(text.code, 4);
  EXPECT_THAT(text.err, testing::ContainsRegex("config.yaml:3:[0-9]+"));
  EXPECT_EQ(as_json.code, 4);
  EXPECT_EQ(json::parse(as_json.out).at("reloaded"), false);
  EXPECT_THAT(ask({"get", "providers"}).out, HasSubstr("http://127.0.0.1:1"));
}

TEST_F(BalancerctlTest, VersionNamesBothSidesAndTheGateways) {
  const Ended table = ask({"version"});
  const Ended as_json = ask({"version", "-o", "json"});

  EXPECT_EQ(table.code, 0);
  EXPECT_THAT(table.out, HasSubstr("client"));
  EXPECT_THAT(table.out, HasSubstr("server"));
  const json versions = json::parse(as_json.out);
  EXPECT_EQ(versions.at("client").at("version"), versions.at("server").at("version"));
  EXPECT_EQ(versions.at("server").at("gateways").size(), 1u);
}

TEST_F(BalancerctlTest, NeedsAVerbThatItKnows) {
  EXPECT_EQ(ask({}).code, 2);
  EXPECT_EQ(ask({"get"}).code, 2);
  EXPECT_EQ(ask({"get", "nothing"}).code, 2);
  EXPECT_EQ(ask({"get", "providers", "-o", "xml"}).code, 2);
  EXPECT_EQ(ask({"config", "validate"}).code, 2);
  EXPECT_EQ(ask({"describe", "provider"}).code, 2);
  EXPECT_EQ(ask({"cooldown", "a", "--for", "a while"}).code, 2);
  EXPECT_EQ(ask({"cooldown", "a", "--for", "25h"}).code, 2);
  EXPECT_EQ(ask({"explain"}).code, 2);
}

TEST_F(BalancerctlTest, DescribesAProvider) {
  const Ended text = ask({"describe", "provider", "a"});
  const Ended as_json = ask({"describe", "provider", "b", "-o", "json"});

  EXPECT_EQ(text.code, 0) << text.err;
  EXPECT_THAT(text.out, HasSubstr("http://127.0.0.1:1"));
  EXPECT_THAT(text.out, HasSubstr("in flight"));
  EXPECT_THAT(text.out, testing::Not(HasSubstr("very-secret-key")));
  EXPECT_EQ(json::parse(as_json.out).at("state"), "disabled");
}

TEST_F(BalancerctlTest, AnUnknownProviderIsAFailureWithASuggestion) {
  const std::vector<std::vector<std::string>> verbs{{"describe", "provider", "aa"},
                                                    {"cooldown", "aa"},
                                                    {"restore", "aa"},
                                                    {"explain", "claude-x", "--provider", "aa"}};
  for (const std::vector<std::string>& verb : verbs) {
    const Ended ended = ask(verb);

    EXPECT_EQ(ended.code, 1) << verb.front();
    EXPECT_THAT(ended.out, IsEmpty()) << verb.front();
    EXPECT_THAT(ended.err, HasSubstr("did you mean a?")) << verb.front();
  }
}

// Two gateways on one control plane; a is tried before b, c is switched off.
class OperatedStackTest : public testing::Test {
 protected:
  OperatedStackTest() {
    a_.always(fakes::json_message("from a"));
    b_.always(fakes::json_message("from b"));
  }

  [[nodiscard]] Ended ask(std::vector<std::string> words) const {
    words.insert(words.begin(), {"--server", stack_.control_address()});
    return run({"balancerctl", std::move(words), {}});
  }

  // Who serves the first request of a session of its own by that gateway.
  std::string server_of_new_session(std::size_t gateway) { return server_of("new-" + std::to_string(++sessions_), gateway); }
  [[nodiscard]] std::string server_of(const std::string& session, std::size_t gateway) const {
    const fakes::HttpResponse response =
        stack_.client(gateway).post("/v1/messages", small_request(), {{"x-claude-code-session-id", session}});
    return response.headers.value("x-provider-used").value_or("nobody");
  }

  static StackOptions two_gateways() {
    StackOptions options;
    options.gateways = 2;
    return options;
  }

  static constexpr std::chrono::seconds kEverywhere{1};
  fakes::FakeProvider a_;
  fakes::FakeProvider b_;
  SplitStack stack_{edge_config({provider_entry("a", a_.base_url()), provider_entry("b", b_.base_url()),
                                 provider_entry("c", "http://127.0.0.1:1", {"enabled: false"})}),
                    two_gateways()};
  int sessions_ = 0;
};

TEST_F(OperatedStackTest, CooldownTakesAProviderOutOnEveryGatewayAndRestoreBringsItBack) {
  for (const std::size_t gateway : {0U, 1U}) ASSERT_EQ(server_of_new_session(gateway), "a");

  const Ended cooled = ask({"cooldown", "a", "--for", "10m"});
  EXPECT_EQ(cooled.code, 0) << cooled.err;
  EXPECT_THAT(cooled.out, testing::ContainsRegex("a is taken out for (10m00s|9m59s)"));
  for (const std::size_t gateway : {0U, 1U}) {
    EXPECT_TRUE(eventually([&] { return server_of_new_session(gateway) == "b"; }, kEverywhere));
    EXPECT_EQ(server_of_new_session(gateway), "b");
  }

  const Ended restored = ask({"restore", "a"});
  EXPECT_EQ(restored.code, 0) << restored.err;
  for (const std::size_t gateway : {0U, 1U}) {
    EXPECT_TRUE(eventually([&] { return server_of_new_session(gateway) == "a"; }, kEverywhere));
  }
}

TEST_F(OperatedStackTest, CooldownIsShownAndToldToPrograms) {
  const json cooled = json::parse(ask({"cooldown", "a", "-o", "json"}).out);

  EXPECT_EQ(cooled.at("name"), "a");
  EXPECT_EQ(cooled.at("state"), "cooling");
  EXPECT_NEAR(cooled.at("remaining_cooldown_seconds").get<double>(), 300, 10);
  EXPECT_THAT(ask({"get", "providers"}).out, testing::ContainsRegex("a +anthropic +cooling +[45]m[0-9][0-9]s"));
  EXPECT_EQ(json::parse(ask({"restore", "a", "-o", "json"}).out).at("state"), "healthy");
}

TEST_F(OperatedStackTest, ExplainNamesTheRouteAndEveryVerdict) {
  ASSERT_EQ(ask({"cooldown", "a"}).code, 0);

  const Ended text = ask({"explain", "claude-x"});
  const json explained = json::parse(ask({"explain", "claude-x", "-o", "json"}).out);
  const json pinned = json::parse(ask({"explain", "claude-x", "--provider", "a", "-o", "json"}).out);

  EXPECT_EQ(text.code, 0) << text.err;
  EXPECT_THAT(text.out, testing::ContainsRegex("route +\\*  \\(priority\\)"));
  EXPECT_THAT(text.out, testing::ContainsRegex("1 +b +passthrough +usable"));
  EXPECT_THAT(text.out, testing::ContainsRegex("- +a +passthrough +cooling for [45]m[0-9][0-9]s: taken out by an operator"));
  EXPECT_THAT(text.out, testing::ContainsRegex("- +c +passthrough +disabled"));
  EXPECT_EQ(explained.at("route"), "*");
  EXPECT_EQ(explained.at("targets").at(0).at("provider"), "b");
  EXPECT_EQ(explained.at("targets").at(0).at("position"), 1);
  EXPECT_EQ(explained.at("targets").at(1).at("verdict"), "cooling");
  EXPECT_TRUE(explained.at("targets").at(1).at("position").is_null());
  EXPECT_EQ(pinned.at("targets").at(0).at("provider"), "a");
  EXPECT_EQ(pinned.at("targets").at(0).at("position"), 1);
  EXPECT_EQ(pinned.at("targets").at(1).at("verdict"), "not_pinned");
  EXPECT_EQ(a_.request_count() + b_.request_count(), 0U);
}

TEST_F(OperatedStackTest, ExplainKnowsWhereASessionGoes) {
  ASSERT_EQ(ask({"cooldown", "a"}).code, 0);
  ASSERT_EQ(server_of("s1", 0), "b");
  ASSERT_EQ(ask({"restore", "a"}).code, 0);

  const Ended known = ask({"explain", "claude-x", "--session", "s1"});
  const Ended unknown = ask({"explain", "claude-x", "--session", "s2"});

  EXPECT_THAT(known.out, HasSubstr("session   goes to b\n"));
  EXPECT_THAT(known.out, testing::ContainsRegex("1 +b +passthrough +usable"));
  EXPECT_EQ(server_of("s1", 1), "b");
  EXPECT_THAT(unknown.out, HasSubstr("session   has no provider yet\n"));
  EXPECT_THAT(unknown.out, testing::ContainsRegex("1 +a +passthrough +usable"));
}

TEST_F(OperatedStackTest, GatewaysAndBalancerctlListTheSameHealthAndLoad) {
  a_.always(fakes::error_answer(429, "rate_limit_error", "slow down"));
  ASSERT_EQ(server_of_new_session(0), "b");
  const auto listed = [&](std::size_t provider) {
    return stack_.client(1).get("/providers").json().at("providers").at(provider);
  };
  ASSERT_TRUE(eventually([&] { return listed(0).at("cooling_models").size() == 1; }));
  ASSERT_TRUE(eventually([&] { return listed(1).at("latency_ms").is_number(); }));

  const json a = listed(0);
  EXPECT_EQ(a.at("status"), "healthy");
  EXPECT_EQ(a.at("in_flight"), 0);
  EXPECT_TRUE(a.at("latency_ms").is_null());
  EXPECT_EQ(a.at("cooling_models").at(0).at("model"), "claude-x");
  EXPECT_TRUE(a.at("cooling_models").at(0).at("cooldown_until").is_string());
  EXPECT_THAT(a.at("cooling_models").at(0).at("last_error").get<std::string>(), HasSubstr("429"));
  EXPECT_EQ(listed(1).at("in_flight"), 0);
  EXPECT_EQ(listed(1).at("cooling_models"), json::array());
  EXPECT_THAT(ask({"get", "providers"}).out, HasSubstr("healthy (1 model cooling)"));
  EXPECT_THAT(ask({"describe", "provider", "a"}).out, testing::ContainsRegex("claude-x +[0-9]+s +.*429"));
}

TEST(UnreachableServerTest, IsAFailureWithAReason) {
  const TempDir directory;
  const std::string server = "unix:" + (directory / "nobody.sock").string();

  const std::vector<std::vector<std::string>> verbs{{"get", "providers"},
                                                    {"describe", "provider", "a"},
                                                    {"cooldown", "a"},
                                                    {"restore", "a"},
                                                    {"explain", "claude-x"},
                                                    {"reload"}};
  for (const std::vector<std::string>& verb : verbs) {
    std::vector<std::string> words{"--server", server};
    words.insert(words.end(), verb.begin(), verb.end());

    const Ended ended = run({"balancerctl", words, {}});

    EXPECT_EQ(ended.code, 1) << verb.front();
    EXPECT_THAT(ended.out, IsEmpty());
    EXPECT_THAT(ended.err, HasSubstr("nobody.sock"));
  }
}

TEST(UnreachableServerTest, TheClientsOwnVersionIsStillTold) {
  const TempDir directory;

  const Ended ended =
      run({"balancerctl", {"--server", "unix:" + (directory / "nobody.sock").string(), "version", "-o", "json"}, {}});

  EXPECT_EQ(ended.code, 0);
  EXPECT_TRUE(json::parse(ended.out).at("server").is_null());
}

}  // namespace
}  // namespace balancer::integration
