// What a client is told when a provider cannot answer (protocol.md 5, cases 8, 11, 12, 103, 105).
#include <optional>
#include <vector>

#include "tests/fakes/unreachable_port.hpp"
#include "tests/integration/passthrough/passthrough_fixtures.hpp"

namespace balancer::integration {
namespace {

using fakes::ScriptedResponse;

using ErrorAnswersTest = OneProviderTest;
using FailoverAnswersTest = TwoProvidersTest;

// Case 8.
TEST_F(FailoverAnswersTest, AClientsOwnMistakeIsAnsweredInTheProvidersWords) {
  const std::string document =
      "{\"request_id\" : \"req_u\",\"error\":{ \"message\":\"prompt is too long: 5 > 4\",\"type\":"
      "\"invalid_request_error\"}, \"type\":\"error\"}\n";
  for (const int status : {400, 422}) {
    for (const std::string& request : {small_request(), small_stream_request()}) {
      first_.enqueue(ScriptedResponse()
                         .status(status)
                         .header("content-type", "application/json")
                         .header("request-id", "req_u")
                         .header("x-should-retry", "false")
                         .send(document));

      const fakes::HttpResponse response = client_.post("/v1/messages", request);

      EXPECT_TRUE(is_error(response, status, "invalid_request_error"));
      EXPECT_TRUE(same_bytes(response.body, document));
      EXPECT_EQ(response.headers.value("request-id"), "req_u");
      EXPECT_EQ(response.headers.value("x-should-retry"), "false");
      EXPECT_EQ(response.headers.value("x-provider-used"), "first");
    }
  }
  EXPECT_EQ(second_.request_count(), 0U);
  const nlohmann::json state = provider_state(client_, "first");
  EXPECT_EQ(state["healthy"], true);
  EXPECT_EQ(state["failure_count"], 0);
}

// Case 11.
TEST_F(FailoverAnswersTest, AnErrorBeforeTheFirstEventIsNotSeenByTheClient) {
  const ScriptedResponse good = fakes::sse_stream({"from", " two"});
  second_.always(good);
  for (const ScriptedResponse& bad :
       {fakes::sse_error_first("overloaded_error"), fakes::sse_error_after({}, "api_error").keep_parts(1),
        fakes::sse_bytes({": only a comment\n\n"}), fakes::sse_bytes({})}) {
    first_.enqueue(bad);
    const fakes::HttpResponse response =
        client_.post("/v1/messages", small_stream_request());

    EXPECT_EQ(response.status, 200);
    EXPECT_TRUE(same_bytes(response.body, good.body()));
    EXPECT_EQ(response.headers.value("x-provider-used"), "second");
  }
  EXPECT_EQ(first_.request_count(), 4U);
}

// Case 12.
TEST_F(ErrorAnswersTest, AStreamThatBeginsWithItsErrorBecomesAnHttpError) {
  provider_.enqueue(fakes::sse_error_first("overloaded_error"));

  const fakes::HttpResponse response = client_.post("/v1/messages", small_stream_request());

  EXPECT_TRUE(is_error(response, 529, "overloaded_error"));
  EXPECT_EQ(response.reason, "Overloaded");
}

// Asks a gateway whose only provider gives this answer.
fakes::HttpResponse answer_to(const ScriptedResponse& providers_answer) {
  fakes::FakeProvider provider;
  provider.always(providers_answer);
  const Standalone gateway(ConfigText{{entry("only", provider)}, "", ""}.yaml());
  return gateway.client().post("/v1/messages", small_request());
}

// Case 103.
TEST(RejectedCredentialsTest, AreNotTheClients) {
  for (const int status : {401, 403}) {
    const fakes::HttpResponse response =
        answer_to(fakes::error_answer(status, "authentication_error", "invalid x-api-key: key-of-the-provider"));

    EXPECT_TRUE(is_error(response, 502, "api_error"));
    EXPECT_EQ(response.headers.value("x-should-retry"), "false");
    EXPECT_EQ(response.raw.find("key-of-the-provider"), std::string::npos);
  }
}

// Case 105.
TEST_F(FailoverAnswersTest, AFailureIsAnsweredByTheNextProvider) {
  first_.enqueue(fakes::server_error(500));
  second_.enqueue(fakes::json_message("two"));

  const fakes::HttpResponse response = client_.post("/v1/messages", small_request());

  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers.value("x-balancer-attempts"), "2");
  EXPECT_EQ(response.headers.value("x-provider-used"), "second");
  EXPECT_EQ(first_.requests().back().body, second_.requests().back().body);
}

TEST(OnlyProviderTest, SpeaksForItself) {
  struct Case {
    ScriptedResponse answer;
    int status;
    std::string_view type;
    std::optional<std::string> retry_after;
  };
  const std::vector<Case> cases = {
      {fakes::server_error(500), 500, "api_error", std::nullopt},
      {fakes::overloaded(), 529, "overloaded_error", std::nullopt},
      {fakes::rate_limited(std::chrono::seconds(17)), 429, "rate_limit_error", "17"},
      {fakes::error_answer(404, "not_found_error", "model: claude-test"), 404, "not_found_error", std::nullopt},
  };
  for (const Case& c : cases) {
    const fakes::HttpResponse response = answer_to(c.answer);

    EXPECT_TRUE(is_error(response, c.status, c.type));
    EXPECT_TRUE(same_bytes(response.body, c.answer.body()));
    EXPECT_EQ(response.headers.value("retry-after"), c.retry_after);
    EXPECT_EQ(response.headers.value("x-provider-used"), "only");
  }
}

TEST(OnlyProviderTest, GivingNoUsableAnswerIsABadGateway) {
  const std::vector<ScriptedResponse> answers = {
      fakes::html_200(),
      ScriptedResponse().header("content-type", "application/json").send(""),
      ScriptedResponse().header("content-type", "application/json").send(" \n"),
      ScriptedResponse().header("content-type", "application/json").send("<html>secret-page</html>"),
      ScriptedResponse().status(502).header("content-type", "text/html").send("<html>secret-page</html>"),
      fakes::close_before_headers(),
      fakes::reset_before_headers(),
      fakes::reset_after(20, fakes::json_message("half")),
      fakes::raw_answer("HTTP/1.1 999 Odd\r\n\r\n"),
      fakes::raw_answer("secret-page\r\n\r\n"),
  };
  for (const ScriptedResponse& answer : answers) {
    SCOPED_TRACE(answer.head() + answer.body());

    const fakes::HttpResponse response = answer_to(answer);

    ASSERT_TRUE(is_error(response, 502, "api_error"));
    EXPECT_THAT(response.json()["error"]["message"], testing::StartsWith("gateway: "));
    EXPECT_EQ(response.raw.find("secret-page"), std::string::npos);
    EXPECT_EQ(response.raw.find("<html"), std::string::npos);
  }
}

TEST_F(FailoverAnswersTest, AnErrorDocumentUnderStatus200IsAnError) {
  const ScriptedResponse error = ScriptedResponse()
                                     .header("content-type", "application/json")
                                     .send(R"({"type":"error","error":{"type":"overloaded_error","message":"busy"}})");
  first_.enqueue(error);
  second_.enqueue(fakes::json_message("two"));

  EXPECT_EQ(client_.post("/v1/messages", small_request()).headers.value("x-provider-used"), "second");

  EXPECT_TRUE(is_error(answer_to(error), 529, "overloaded_error"));
}

TEST(UnreachableProviderTest, IsABadGateway) {
  const fakes::RefusingPort nobody;
  const Standalone gateway(
      ConfigText{{{"only", "http://127.0.0.1:" + std::to_string(nobody.port())}}, "", ""}.yaml());

  const fakes::HttpResponse response = gateway.client().post("/v1/messages", small_request());

  EXPECT_TRUE(is_error(response, 502, "api_error"));
  EXPECT_EQ(response.headers.value("x-balancer-attempts"), "1");
  EXPECT_EQ(response.headers.value("x-provider-used"), "only");
}

TEST(UnroutedModelTest, IsNotFound) {
  fakes::FakeProvider provider;
  const Standalone gateway(
      ConfigText{{entry("only", provider)}, "", "  claude-known:\n    - " + any_model_to("only", 1) + "\n"}.yaml());

  EXPECT_TRUE(is_error(gateway.client().post("/v1/messages", small_request()), 404, "not_found_error"));
  EXPECT_EQ(provider.request_count(), 0U);
}

}  // namespace
}  // namespace balancer::integration
