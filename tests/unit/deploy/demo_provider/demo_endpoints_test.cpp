#include "deploy/demo_provider/demo_endpoints.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/unit/common/http/served_http.hpp"

namespace balancer::demo {
namespace {

using nlohmann::json;
using ::testing::EndsWith;

constexpr std::string_view kRequest = R"({"model":"m","messages":[{"role":"user","content":"Hello"}]})";
constexpr std::string_view kStreamRequest =
    R"({"model":"m","stream":true,"messages":[{"role":"user","content":"Hello"}]})";

class DemoEndpointsTest : public testing::Test {
 protected:
  http::ServedHttp server_{serve_demo};
  fakes::HttpClient client_{server_.port()};
};

TEST_F(DemoEndpointsTest, MessagesAreAnsweredInAnthropicsDialect) {
  const fakes::HttpResponse response = client_.post("/v1/messages", kRequest);

  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.json()["content"][0]["text"], EndsWith("You wrote: Hello"));
}

TEST_F(DemoEndpointsTest, ChatCompletionsAreAnsweredInOpenaisDialectWithOrWithoutTheVersion) {
  for (const char* path : {"/v1/chat/completions", "/chat/completions"}) {
    const fakes::HttpResponse response = client_.post(path, kRequest);

    EXPECT_EQ(response.status, 200) << path;
    EXPECT_THAT(response.json()["choices"][0]["message"]["content"], EndsWith("You wrote: Hello")) << path;
  }
}

TEST_F(DemoEndpointsTest, MessagesStreamWhenAskedTo) {
  const fakes::HttpResponse response = client_.post("/v1/messages", kStreamRequest);

  EXPECT_EQ(response.headers.value("content-type"), "text/event-stream; charset=utf-8");
  EXPECT_THAT(response.streamed_text(), EndsWith("You wrote: Hello"));
  EXPECT_EQ(response.event_names().back(), "message_stop");
}

TEST_F(DemoEndpointsTest, ChatCompletionsStreamWhenAskedTo) {
  const fakes::HttpResponse response = client_.post("/v1/chat/completions", kStreamRequest);

  EXPECT_EQ(response.headers.value("content-type"), "text/event-stream; charset=utf-8");
  EXPECT_THAT(response.body, EndsWith("data: [DONE]\n\n"));
}

TEST_F(DemoEndpointsTest, TokensAreCounted) {
  const fakes::HttpResponse response = client_.post("/v1/messages/count_tokens", kRequest);

  EXPECT_EQ(response.json(), json({{"input_tokens", kRequest.size() / 4 + 1}}));
}

TEST_F(DemoEndpointsTest, ModelsAreListed) {
  EXPECT_EQ(client_.get("/v1/models").json()["data"][0]["id"], "claude-demo");
  EXPECT_EQ(client_.get("/models").status, 200);
}

TEST_F(DemoEndpointsTest, ErrorsHaveTheEnvelopeOfThePath) {
  const fakes::HttpResponse anthropic = client_.post("/v1/messages", "{}");
  const fakes::HttpResponse openai = client_.post("/v1/chat/completions", "{}");

  EXPECT_EQ(anthropic.status, 400);
  EXPECT_EQ(anthropic.json()["type"], "error");
  EXPECT_EQ(openai.status, 400);
  EXPECT_EQ(openai.json(), json::parse(R"({"error":{"message":"model: Field required",
                                           "type":"invalid_request_error","param":null,"code":null}})"));
}

TEST_F(DemoEndpointsTest, OtherPathsAndMethodsAreRefused) {
  EXPECT_EQ(client_.get("/v1/messages").status, 405);
  EXPECT_EQ(client_.get("/v1/chat/completions").status, 405);
  EXPECT_EQ(client_.post("/v1/models", "{}").status, 405);
  const fakes::HttpResponse unknown = client_.post("/v1/responses", "{}");
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(unknown.error_type(), "not_found_error");
}

}  // namespace
}  // namespace balancer::demo
