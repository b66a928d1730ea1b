// A body reaches the provider as the client wrote it (protocol.md 1.9, cases 1, 3, 16).
#include <utility>
#include <vector>

#include "tests/integration/passthrough/passthrough_fixtures.hpp"

namespace balancer::integration {
namespace {

using RequestBytesTest = OneProviderTest;

const std::vector<std::pair<std::string, std::string>> kOddLookingBodies = {
    {"case 1",
     "{ \"x_new\" : [1,2 , 3] ,\t\"model\":\"m\",\r\n \"temperature\":1.0,\"max_tokens\" : 64, \"messages\":[{\"role\":"
     "\"user\",\"content\":\"caf\\u00e9 \\/ \\\"x\\\"\"} ]}\n"},
    {"leading and trailing white space", " \n\t{\"model\":\"m\",\"messages\":[]}\r\n \n"},
    {"numbers that no double holds",
     R"({"model":"m","a":12345678901234567890123456789,"b":1e400,"c":-0.0,"d":1E+2,"e":1.10,"messages":[]})"},
    {"duplicate unknown keys", R"({"x":1,"model":"m","x":2,"messages":[],"x":{"x":1,"x":2}})"},
    {"a lone surrogate", R"({"model":"m","messages":[{"role":"user","content":"\ud83d and \uDE00"}]})"},
    {"a byte order mark", "\xef\xbb\xbf{\"model\":\"m\",\"messages\":[]}"},
    {"a model named with escapes", R"({"mod\u0065l":"\u006d","messages":[],"stre\u0061m":false})"},
    {"every escape", R"({"model":"m","messages":[],"s":"\b\f\n\r\t\\\/\"\u0000\u001f\u2028"})"},
    {"raw UTF-8", "{\"model\":\"m\",\"messages\":[],\"s\":\"\xe2\x80\xa8\xf0\x9f\x98\x80 \x7f\"}"},
    {"keys that only look top-level", R"({"messages":[{"model":"n","stream":true,"provider":"x"}],"model":"m"})"},
    {"a provider that is no name", R"({"model":"m","provider":{"order":["x"]},"messages":[]})"},
};

TEST_F(RequestBytesTest, OddLookingBodiesArriveUnchanged) {
  for (const auto& [what, body] : kOddLookingBodies) {
    SCOPED_TRACE(what);

    const fakes::HttpResponse response = client_.post("/v1/messages", body, {{"content-type", "application/json"}});

    EXPECT_EQ(response.status, 200) << response.body;
    const fakes::RecordedRequest arrived = provider_.requests().back();
    EXPECT_TRUE(same_bytes(arrived.body, body));
    EXPECT_EQ(arrived.headers.values("content-length"), std::vector{std::to_string(body.size())});
  }
  EXPECT_EQ(provider_.request_count(), kOddLookingBodies.size());
}

TEST_F(RequestBytesTest, ChunkedBodiesArriveUnchanged) {
  const std::string& body = kOddLookingBodies.front().second;
  fakes::HttpConnection connection = client_.connect();

  connection.send_request("POST", "/v1/messages", "", {{"transfer-encoding", "chunked"}});
  for (const char byte : body) connection.send_raw(std::string("1\r\n") + byte + "\r\n");
  connection.send_raw("0\r\n\r\n");

  EXPECT_EQ(connection.read_response().status, 200);
  EXPECT_TRUE(same_bytes(provider_.requests().back().body, body));
}

TEST_F(RequestBytesTest, CountTokensBodiesArriveUnchanged) {
  const std::string& body = kOddLookingBodies.front().second;
  provider_.enqueue(fakes::ScriptedResponse().header("content-type", "application/json").send(R"({"input_tokens": 7})"));

  const fakes::HttpResponse response = client_.post("/v1/messages/count_tokens?beta=true", body);

  EXPECT_EQ(response.body, R"({"input_tokens": 7})");
  EXPECT_EQ(provider_.requests().back().target, "/v1/messages/count_tokens?beta=true");
  EXPECT_TRUE(same_bytes(provider_.requests().back().body, body));
}

// Case 16.
TEST_F(RequestBytesTest, AToolResultOfAMillionBytesPasses) {
  const std::string body = R"({"model":"m","messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"t",)"
                           R"("content":")" +
                           std::string(1'000'000, 'x') + R"("}]}]})";

  EXPECT_EQ(client_.post("/v1/messages", body).status, 200);
  EXPECT_TRUE(same_bytes(provider_.requests().back().body, body));
}

// Cases 3 and 16, protocol.md 1.5 and 2.1.
TEST_F(RequestBytesTest, BodiesThatCannotBeRoutedAreRefusedWithoutAProviderCall) {
  const std::string deep = R"({"model":"m","x":)" + std::string(300, '[') + std::string(300, ']') + "}";
  const std::vector<std::string> bodies = {
      "",
      "   ",
      "hello",
      "null",
      R"(["model","m"])",
      R"({"model":"m","messages":[])",
      R"({"model":"m","messages":[]}})",
      R"({"model":"m" "messages":[]})",
      R"({"messages":[]})",
      R"({"model":"","messages":[]})",
      R"({"model":7,"messages":[]})",
      R"({"model":"m","stream":"yes","messages":[]})",
      R"({"model":"m","stream":1,"messages":[]})",
      R"({"model":"a","messages":[],"model":"b"})",
      R"({"model":"a","messages":[],"mod\u0065l":"b"})",
      R"({"model":"a","stream":false,"messages":[],"stream":true})",
      "{\"model\":\"m\",\"messages\":[],\"s\":\"\xff\xfe\"}",
      "{\"model\":\"m\",\"messages\":[],\"s\":\"\xed\xa0\x80\"}",
      deep,
  };
  for (const std::string& body : bodies) {
    EXPECT_TRUE(is_error(client_.post("/v1/messages", body), 400, "invalid_request_error")) << body.substr(0, 80);
  }
  EXPECT_EQ(provider_.request_count(), 0U);
}

}  // namespace
}  // namespace balancer::integration
