// An answer reaches the client as the provider wrote it (protocol.md 1.6, 1.9, case 7).
#include <utility>
#include <vector>

#include "tests/integration/passthrough/passthrough_fixtures.hpp"

namespace balancer::integration {
namespace {

using fakes::ScriptedResponse;

using ResponseBytesTest = OneProviderTest;

// CRLF, comments, an unknown event and fields, an event of two data lines, pings, missing blanks.
const std::string kOddLookingStream =
    ": hello\r\n\r\n"
    "event: message_start\r\ndata: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":1.0}}}\r\n\r\n"
    "event: ping\r\ndata: {\"type\": \"ping\"}\r\n\r\n"
    "event: future\r\nid: 7\r\nretry: 5\r\ndata: {\"type\":\"future\",\"caf\\u00e9\":[ 1,2 ]}\r\n\r\n"
    "event:content_block_start\ndata:{\"type\":\"content_block_start\",\"index\":0}\n\n"
    ":\n\n\n"
    "data: one\ndata: two\nunknown field\n\n"
    "event: content_block_delta\rdata: {\"text\":\"\xf0\x9f\x98\x80\"}\r\r"
    "event: ping\ndata: {\"type\":\"ping\"}\n\n"
    "event: message_stop\r\ndata: {\"type\":\"message_stop\"}\r\n\r\n"
    ": goodbye\n";

ScriptedResponse event_stream() {
  return ScriptedResponse().header("content-type", "text/event-stream; charset=utf-8").header("request-id", "req_u");
}

// Case 7.
TEST_F(ResponseBytesTest, StreamsArriveUnchangedHoweverTheyAreCut) {
  for (const std::size_t piece : {kOddLookingStream.size(), std::size_t{1}, std::size_t{7}}) {
    ScriptedResponse chunked = event_stream().chunked().send(kOddLookingStream).in_pieces_of(piece);
    ScriptedResponse counted = event_stream().send(kOddLookingStream).in_pieces_of(piece);
    ScriptedResponse until_close = event_stream().until_close().send(kOddLookingStream).in_pieces_of(piece);
    for (const ScriptedResponse& script : {chunked, counted, until_close}) {
      SCOPED_TRACE(testing::Message() << "pieces of " << piece << " behind\n" << script.head());
      provider_.enqueue(script);

      const fakes::HttpResponse response = client_.post("/v1/messages", small_stream_request());

      EXPECT_EQ(response.status, 200);
      EXPECT_TRUE(response.complete);
      EXPECT_TRUE(same_bytes(response.body, kOddLookingStream));
      EXPECT_EQ(response.headers.value("content-type"), "text/event-stream; charset=utf-8");
      EXPECT_EQ(response.headers.value("cache-control"), "no-cache");
      EXPECT_EQ(response.headers.value("x-accel-buffering"), "no");
      EXPECT_FALSE(response.headers.contains("content-length"));
    }
  }
}

TEST_F(ResponseBytesTest, TwentyThousandEventsArriveUnchanged) {
  std::vector<std::string> texts;
  for (int i = 0; i < 20'000; ++i) texts.push_back("word " + std::to_string(i));
  const ScriptedResponse script = fakes::sse_stream(texts);
  provider_.enqueue(script);

  const fakes::HttpClient patient({.port = gateway_.gateway().listening().port("http"), .deadline = std::chrono::seconds(40)});
  const fakes::HttpResponse response = patient.post("/v1/messages", small_stream_request());

  EXPECT_TRUE(same_bytes(response.body, script.body()));
}

TEST_F(ResponseBytesTest, EventsAreNotHeldBack) {
  const auto rest = std::make_shared<fakes::Latch>();
  const ScriptedResponse script = fakes::sse_stream({"first", "second"}).hold_part(3, rest);
  provider_.enqueue(script);
  fakes::HttpConnection connection = client_.connect();

  connection.send_request("POST", "/v1/messages", small_stream_request());
  EXPECT_EQ(connection.read_head().status, 200);
  std::string body = connection.read_until("\"first\"}}\n\n");
  rest->release();
  body += connection.read_until("message_stop\"}\n\n");

  EXPECT_TRUE(same_bytes(body, script.body()));
}

// Each is there before the provider says the next: whoever held one back for more, or for a time, would wait for ever.
TEST_F(ResponseBytesTest, EveryEventOfALongStreamIsSentOnBeforeTheNextComes) {
  constexpr std::size_t kTexts = 200;
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < kTexts; ++i) texts.push_back("word" + std::to_string(i) + ".");
  ScriptedResponse script = fakes::sse_stream(texts);
  std::vector<std::shared_ptr<fakes::Latch>> seen;
  for (std::size_t i = 1; i < kTexts; ++i) {
    seen.push_back(std::make_shared<fakes::Latch>());
    script.hold_part(2 + i, seen.back());
  }
  provider_.enqueue(script);
  fakes::HttpConnection connection = client_.connect();

  connection.send_request("POST", "/v1/messages", small_stream_request());
  EXPECT_EQ(connection.read_head().status, 200);
  std::string body;
  for (std::size_t i = 0; i < kTexts; ++i) {
    body += connection.read_until(texts[i] + "\"}}\n\n");
    if (i < seen.size()) seen[i]->release();
  }
  body += connection.read_until("message_stop\"}\n\n");

  EXPECT_TRUE(same_bytes(body, script.body()));
}

// Bytes go on as they are, whole events or not.
TEST_F(ResponseBytesTest, HalfAnEventIsNotHeldBackForItsEnd) {
  const auto rest = std::make_shared<fakes::Latch>();
  const std::vector<std::string> parts = {
      "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{}}\n\nevent: content_block_start\n"
      "data: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n",
      "event: content_block_delta\ndata: {\"type\":\"content_", "block_delta\",\"index\":0}\n\n",
      "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"};
  const ScriptedResponse script = fakes::sse_bytes(parts).hold_part(2, rest);
  provider_.enqueue(script);
  fakes::HttpConnection connection = client_.connect();

  connection.send_request("POST", "/v1/messages", small_stream_request());
  EXPECT_EQ(connection.read_head().status, 200);
  std::string body;
  while (!body.ends_with("data: {\"type\":\"content_")) {
    const std::string more = connection.read_some();
    ASSERT_FALSE(more.empty()) << body;
    body += more;
  }
  rest->release();
  body += connection.read_until("message_stop\"}\n\n");

  EXPECT_TRUE(same_bytes(body, script.body()));
}

TEST_F(ResponseBytesTest, StreamsUnderAnotherLabelAreStreams) {
  const ScriptedResponse mislabelled =
      ScriptedResponse().header("content-type", "text/plain").chunked().send(kOddLookingStream);
  const ScriptedResponse unlabelled = ScriptedResponse().chunked().send(kOddLookingStream);
  for (const ScriptedResponse& script : {mislabelled, unlabelled}) {
    provider_.enqueue(script);

    const fakes::HttpResponse response = client_.post("/v1/messages", small_stream_request());

    EXPECT_TRUE(same_bytes(response.body, kOddLookingStream));
    EXPECT_EQ(response.headers.values("content-type"), std::vector<std::string>{"text/event-stream; charset=utf-8"});
  }
}

TEST_F(ResponseBytesTest, DocumentsArriveUnchanged) {
  const std::string odd = "\n { \"type\" : \"message\", \"n\":1.0,\"s\":\"caf\\u00e9 \\/\" , \"content\":[] }\n\n";
  const std::string two_kilobytes = odd + std::string(2048 - odd.size(), ' ');
  const std::string five_megabytes = R"({"content":[{"type":"text","text":")" + std::string(5'000'000, 'x') + "\"}]}";
  for (const std::string& document : {two_kilobytes, five_megabytes}) {
    const ScriptedResponse json = ScriptedResponse().header("content-type", "application/json; x=1").send(document);
    for (const ScriptedResponse& script :
         {json, ScriptedResponse(json).chunked(), ScriptedResponse(json).chunked().in_pieces_of(1000),
          ScriptedResponse(json).until_close()}) {
      SCOPED_TRACE(testing::Message() << document.size() << " bytes behind\n" << script.head());
      provider_.enqueue(script);

      const fakes::HttpResponse response = client_.post("/v1/messages", small_request());

      EXPECT_EQ(response.status, 200);
      EXPECT_TRUE(same_bytes(response.body, document));
      EXPECT_EQ(response.headers.value("content-type"), "application/json; x=1");
      EXPECT_EQ(response.headers.values("content-length"), std::vector{std::to_string(document.size())});
    }
  }
}

TEST_F(ResponseBytesTest, ADocumentForAStreamRequestArrivesUnchanged) {
  const ScriptedResponse script = fakes::json_message("whole");
  provider_.enqueue(script);

  const fakes::HttpResponse response = client_.post("/v1/messages", small_stream_request());

  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers.value("content-type"), "application/json");
  EXPECT_TRUE(same_bytes(response.body, script.body()));
}

TEST_F(ResponseBytesTest, WhatAProviderCompressedAllTheSameStaysCompressed) {
  const std::string bytes("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xab\xae\x05\x00\x43\xbf\xa6\xa3\x02\x00\x00\x00", 22);
  for (const auto& [body, type] : {std::pair(small_request(), "application/json"),
                                   std::pair(small_stream_request(), "text/event-stream")}) {
    SCOPED_TRACE(type);
    provider_.enqueue(ScriptedResponse().header("content-type", type).header("content-encoding", "gzip").send(bytes));

    const fakes::HttpResponse response = client_.post("/v1/messages", body);

    EXPECT_EQ(response.status, 200);
    EXPECT_TRUE(response.complete);
    EXPECT_EQ(response.headers.values("content-encoding"), std::vector<std::string>{"gzip"});
    EXPECT_TRUE(same_bytes(response.body, bytes));
  }
}

TEST(SplitStackBytesTest, StreamsAndDocumentsArriveUnchanged) {
  fakes::FakeProvider provider;
  SplitStack stack(ConfigText{{entry("first", provider)}, "", ""}.yaml());
  const ScriptedResponse document = fakes::json_message("whole");
  provider.enqueue(event_stream().chunked().send(kOddLookingStream).in_pieces_of(7));
  provider.enqueue(document);

  const fakes::HttpResponse streamed = stack.client().post("/v1/messages", small_stream_request());
  const fakes::HttpResponse whole = stack.client().post("/v1/messages", small_request());

  EXPECT_TRUE(same_bytes(streamed.body, kOddLookingStream));
  EXPECT_TRUE(same_bytes(whole.body, document.body()));
  EXPECT_EQ(provider.requests().back().body, small_request());
}

}  // namespace
}  // namespace balancer::integration
