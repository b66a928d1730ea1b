// One access record a request, whatever became of it (seed-compat.md section 3).
#include <gmock/gmock.h>

#include "tests/fakes/provider_answers.hpp"
#include "tests/integration/observability/observed_stack.hpp"

namespace balancer::integration {
namespace {

using nlohmann::json;

using AccessRecordTest = ObservedStackTest;

TEST_F(AccessRecordTest, SaysWhoAnsweredAndWhatItCost) {
  start();

  const json record = access_record(ask());

  EXPECT_EQ(record.at("level"), "INFO");
  EXPECT_EQ(record.at("logger"), "balancer-gateway");
  EXPECT_EQ(record.at("endpoint"), "messages");
  EXPECT_EQ(record.at("model"), "claude-x");
  EXPECT_EQ(record.at("route"), "claude-*");
  EXPECT_EQ(record.at("provider"), "first");
  EXPECT_EQ(record.at("status"), 200);
  EXPECT_EQ(record.at("outcome"), "success");
  EXPECT_EQ(record.at("attempts"), 1);
  EXPECT_EQ(record.at("cache"), "bypass");
  EXPECT_EQ(record.at("tokens").get<int>(), record.at("input_tokens").get<int>() + record.at("output_tokens").get<int>());
  EXPECT_GT(record.at("tokens"), 0);
  EXPECT_GT(record.at("response_time"), 0.0);
  EXPECT_LE(record.at("time_to_first_byte"), record.at("response_time"));
  EXPECT_LE(record.at("overhead"), record.at("response_time"));
  EXPECT_FALSE(record.contains("error"));
}

TEST_F(AccessRecordTest, CountsTheAttemptsBehindAnAnswer) {
  first_.always(fakes::overloaded());
  start();

  const fakes::HttpResponse response = ask();

  const json record = access_record(response);
  EXPECT_EQ(record.at("provider"), "second");
  EXPECT_EQ(record.at("attempts"), 2);
  EXPECT_EQ(record.at("status"), 200);
  const auto failures = log_lines("upstream attempt failed", record.at("request_id"));
  ASSERT_EQ(failures.size(), 1u);
  EXPECT_EQ(failures[0].at("provider"), "first");
  EXPECT_EQ(failures[0].at("level"), "WARNING");
}

TEST_F(AccessRecordTest, OfARequestThatNobodyCouldServeIsAnError) {
  first_.always(fakes::overloaded());
  second_.always(fakes::overloaded());
  start();

  const json record = access_record(ask());

  EXPECT_EQ(record.at("level"), "ERROR");
  EXPECT_EQ(record.at("status"), 529);
  EXPECT_EQ(record.at("attempts"), 2);
  EXPECT_FALSE(record.at("error").get<std::string>().empty());
}

TEST_F(AccessRecordTest, IsWrittenForWhatIsRefusedAtTheDoor) {
  start({"auth: { enabled: true, keys: [{ name: alice, key: alices-key }] }"});
  const fakes::HeaderFields key{{"x-api-key", "alices-key"}};

  const json no_key = access_record(ask());
  const json no_route = access_record(ask("gpt-x", key));
  const json no_json = access_record(client().post("/v1/messages", "{\"model\":", key));
  const json no_path = access_record(client().get("/v1/nothing", key));
  const json served = access_record(ask("claude-x", key));

  EXPECT_EQ(no_key.at("status"), 401);
  EXPECT_EQ(no_key.at("level"), "WARNING");
  EXPECT_EQ(no_route.at("status"), 404);
  EXPECT_EQ(no_route.at("model"), "gpt-x");
  EXPECT_EQ(no_route.at("caller"), "alice");
  EXPECT_EQ(no_route.at("attempts"), 0);
  EXPECT_EQ(no_json.at("status"), 400);
  EXPECT_EQ(no_path.at("status"), 404);
  EXPECT_EQ(no_path.at("endpoint"), "other");
  EXPECT_EQ(served.at("caller"), "alice");
}

TEST_F(AccessRecordTest, OfAStreamThatBrokeIsAnErrorThoughItsStatusWas200) {
  first_.always(fakes::reset_after_events(3, fakes::sse_stream({"a", "b", "c"})));
  start();

  const json record = access_record(ask("claude-x", {}, /*stream=*/true));

  EXPECT_EQ(record.at("status"), 200);
  EXPECT_EQ(record.at("stream"), true);
  EXPECT_EQ(record.at("outcome"), "transient");
  EXPECT_EQ(record.at("level"), "ERROR");
}

TEST_F(AccessRecordTest, OfAClientThatLeftSays499) {
  first_.always(fakes::hang());
  start();
  {
    fakes::HttpConnection connection = client().connect();
    connection.send_request("POST", "/v1/messages",
                            R"({"model":"claude-x","max_tokens":1,"messages":[{"role":"user","content":"hi"}]})");
    ASSERT_TRUE(first_.wait_for_requests(1));
  }

  ASSERT_TRUE(eventually([&] { return !log_lines("request completed").empty(); }));

  const auto records = log_lines("request completed");
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].at("status"), 499);
  EXPECT_EQ(records[0].at("outcome"), "client_gone");
}

TEST_F(AccessRecordTest, TellsHitsAndJoinsFromAnswersThatWereMade) {
  start({"max_cache_size: 10"});
  stack().write_config("providers:\n" + provider_entry("first", first_.base_url()) +
                       "model_routes: { \"*\": [{ provider: first, model: passthrough, priority: 1 }] }\n"
                       "settings: { max_cache_size: 10 }\n");
  ASSERT_EQ(balancerctl({"reload"}).code, 0);
  ASSERT_TRUE(eventually([&] { return stack().gateway().metric("balancer_gateway_snapshot_version") == 2; }));

  const json made = access_record(ask());
  fakes::HttpResponse copy = ask();
  ASSERT_TRUE(eventually([&] { return (copy = ask()).headers.value("x-balancer-cache") == "hit"; }));
  const json hit = access_record(copy);

  EXPECT_EQ(made.at("cache"), "miss");
  EXPECT_EQ(made.at("attempts"), 1);
  EXPECT_EQ(hit.at("cache"), "hit");
  EXPECT_EQ(hit.at("attempts"), 0);
  EXPECT_EQ(hit.at("provider"), "first");
  EXPECT_EQ(hit.at("tokens"), made.at("tokens"));
}

TEST_F(AccessRecordTest, ProbesAreNotLogged) {
  start();
  ASSERT_EQ(client().get("/readyz").status, 200);

  const json record = access_record(ask());

  EXPECT_EQ(log_lines("request completed").size(), 1u);
}

}  // namespace
}  // namespace balancer::integration
