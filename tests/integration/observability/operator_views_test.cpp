// What an operator sees of requests, and why they went where they went: with balancerctl, and on the live page's feed.
#include <gmock/gmock.h>

#include "tests/fakes/provider_answers.hpp"
#include "tests/integration/observability/observed_stack.hpp"

namespace balancer::integration {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

class OperatorViewsTest : public ObservedStackTest {
 protected:
  // As balancerctl tells it, once its end is known.
  [[nodiscard]] json told(const fakes::HttpResponse& response) const {
    const std::string id = id_of(response);
    json request;
    EXPECT_TRUE(eventually([&] {
      const Ended ended = balancerctl({"describe", "request", id, "-o", "json"});
      request = json::parse(ended.out, nullptr, /*allow_exceptions=*/false);
      return ended.code == 0 && request.value("state", "") == "done";
    }));
    return request;
  }

  [[nodiscard]] json state() { return json::parse(stack().control_http().get("/dashboard/state").body); }
};

TEST_F(OperatorViewsTest, ARequestIsToldWithItsReasonItsAttemptsAndItsCost) {
  start();
  first_.enqueue(fakes::overloaded());

  const json request = told(ask());

  EXPECT_EQ(request.at("model"), "claude-x");
  EXPECT_EQ(request.at("route"), "claude-*");
  EXPECT_EQ(request.at("reason"), "first: first by priority");
  EXPECT_EQ(request.at("status"), 200);
  EXPECT_EQ(request.at("provider"), "second");
  EXPECT_EQ(request.at("planned_by"), "control_plane");
  ASSERT_EQ(request.at("attempts").size(), 2u);
  EXPECT_EQ(request.at("attempts").at(0).at("provider"), "first");
  EXPECT_EQ(request.at("attempts").at(0).at("outcome"), "transient");
  EXPECT_EQ(request.at("attempts").at(0).at("status"), 529);
  EXPECT_EQ(request.at("attempts").at(1).at("outcome"), "success");
  EXPECT_EQ(request.at("explanation").at("targets").size(), 2u);
  EXPECT_GT(request.at("input_tokens"), 0);
}

TEST_F(OperatorViewsTest, TheReasonNamesTheProviderThatCools) {
  start();
  ASSERT_EQ(balancerctl({"cooldown", "first"}).code, 0);

  const json request = told(ask());

  EXPECT_EQ(request.at("reason"), "second: first by priority; first is cooling");
}

TEST_F(OperatorViewsTest, ARequestThatNobodyServesIsToldToo) {
  start();

  const json request = told(ask("gpt-x"));

  EXPECT_EQ(request.at("status"), 404);
  EXPECT_THAT(request.at("reason"), HasSubstr("matches no entry of model_routes"));
}

TEST_F(OperatorViewsTest, ARequestThatWasPlannedWithoutAControlPlaneIsToldOnceThereIsOne) {
  start();
  stack().kill_control_plane();
  ASSERT_EQ(ask().status, 200);
  stack().start_control_plane();
  ASSERT_TRUE(eventually([&] { return stack().gateway().metric("balancer_gateway_control_plane_connected") == 1; }));

  const json request = told(ask());

  EXPECT_EQ(request.at("status"), 200);
}

TEST_F(OperatorViewsTest, ListsAreTablesOfTheNewestFirst) {
  start();
  static_cast<void>(told(ask("claude-one")));
  static_cast<void>(told(ask("claude-two")));

  const Ended table = balancerctl({"get", "requests"});
  const Ended names = balancerctl({"get", "requests", "-o", "name", "--limit", "1"});

  EXPECT_EQ(table.code, 0);
  EXPECT_LT(table.out.find("claude-two"), table.out.find("claude-one"));
  EXPECT_EQ(names.out, json::parse(balancerctl({"get", "requests", "-o", "json"}).out).at("requests").at(0).at("id").get<std::string>() + "\n");
}

TEST_F(OperatorViewsTest, RoutesConfigAndTopAreShown) {
  start();

  EXPECT_THAT(balancerctl({"get", "routes"}).out, HasSubstr("claude-*"));
  const Ended config = balancerctl({"get", "config"});
  EXPECT_THAT(config.out, HasSubstr("base_url: " + first_.base_url()));
  EXPECT_THAT(config.out, Not(HasSubstr("null\"")));
  const Ended top = balancerctl({"top"});
  EXPECT_THAT(top.out, HasSubstr("requests"));
  EXPECT_THAT(top.out, HasSubstr("first"));
  const json gateways = json::parse(balancerctl({"get", "gateways", "-o", "json"}).out).at("gateways");
  ASSERT_EQ(gateways.size(), 1u);
  EXPECT_EQ(gateways.at(0).at("listen_address"), stack().gateway().listening().address("http"));
}

TEST_F(OperatorViewsTest, WatchingShowsItAgainAndAgain) {
  start();

  const Ended watched = balancerctl({"watch", "providers", "--interval", "10ms", "--rounds", "3"});

  EXPECT_EQ(watched.code, 0);
  std::size_t tables = 0;
  for (std::size_t at = watched.out.find("NAME"); at != std::string::npos; at = watched.out.find("NAME", at + 1)) ++tables;
  EXPECT_EQ(tables, 3u);
  EXPECT_THAT(watched.out, Not(HasSubstr("\x1b")));
}

TEST_F(OperatorViewsTest, AFileIsComparedWithWhatIsInForce) {
  start();
  const std::string same = (stack().directory().path() / "config.yaml").string();
  EXPECT_EQ(balancerctl({"config", "diff", same}).code, 0);
  fakes::TempDir folder;
  folder.write("other.yaml", "providers:\n" + provider_entry("first", "http://127.0.0.1:9") +
                                 "model_routes: { \"*\": [{ provider: first }] }\n");

  const Ended ended = balancerctl({"config", "diff", (folder.path() / "other.yaml").string()});

  EXPECT_EQ(ended.code, 3);
  EXPECT_THAT(ended.out, HasSubstr("~ providers[first].base_url: " + first_.base_url() + " -> http://127.0.0.1:9"));
  EXPECT_THAT(ended.out, HasSubstr("- providers[second].base_url"));
}

TEST_F(OperatorViewsTest, TheLivePagesFeedShowsASickProviderWithinTwoSeconds) {
  first_.always(fakes::rate_limited(std::chrono::seconds(120)));
  start();
  ASSERT_EQ(state().at("providers").at(0).at("state"), "healthy");

  ASSERT_EQ(ask().status, 200);

  ASSERT_TRUE(eventually([&] { return state().at("providers").at(0).at("state") == "cooling"; }, std::chrono::seconds(2)));
  const json provider = state().at("providers").at(0);
  EXPECT_GT(provider.at("remaining_cooldown_seconds"), 100.0);
  EXPECT_THAT(provider.at("last_error"), HasSubstr("429"));
  ASSERT_TRUE(eventually([&] { return state().at("requests").at(0).at("state") == "done"; }));
  const json request = state().at("requests").at(0);
  EXPECT_EQ(request.at("provider"), "second");
  EXPECT_EQ(request.at("attempts").at(0).at("outcome"), "rate_limited");
}

// promises.md T45.
TEST_F(OperatorViewsTest, ForeignPagesCannotReadTheLivePage) {
  start();
  const fakes::HttpClient control = stack().control_http();

  EXPECT_EQ(control.get("/dashboard/state", {{"Host", "evil.example"}}).status, 403);
  EXPECT_EQ(control.get("/dashboard/state", {{"Origin", "http://evil.example"}}).status, 403);
  const fakes::HttpResponse page = control.get("/dashboard/");
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.headers.value("content-security-policy").value_or(""), Not(HasSubstr("unsafe")));
  EXPECT_EQ(control.post("/dashboard/state", "{}").status, 405);
}

}  // namespace
}  // namespace balancer::integration
