// A client of the Messages API is served by a provider that knows only Chat Completions (protocol.md 1.3, 1.6, 2, 3, 4).
#include "tests/integration/conversion/converted_stack.hpp"
#include "tests/integration/passthrough/expectations.hpp"

namespace balancer::integration {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST_F(ConvertedProviderTest, AnswersWithAWholeMessage) {
  provider_.enqueue(fakes::chat_completion("Hello."));

  const fakes::HttpResponse response = client_.post("/v1/messages?beta=true", question());

  EXPECT_EQ(response.status, 200);
  EXPECT_TRUE(is_named(response));
  EXPECT_THAT(response.headers.value("request-id").value_or(""), StartsWith("req_"));
  EXPECT_EQ(response.headers.value("x-upstream-request-id"), "req-of-the-provider");
  EXPECT_EQ(response.headers.value("x-balancer-upstream-id"), "chatcmpl-9");
  EXPECT_EQ(response.headers.value("x-balancer-upstream-model"), "real-model");
  EXPECT_EQ(response.headers.value("x-provider-used"), "chat");
  const nlohmann::json message = response.json();
  EXPECT_EQ(message["model"], "claude-test");
  EXPECT_EQ(message["content"][0]["text"], "Hello.");
  EXPECT_EQ(message["usage"]["input_tokens"], 12);
}

TEST_F(ConvertedProviderTest, StreamsEventsAsTheChunksArrive) {
  auto gate = std::make_shared<fakes::Latch>();
  provider_.enqueue(fakes::chat_stream({"Hel", "lo"}).hold_part(2, gate));

  fakes::HttpConnection connection = client_.connect();
  connection.send_request("POST", "/v1/messages", stream_question());
  fakes::HttpResponse response = connection.read_head();
  response.body = connection.read_until("\"text\":\"Hel\"");
  EXPECT_THAT(response.body, ::testing::Not(HasSubstr("\"lo\"")));
  gate->release();
  response.body += connection.read_until("message_stop\"}\n\n");

  EXPECT_EQ(response.headers.value("content-type"), "text/event-stream; charset=utf-8");
  EXPECT_EQ(response.headers.value("cache-control"), "no-cache");
  EXPECT_EQ(response.headers.value("x-accel-buffering"), "no");
  EXPECT_THAT(response.event_names(),
              ElementsAre("message_start", "content_block_start", "content_block_delta", "content_block_delta",
                          "content_block_stop", "message_delta", "message_stop"));
  EXPECT_EQ(response.streamed_text(), "Hello");
}

TEST_F(ConvertedProviderTest, TheProviderSeesItsOwnHeadersAndNothingOfTheClients) {
  provider_.enqueue(fakes::chat_completion("x"));

  client_.post("/v1/messages?beta=true", question(),
               {{"x-api-key", "CLIENT"}, {"authorization", "Bearer CLIENT"}, {"cookie", "CLIENT"},
                {"anthropic-version", "2023-06-01"}, {"anthropic-beta", "b"}, {"x-stainless-lang", "js"},
                {"x-claude-code-session-id", "s"}, {"user-agent", "claude-cli/2"}, {"x-custom", "c"},
                {"traceparent", "00-1-2-01"}, {"idempotency-key", "i"}});

  const fakes::RecordedRequest request = provider_.requests().at(0);
  EXPECT_EQ(request.target, "/v1/chat/completions");
  EXPECT_EQ(request.headers.value("authorization"), "Bearer key-of-chat");
  EXPECT_EQ(request.headers.value("content-type"), "application/json");
  EXPECT_EQ(request.headers.value("accept-encoding"), "identity");
  EXPECT_THAT(request.headers.value("user-agent").value_or(""), StartsWith("provider-balancer/"));
  EXPECT_EQ(request.headers.value("traceparent"), "00-1-2-01");
  EXPECT_EQ(request.headers.value("idempotency-key"), "i");
  for (const char* const name : {"x-api-key", "cookie", "anthropic-version", "anthropic-beta", "x-stainless-lang",
                                 "x-claude-code-session-id", "x-custom"}) {
    EXPECT_FALSE(request.headers.value(name)) << name;
  }
  EXPECT_THAT(request.raw, ::testing::Not(HasSubstr("CLIENT")));
}

TEST_F(ConvertedProviderTest, AnAnswerThatEndsWithoutAWordIsDeliveredWhenThereIsNobodyElse) {
  provider_.always(fakes::chat_completion(""));

  const fakes::HttpResponse response = client_.post("/v1/messages", question());

  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.json()["content"], nlohmann::json::array());
  EXPECT_EQ(response.json()["stop_reason"], "end_turn");
}

// Case 36.
TEST_F(ConvertedProviderTest, ARequestForNoOutputIsAnsweredWithoutTheProvider) {
  const std::string body = R"({"model":"m","max_tokens":0,"messages":[{"role":"user","content":"warm up"}]})";

  const fakes::HttpResponse response = client_.post("/v1/messages", body);

  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.json()["content"], nlohmann::json::array());
  EXPECT_EQ(response.json()["stop_reason"], "max_tokens");
  EXPECT_GE(response.json()["usage"]["input_tokens"], 1);
  EXPECT_EQ(provider_.request_count(), 0U);
}

// Case 111.
TEST_F(ConvertedProviderTest, TokensAreEstimatedForEveryModel) {
  const fakes::HttpResponse response =
      client_.post("/v1/messages/count_tokens?beta=true", R"({"model":"m","messages":[{"role":"user","content":"hi"}]})");

  EXPECT_EQ(response.status, 200);
  EXPECT_GE(response.json()["input_tokens"], 1);
  EXPECT_EQ(response.headers.value("x-balancer-token-count"), "estimated");
  EXPECT_EQ(provider_.request_count(), 0U);
}

// protocol.md 3.4. Of a stream too, whose request is given back long before its end.
TEST_F(ConvertedProviderTest, WhatAProviderDoesNotCountIsEstimated) {
  const std::string text = " and so on, at some length";
  const auto ask = [&](bool stream) {
    nlohmann::json body = nlohmann::json::parse(stream ? stream_question() : question());
    for (int i = 0; i < 100; ++i) body["messages"][0]["content"].get_ref<std::string&>() += text;
    return body.dump();
  };
  const auto stream_without_usage = [] {
    return fakes::chat_events({fakes::chat_chunk(R"({"content":"x"})"), fakes::chat_chunk("{}", "stop"), "data: [DONE]\n\n"});
  };
  const auto counted_in = [](const fakes::HttpResponse& response) {
    std::int64_t count = 0;
    for (const fakes::SseEvent& event : response.events()) {
      if (event.name == "message_delta") count = nlohmann::json::parse(event.data)["usage"]["input_tokens"];
    }
    return count;
  };
  provider_.enqueue(fakes::chat_document(R"({"id":"1","choices":[{"finish_reason":"stop","message":{"content":"x"}}]})"));
  const std::int64_t estimate = client_.post("/v1/messages", ask(false)).json()["usage"]["input_tokens"];
  ASSERT_GT(estimate, 400);

  provider_.enqueue(stream_without_usage());
  EXPECT_EQ(counted_in(client_.post("/v1/messages", ask(true))), estimate);

  // One that has counted before is taken to count again: what is known without its word is a rough guess.
  provider_.enqueue(fakes::chat_stream({"x"}));
  EXPECT_EQ(counted_in(client_.post("/v1/messages", ask(true))), 12);
  provider_.enqueue(stream_without_usage());
  EXPECT_GT(counted_in(client_.post("/v1/messages", ask(true))), 400);
}

class PingedTest : public ConvertedProviderTest {
 protected:
  PingedTest() : ConvertedProviderTest("", "ping_interval: 1s") {}
};

// Case 90.
TEST_F(PingedTest, ASilentStreamGetsPingsOnceItHasBegun) {
  auto gate = std::make_shared<fakes::Latch>();
  provider_.enqueue(fakes::chat_stream({"Hel", "lo"}).hold_part(2, gate));

  fakes::HttpConnection connection = client_.connect();
  connection.send_request("POST", "/v1/messages", stream_question());
  fakes::HttpResponse response = connection.read_head();
  response.body = connection.read_until("event: ping");
  gate->release();
  response.body += connection.read_until("message_stop\"}\n\n");

  EXPECT_EQ(response.streamed_text(), "Hello");
  EXPECT_EQ(response.event_names().back(), "message_stop");
}

// A field without a counterpart is counted under its name, one that nobody knows as "other" (protocol.md 2.2).
TEST(DroppedFieldsTest, AreCounted) {
  fakes::FakeProvider provider;
  provider.always(fakes::chat_completion("x"));
  SplitStack stack(converted_config({{"chat", "openai", provider.base_url() + "/v1"}}));

  for (int i = 0; i < 2; ++i) {
    stack.client().post("/v1/messages", R"({"model":"m","max_tokens":1,"top_k":3,"brand_new_field":1,)"
                                        R"("messages":[{"role":"user","content":"x"}]})");
  }

  RunningGateway& gateway = stack.gateway();
  EXPECT_EQ(gateway.metric("balancer_gateway_dropped_fields_total", {{"field", "top_k"}}), 2);
  EXPECT_EQ(gateway.metric("balancer_gateway_dropped_fields_total", {{"field", "other"}}), 2);
  EXPECT_THAT(gateway.admin().get("/metrics").body, ::testing::Not(HasSubstr("brand_new_field")));
}

}  // namespace
}  // namespace balancer::integration
