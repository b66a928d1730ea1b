// Providers of both types stand in for each other until the first word (protocol.md 2.2 "route", 4.5, 5.5).
#include "tests/integration/conversion/converted_stack.hpp"
#include "tests/integration/passthrough/expectations.hpp"

namespace balancer::integration {
namespace {

using ::testing::HasSubstr;

std::string text_of(const fakes::HttpResponse& response) {
  return response.headers.value("content-type").value_or("").starts_with("text/event-stream")
             ? response.streamed_text()
             : response.json()["content"][0]["text"].get<std::string>();
}

TEST_F(TwoConvertedProvidersTest, FailuresBeforeTheFirstWordAreNotSeenByTheClient) {
  const std::vector<fakes::ScriptedResponse> failures = {
      fakes::chat_error(500, "boom", "", ""),
      fakes::chat_error(401, "bad key", "invalid_api_key", ""),
      fakes::chat_document(R"({"error":{"message":"x","code":429}})"),
      fakes::html_200(),
      fakes::chat_document(""),
      fakes::chat_events({"data: {\"error\":{\"message\":\"Overloaded\",\"code\":503}}\n\n"}),
      fakes::chat_events({fakes::chat_chunk(R"({"role":"assistant","content":""})")}),
      fakes::reset_before_headers(),
      fakes::close_before_headers(),
  };
  for (const fakes::ScriptedResponse& failure : failures) {
    fakes::FakeProvider first;
    fakes::FakeProvider second;
    first.always(failure);
    second.always(fakes::chat_stream({"from ", "two"}));
    const Standalone gateway(
        converted_config({{"first", "openai", first.base_url()}, {"second", "openai", second.base_url()}}));

    const fakes::HttpResponse response = gateway.client().post("/v1/messages", stream_question());

    EXPECT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(response.streamed_text(), "from two");
    EXPECT_EQ(response.headers.value("x-balancer-attempts"), "2");
    EXPECT_EQ(response.headers.value("x-provider-used"), "second");
  }
}

// Case 53.
TEST_F(TwoConvertedProvidersTest, AnAnswerWithoutAWordGoesToTheNextProviderOnce) {
  first_.always(fakes::chat_completion(""));
  second_.enqueue(fakes::chat_completion("words"));

  EXPECT_EQ(text_of(client_.post("/v1/messages", question())), "words");

  fakes::FakeProvider silent;
  silent.always(fakes::chat_stream({}));
  const Standalone all_silent(
      converted_config({{"a", "openai", silent.base_url()}, {"b", "openai", silent.base_url()}}));
  const fakes::HttpResponse response = all_silent.client().post("/v1/messages", stream_question());
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.body, HasSubstr("message_stop"));
  EXPECT_EQ(silent.request_count(), 2U);
}

TEST_F(MixedProvidersTest, TheAnthropicProviderTakesOverWithTheBytesOfTheRequest) {
  chat_.always(fakes::chat_error(503, "Overloaded", "", ""));
  claude_.always(fakes::json_message("from claude"));

  const fakes::HttpResponse response = client_.post("/v1/messages", question());

  EXPECT_EQ(text_of(response), "from claude");
  EXPECT_EQ(claude_.requests().at(0).target, "/v1/messages");
  EXPECT_THAT(claude_.requests().at(0).body, HasSubstr(R"("model":"real-model","max_tokens":64)"));
}

// What only Anthropic's servers can do goes to one of them, or is refused (protocol.md 2.2).
TEST_F(MixedProvidersTest, ARequestThatCannotBeConvertedGoesToAnAnthropicProvider) {
  claude_.always(fakes::json_message("read it"));
  const std::string pdf =
      R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"document","source":)"
      R"({"type":"base64","media_type":"application/pdf","data":"JVBERi0="}}]}]})";

  const fakes::HttpResponse response = client_.post("/v1/messages", pdf);

  EXPECT_EQ(text_of(response), "read it");
  EXPECT_EQ(response.headers.value("x-balancer-attempts"), "1");
  EXPECT_EQ(chat_.request_count(), 0U);
}

TEST_F(ConvertedProviderTest, ARequestThatNobodyCanServeIsRefusedWithItsPath) {
  const std::string hologram =
      R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"hologram"}]}]})";
  const std::string search = R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":"q"}],)"
                             R"("tools":[{"type":"web_search_20250305","name":"web_search"}]})";
  const std::string invalid = R"({"model":"m","messages":[{"role":"user","content":"q"}]})";

  const fakes::HttpResponse unknown = client_.post("/v1/messages", hologram);

  EXPECT_TRUE(is_error(unknown, 400, "invalid_request_error"));
  EXPECT_THAT(unknown.body, HasSubstr("messages.0.content.0: Input tag 'hologram'"));
  EXPECT_TRUE(is_error(client_.post("/v1/messages", search), 400, "invalid_request_error"));
  EXPECT_THAT(client_.post("/v1/messages", invalid).body, HasSubstr("max_tokens: Field required"));
  EXPECT_EQ(provider_.request_count(), 0U);
  EXPECT_EQ(provider_state(client_, "chat")["failure_count"], 0);
}

// A thinking block that the gateway made is nothing that Anthropic could verify (protocol.md 2.7).
TEST_F(MixedProvidersTest, ThinkingOfTheConversionNeverReachesAnAnthropicProvider) {
  chat_.always(fakes::chat_error(500, "boom", "", ""));
  claude_.always(fakes::json_message("ok"));

  client_.post("/v1/messages",
               R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":"a"},{"role":"assistant","content":[)"
               R"({"type":"thinking","thinking":"t","signature":"gw1.0a1b2c3d"},{"type":"text","text":"b"}]},)"
               R"({"role":"user","content":"c"}]})");

  EXPECT_THAT(claude_.requests().at(0).body, ::testing::Not(HasSubstr("thinking")));
}

// Case 111, and clients.md 5: a count must come, and come soon.
TEST_F(MixedProvidersTest, CountsAreAskedOfAnAnthropicProviderAndEstimatedWithoutOne) {
  const std::string body = R"({"model":"m","messages":[{"role":"user","content":"hi"}]})";
  const auto count = [&] { return client_.post("/v1/messages/count_tokens?beta=true", body); };
  claude_.enqueue(fakes::chat_document(R"({"input_tokens":17})"));
  claude_.enqueue(fakes::error_answer(400, "invalid_request_error", "no"));
  claude_.enqueue(fakes::server_error());
  claude_.enqueue(fakes::error_answer(404, "not_found_error", "no such path"));

  EXPECT_EQ(count().json()["input_tokens"], 17);
  EXPECT_TRUE(is_error(count(), 400, "invalid_request_error"));
  EXPECT_EQ(count().headers.value("x-balancer-token-count"), "estimated");
  EXPECT_EQ(count().headers.value("x-balancer-token-count"), "estimated");

  EXPECT_EQ(count().status, 200);
  EXPECT_EQ(claude_.requests().at(0).target, "/v1/messages/count_tokens?beta=true");
  EXPECT_EQ(chat_.request_count(), 0U);
  EXPECT_EQ(provider_state(client_, "claude")["healthy"], true) << "a failed count says nothing about messages";
}

}  // namespace
}  // namespace balancer::integration
