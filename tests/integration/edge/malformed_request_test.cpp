// Malformed requests get the Anthropic error envelope, never a crash, and reach no provider (promises.md T34, T36;
// protocol.md 1.5, case 113).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "tests/fakes/compression.hpp"
#include "tests/fakes/fake_provider.hpp"
#include "tests/integration/edge/edge_config.hpp"
#include "tests/integration/support/process_usage.hpp"
#include "tests/integration/support/stack.hpp"
#include "tests/integration/support/under_sanitizer.hpp"

namespace balancer::integration {
namespace {

using enum fakes::Coding;
using fakes::compressed;
using fakes::HttpResponse;

std::string nested(std::size_t depth) {
  return R"({"model":"m","messages":)" + std::string(depth, '[') + std::string(depth, ']') + "}";
}

constexpr std::size_t kTenMegabytes = 10'000'000;

// `item` so many times, with commas between.
std::string list_of(const std::string& item, std::size_t count) {
  std::string list = item;
  for (std::size_t i = 1; i < count; ++i) list += "," + item;
  return list;
}

class MalformedRequestTest : public testing::Test {
 protected:
  MalformedRequestTest() { provider_.always(fakes::json_message("hello")); }

  HttpResponse ask(const std::string& body, const fakes::HeaderFields& headers = {}) const {
    return stack_.client().post("/v1/messages", body, headers);
  }
  // Of the whole program's time, which no other program takes a part of: receiving, judging, sending on and answering.
  HttpResponse ask_at_little_cost(const std::string& body) {
    constexpr std::chrono::milliseconds kBar{100};
    const std::chrono::milliseconds before = cpu_time(stack_.process());
    HttpResponse response = ask(body);
    if (!kUnderSanitizer) {
      EXPECT_LE(cpu_time(stack_.process()) - before, kBar);
    }
    return response;
  }
  static void expect_refused(const HttpResponse& response, int status, const std::string& type) {
    EXPECT_EQ(response.status, status) << response.body;
    const nlohmann::json json = response.json();
    EXPECT_EQ(json.at("type"), "error");
    EXPECT_EQ(json.at("error").at("type"), type);
    EXPECT_FALSE(json.at("error").at("message").get<std::string>().empty());
    EXPECT_EQ(json.at("request_id"), response.headers.value("request-id").value());
  }

  fakes::FakeProvider provider_;
  Standalone stack_{edge_config({provider_entry("a", provider_.base_url())})};
};

TEST_F(MalformedRequestTest, Is400WithTheEnvelopeAndReachesNoProvider) {
  using namespace std::string_literals;
  const std::vector<std::string> bodies = {
      "",
      " ",
      "{",
      "}",
      "{}",
      "[]",
      "null",
      "true",
      "1",
      "\"claude\"",
      "model=claude-x",
      "<xml/>",
      R"({"model":"m")",
      R"({"model":"m"}})",
      R"({"model":"m"} x)",
      R"({"model":"m"}{"model":"n"})",
      R"({'model':'m'})",
      R"({"model":})",
      R"({"model":"m",})",
      R"({"messages":[]})",
      R"({"model":""})",
      R"({"model":null})",
      R"({"model":1})",
      R"({"model":["m"]})",
      R"({"model":{"a":"b"}})",
      R"({"model":"m","stream":"true"})",
      R"({"model":"m","stream":1})",
      R"({"model":"m","stream":[]})",
      R"({"model":"m","model":"n"})",
      R"({"model":"m","stream":true,"stream":false})",
      "{\"model\":\"\xff\"}",
      "{\"model\":\"m\",\"messages\":\"\xc3(\"}",
      "{\"model\":\"m\",\"messages\":\"\xed\xa0\x80\"}",
      "{\"model\":\"m\",\"messages\":\"a\nb\"}",
      "{\"model\":\"m\0\"}"s,
      "\0"s,
      nested(300),
      nested(100'000),
      std::string(100'000, '['),
      std::string(100'000, '{'),
      std::string(kTenMegabytes, '['),
      R"({"model":")" + std::string(kTenMegabytes, 'm') + "\"}",
      R"({"model":"m","provider":")" + std::string(kTenMegabytes, 'p') + "\"}",
      R"({"model":"m","messages":")" + std::string(kTenMegabytes, 'x'),
      R"({"model":"m","messages":")" + std::string(kTenMegabytes, 'x') + "\xff\"}",
      R"({"model":"m","messages":")" + std::string(kTenMegabytes, '\\'),
      R"({"model":"m",)" + list_of(R"("a":1)", 100'000) + R"(,"model":"n"})",
  };

  for (const std::string& body : bodies) {
    SCOPED_TRACE(testing::PrintToString(body.substr(0, 60)));
    expect_refused(ask_at_little_cost(body), 400, "invalid_request_error");
  }

  EXPECT_EQ(provider_.request_count(), 0u);
  EXPECT_EQ(ask(small_request()).status, 200);
}

TEST_F(MalformedRequestTest, IsJudgedTheSameForCountTokens) {
  for (const char* body : {"", "[]", "{}", R"({"model":1})"}) {
    expect_refused(stack_.client().post("/v1/messages/count_tokens", body), 400, "invalid_request_error");
  }
}

TEST_F(MalformedRequestTest, OddButValidBodiesPass) {
  const std::vector<std::string> bodies = {
      nested(100),
      "\xef\xbb\xbf" + small_request(),
      " \r\n\t" + small_request() + "\n",
      R"({"model":"m","messages":"\ud83d lone"})",
      R"({"model":"m","max_tokens":123456789012345678901234567890,"temperature":1e400})",
      R"({"messages":[],"x":{"model":"inner"},"model":"m"})",
      R"({"model":"m","messages":")" + std::string(kTenMegabytes, 'x') + "\"}",
      R"({"model":"m","messages":[)" + list_of("123456789012345678901234567890", 100'000) + "]}",
      R"({"model":"m","messages":[)" + list_of("1e400", 500'000) + "]}",
      R"({"model":"m","messages":[)" + list_of(R"("\ud83d")", 300'000) + "]}",
      R"({"model":"m",)" + list_of(R"("a":1)", 100'000) + "}",
  };

  for (const std::string& body : bodies) {
    SCOPED_TRACE(testing::PrintToString(body.substr(0, 60)));
    EXPECT_EQ(ask_at_little_cost(body).status, 200);
    EXPECT_TRUE(provider_.requests().back().body == body);
  }
}

TEST_F(MalformedRequestTest, GzipIsUndoneBeforeItIsForwarded) {
  EXPECT_EQ(ask(compressed(small_request(), kGzip), {{"Content-Encoding", "gzip"}}).status, 200);

  ASSERT_TRUE(provider_.wait_for_requests(1));
  EXPECT_EQ(provider_.requests().front().body, small_request());
  EXPECT_FALSE(provider_.requests().front().headers.contains("content-encoding"));
}

TEST_F(MalformedRequestTest, BadEncodingsSayWhatIsWrongWithThem) {
  std::string corrupt = compressed(small_request(), kGzip);
  corrupt[corrupt.size() - 5] = static_cast<char>(corrupt[corrupt.size() - 5] ^ 1);

  const HttpResponse invalid = ask(corrupt, {{"Content-Encoding", "gzip"}});
  const HttpResponse bomb = ask(compressed(std::string(40 * 1024 * 1024, ' '), kGzip), {{"Content-Encoding", "gzip"}});

  expect_refused(invalid, 400, "invalid_request_error");
  EXPECT_EQ(invalid.json().at("error").at("details").at("error_code"), "request_body_encoding_invalid");
  expect_refused(bomb, 413, "request_too_large");
  EXPECT_EQ(bomb.json().at("error").at("details").at("error_code"), "request_body_too_large_after_decoding");
  EXPECT_EQ(provider_.request_count(), 0u);
}

// None of them is undone, so none can be a bomb.
TEST_F(MalformedRequestTest, EncodingsThatAreNotUndoneAre415) {
  const std::string twice = compressed(compressed(small_request(), kGzip), kGzip);
  for (const char* coding : {"br", "zstd", "compress", "gzip, gzip", "gzip,gzip", "br, gzip", "gzip, identity", "x", "*",
                             "gzip;q=1"}) {
    SCOPED_TRACE(coding);

    const HttpResponse response = ask(twice, {{"Content-Encoding", coding}});

    expect_refused(response, 415, "invalid_request_error");
    EXPECT_EQ(response.json().at("error").at("details").at("error_code"), "request_body_encoding_unsupported");
  }
  // What is named twice is undone once.
  expect_refused(ask(twice, {{"Content-Encoding", "gzip"}, {"Content-Encoding", "gzip"}}), 400, "invalid_request_error");
  expect_refused(ask(twice, {{"Content-Encoding", "gzip"}}), 400, "invalid_request_error");
  EXPECT_EQ(provider_.request_count(), 0u);
}

TEST_F(MalformedRequestTest, ATooLargeBodyIsRefusedBeforeItIsSent) {
  fakes::HttpConnection connection = stack_.client().connect();

  connection.send_request("POST", "/v1/messages", "", {{"Content-Length", "33554433"}});

  expect_refused(connection.read_response(), 413, "request_too_large");
}

TEST_F(MalformedRequestTest, TwoRequestsNeverComeOutOfOne) {
  const std::string inner = "POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nContent-Length: " +
                            std::to_string(small_request().size()) + "\r\n\r\n" + small_request();
  const std::string head = "POST /v1/messages HTTP/1.1\r\nHost: localhost\r\n";
  const std::string length = "Content-Length: " + std::to_string(inner.size()) + "\r\n";
  for (const std::string& framing :
       std::vector<std::string>{
        length + "Transfer-Encoding: chunked\r\n", "Transfer-Encoding: chunked\r\n" + length,
        length + "Transfer-Encoding: xchunked\r\n", std::string("Transfer-Encoding: identity\r\n"),
        length + "Transfer-Encoding:\r\n chunked\r\n", length + "Content-Length: 0\r\n",
        std::string("Content-Length: 0, ") + std::to_string(inner.size()) + "\r\n"}) {
    fakes::HttpConnection connection = stack_.client().connect();
    connection.send_raw(head + framing + "\r\n0\r\n\r\n" + inner);

    EXPECT_THAT(connection.read_until_close(), testing::ContainsRegex("^HTTP/1.1 (400|501) ")) << framing;
  }

  EXPECT_EQ(provider_.request_count(), 0u);
}

}  // namespace
}  // namespace balancer::integration
