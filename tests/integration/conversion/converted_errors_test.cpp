// What a client is told when a converted provider cannot answer (protocol.md 5.3 to 5.6, cases 57, 58, 85, 103 to 107).
#include <algorithm>
#include <optional>

#include "tests/fakes/compression.hpp"
#include "tests/integration/conversion/converted_stack.hpp"
#include "tests/integration/passthrough/expectations.hpp"

namespace balancer::integration {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct ErrorRow {
  std::string name;
  fakes::ScriptedResponse answer;
  int status;
  std::string type;
  std::string words;
  std::string should_retry{};
};

std::vector<ErrorRow> error_rows() {
  const auto answer = fakes::chat_error;
  return {
      {"ABadRequest", answer(400, "bad 'messages'", "invalid_value", ""), 400, "invalid_request_error", "bad 'messages'"},
      {"AnUnprocessableOne", answer(422, "no", "", ""), 400, "invalid_request_error", "no"},
      {"AnOverflow", answer(400, "This model's maximum context length is 8192 tokens. However, your messages resulted "
                                 "in 9000 tokens.", "context_length_exceeded", "messages"),
       400, "invalid_request_error", "prompt is too long: 9000 tokens > 8192 maximum"},
      {"AMissingModel", answer(404, "The model `real-model` does not exist", "model_not_found", ""), 404,
       "not_found_error", "model: claude-test"},
      {"AMissingModelAs400", answer(400, "model real-model does not exist", "", ""), 404, "not_found_error",
       "model: claude-test"},
      {"ARejectedKey", answer(401, "Incorrect API key provided: sk-se***ret", "invalid_api_key", ""), 502, "api_error",
       "gateway: ", "false"},
      {"AnEmptyAccount", answer(429, "You exceeded your current quota", "insufficient_quota", ""), 429,
       "rate_limit_error", "quota", "false"},
      {"ARateLimit", answer(429, "Rate limit reached", "rate_limit_exceeded", ""), 429, "rate_limit_error", "Rate limit reached"},
      {"AnOverload", answer(503, "Overloaded", "", ""), 529, "overloaded_error", "Overloaded"},
      {"AFault", answer(500, "boom", "", ""), 502, "api_error", "boom"},
      {"ContentPolicy", answer(400, "filtered", "content_filter", ""), 400, "invalid_request_error", "filtered"},
      {"AnErrorInA200", fakes::chat_document(R"({"error":{"message":"slow down","code":429}})"), 429, "rate_limit_error",
       "slow down"},
      {"HtmlInA200", fakes::html_200(), 502, "api_error", "HTML"},
      {"NoChoices", fakes::chat_document(R"({"hello":1})"), 502, "api_error", "not a completion"},
      {"AnErrorAsFirstEvent", fakes::chat_events({"data: {\"error\":{\"message\":\"Overloaded\",\"code\":503}}\n\n"}), 529,
       "overloaded_error", "Overloaded"},
      {"AStreamThatEndsBeforeItBegins", fakes::chat_events({": nothing\n\n"}), 502, "api_error", "prematurely"},
  };
}

class ErrorRowTest : public testing::TestWithParam<ErrorRow> {};

TEST_P(ErrorRowTest, IsToldInAnthropicsTerms) {
  const ErrorRow& row = GetParam();
  fakes::FakeProvider provider;
  provider.always(row.answer);
  const Standalone gateway(converted_config({{"chat", "openai", provider.base_url() + "/v1"}}));

  const fakes::HttpResponse response = gateway.client().post("/v1/messages", stream_question());

  EXPECT_TRUE(is_error(response, row.status, row.type)) << response.body;
  EXPECT_THAT(response.json()["error"]["message"].get<std::string>(), HasSubstr(row.words));
  EXPECT_EQ(response.headers.value("x-should-retry").value_or(""), row.should_retry);
  EXPECT_THAT(response.raw, Not(HasSubstr("sk-se")));
}

INSTANTIATE_TEST_SUITE_P(Rows, ErrorRowTest, testing::ValuesIn(error_rows()),
                         [](const auto& row) { return row.param.name; });

TEST_F(ConvertedProviderTest, ARateLimitTellsWhenToComeBack) {
  provider_.enqueue(fakes::chat_error(429, "Rate limit reached", "", "").header("retry-after", "7"));

  EXPECT_EQ(client_.post("/v1/messages", question()).headers.value("retry-after"), "7");
}

// Case 107.
TEST_F(ConvertedProviderTest, AFieldThatTheProviderDoesNotKnowIsLeftOutOnceAndRemembered) {
  provider_.enqueue(fakes::chat_error(400, "Unsupported parameter: 'max_tokens' is not supported with this model. Use "
                                           "'max_completion_tokens' instead.", "unsupported_parameter", "max_tokens"));
  provider_.enqueue(fakes::chat_completion("healed"));
  provider_.enqueue(fakes::chat_completion("remembered"));

  // On one connection, and so on one thread of the gateway: the others hear of it a moment later.
  fakes::HttpConnection connection = client_.connect();
  const fakes::HttpResponse first = connection.post("/v1/messages", question());
  const fakes::HttpResponse second = connection.post("/v1/messages", question());

  EXPECT_EQ(first.json()["content"][0]["text"], "healed");
  EXPECT_EQ(first.headers.value("x-balancer-attempts"), "1");
  EXPECT_EQ(second.json()["content"][0]["text"], "remembered");
  ASSERT_EQ(provider_.request_count(), 3U);
  EXPECT_TRUE(asked(0).contains("max_tokens"));
  EXPECT_EQ(asked(1)["max_completion_tokens"], 64);
  EXPECT_FALSE(asked(1).contains("max_tokens"));
  EXPECT_EQ(asked(2)["max_completion_tokens"], 64);
}

TEST_F(ConvertedProviderTest, HealsOnceAndNoMore) {
  provider_.always(fakes::chat_error(400, "Unsupported parameter: 'stream_options'", "", "stream_options"));

  const fakes::HttpResponse response = client_.post("/v1/messages", stream_question());

  EXPECT_TRUE(is_error(response, 400, "invalid_request_error"));
  EXPECT_EQ(provider_.request_count(), 2U);
}

// Case 83 and its kin: half an answer is never a whole one.
TEST_F(ConvertedProviderTest, AStreamThatBreaksEndsWithAnErrorEvent) {
  const auto half = [] { return fakes::chat_events({fakes::chat_chunk(R"({"content":"half"})")}); };
  const std::vector<std::pair<fakes::ScriptedResponse, std::string>> endings = {
      {half().send(": no more\n\n"), "api_error"},
      {half().send(": no more\n\n").reset(), "api_error"},
      {half().send("data: {\"error\":{\"message\":\"Overloaded\",\"code\":503}}\n\n"), "overloaded_error"},
      {half().send("data: {\"error\":{\"message\":\"slow\",\"code\":429}}\n\n"), "rate_limit_error"},
      {half().send("data: {nonsense}\n\n"), "api_error"},
  };
  for (auto [answer, type] : endings) {
    auto seen = std::make_shared<fakes::Latch>();
    provider_.enqueue(answer.hold_part(1, seen));

    fakes::HttpConnection connection = client_.connect();
    connection.send_request("POST", "/v1/messages", stream_question());
    fakes::HttpResponse response = connection.read_head();
    response.body = connection.read_until("\"half\"");
    seen->release();
    while (true) {
      const std::string more = connection.read_some();
      if (more.empty()) break;
      response.body += more;
    }

    EXPECT_EQ(response.status, 200);
    EXPECT_TRUE(connection.body_complete());
    EXPECT_EQ(response.streamed_text(), "half");
    EXPECT_EQ(error_event_type(response), type);
    EXPECT_EQ(response.event_names().back(), "error");
  }
}

// A call that was cut must not look like one to run (protocol.md 4.4 rule 18).
TEST_F(ConvertedProviderTest, ACallThatWasCutIsNotClosed) {
  provider_.enqueue(fakes::chat_events({fakes::chat_chunk(
      R"({"tool_calls":[{"index":0,"id":"a","function":{"name":"ls","arguments":"{\"x\":"}}]})")}));
  const std::string request =
      R"({"model":"m","max_tokens":9,"stream":true,"messages":[{"role":"user","content":"hi"}],)"
      R"("tools":[{"name":"ls","input_schema":{"type":"object"}}]})";

  const fakes::HttpResponse response = client_.post("/v1/messages", request);

  EXPECT_THAT(response.body, Not(HasSubstr("content_block_stop")));
  EXPECT_EQ(error_event_type(response), "api_error");
}

const char* const kCodings[] = {"gzip", "br", "zstd", "deflate", "gzip, gzip", "x"};

// Compressed it is what would become a gigabyte; nothing of it is undone (promises.md T36).
fakes::ScriptedResponse in_coding(fakes::ScriptedResponse head, const char* coding) {
  static const std::string kBomb = fakes::compressed(std::string(16 * 1024 * 1024, ' '), fakes::Coding::kGzip);
  head.header("content-encoding", coding);
  for (int i = 0; i < 64; ++i) head.send(kBomb);
  return head;
}

class CodedAnswerTest : public ConvertedProviderTest {
 protected:
  CodedAnswerTest() : ConvertedProviderTest("", "unhealthy_threshold: 1000") {}
};

TEST_F(CodedAnswerTest, IsRefusedAsItStands) {
  for (const char* coding : kCodings) {
    SCOPED_TRACE(coding);
    provider_.enqueue(in_coding(fakes::ScriptedResponse().header("content-type", "application/json"), coding));
    provider_.enqueue(in_coding(fakes::ScriptedResponse().header("content-type", "text/event-stream").chunked(), coding));

    for (const std::string& asked : {question(), stream_question()}) {
      const fakes::HttpResponse response = client_.post("/v1/messages", asked);

      EXPECT_TRUE(is_error(response, 502, "api_error"));
      EXPECT_THAT(response.json()["error"]["message"].get<std::string>(), HasSubstr("compressed"));
    }
  }

  provider_.enqueue(fakes::chat_completion("plain").header("content-encoding", "Identity"));
  EXPECT_EQ(client_.post("/v1/messages", question()).json()["content"][0]["text"], "plain");
}

TEST_F(CodedAnswerTest, OfAnErrorNothingIsToldButItsStatus) {
  for (const char* coding : kCodings) {
    SCOPED_TRACE(coding);
    provider_.enqueue(in_coding(fakes::ScriptedResponse().status(400).header("content-type", "application/json"), coding));

    const fakes::HttpResponse response = client_.post("/v1/messages", question());

    EXPECT_TRUE(is_error(response, 400, "invalid_request_error"));
    const auto message = response.json()["error"]["message"].get<std::string>();
    EXPECT_FALSE(message.empty());
    EXPECT_TRUE(std::all_of(message.begin(), message.end(), [](char c) { return c >= ' ' && c <= '~'; })) << message;
  }
}

TEST_F(MixedProvidersTest, AnAnswerInACodingIsReplacedByTheNextProviders) {
  chat_.enqueue(in_coding(fakes::ScriptedResponse().header("content-type", "application/json"), "gzip"));
  claude_.enqueue(fakes::json_message("from the next"));

  EXPECT_EQ(client_.post("/v1/messages", question()).json()["content"][0]["text"], "from the next");
}

class DepartureTest : public ConvertedProviderTest {
 protected:
  DepartureTest() : ConvertedProviderTest("", "deduplication: {linger: 0s}") {}
};

TEST_F(DepartureTest, AClientThatLeavesCancelsTheCallAndCountsAgainstNobody) {
  provider_.enqueue(fakes::chat_stream({"a", "b"}).keep_parts(2).hang());
  {
    fakes::HttpConnection connection = client_.connect();
    connection.send_request("POST", "/v1/messages", stream_question());
    connection.read_head();
    EXPECT_THAT(connection.read_until("\"text\":\"a\""), HasSubstr("\"text\":\"a\""));
  }

  EXPECT_TRUE(provider_.wait_for_client_disconnect());
  EXPECT_EQ(provider_state(client_, "chat")["failure_count"], 0);
}

}  // namespace
}  // namespace balancer::integration
