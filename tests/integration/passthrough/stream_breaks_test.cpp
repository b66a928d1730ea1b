// Streams that do not end as they should (protocol.md 1.7, 1.9, cases 10, 13, 15).
#include <chrono>
#include <vector>

#include "tests/integration/passthrough/passthrough_fixtures.hpp"

namespace balancer::integration {
namespace {

using fakes::ScriptedResponse;

using StreamBreaksTest = OneProviderTest;

// What the client got is what the provider sent, then an error event that any parser finds, and no end of ours.
testing::AssertionResult ends_with_error(const fakes::HttpResponse& response, std::string_view sent,
                                         std::string_view type) {
  if (response.status != 200) return testing::AssertionFailure() << "HTTP " << response.status << " " << response.body;
  if (!response.complete) return testing::AssertionFailure() << "the answer itself breaks off";
  if (!response.body.starts_with(sent)) return same_bytes(response.body, sent);
  const std::vector<fakes::SseEvent> events = response.events();
  if (events.empty() || events.back().name != "error") {
    return testing::AssertionFailure() << "no error event ends\n" << response.body;
  }
  const nlohmann::json error = nlohmann::json::parse(events.back().data);
  if (error["type"] != "error" || error["error"]["type"] != type || error["error"]["message"].empty()) {
    return testing::AssertionFailure() << "not " << type << ": " << error;
  }
  const std::string added = response.body.substr(sent.size());
  if (added.find("message_stop") != std::string::npos || added.find("message_delta") != std::string::npos) {
    return testing::AssertionFailure() << "an end was made up: " << added;
  }
  return testing::AssertionSuccess();
}

// An event of each kind of line, to be cut anywhere.
const std::string kBeginning = fakes::message_events({"he"}).at(0) + fakes::message_events({"he"}).at(1);
const std::string kRest = ": a comment\nevent: content_block_delta\ndata: {\"type\":\"content_block_delta\"}\n\n"
                          "event: message_stop\r\ndata: {\"type\":\"message_stop\"}";

// Case 10.
TEST_F(StreamBreaksTest, AStreamThatDiesAtAnyByteEndsWithAnError) {
  for (std::size_t cut = 0; cut < kRest.size(); ++cut) {
    SCOPED_TRACE(testing::PrintToString(kRest.substr(0, cut)));
    const std::string sent = kBeginning + kRest.substr(0, cut);
    provider_.enqueue(fakes::sse_bytes({sent}).send_headers().close());

    EXPECT_TRUE(ends_with_error(client_.post("/v1/messages", small_stream_request()), sent, "api_error"));
  }
  EXPECT_EQ(provider_.request_count(), kRest.size());
}

TEST_F(StreamBreaksTest, AStreamThatEndsTooSoonAtAnyByteEndsWithAnError) {
  for (std::size_t cut = 0; cut < kRest.size(); ++cut) {
    SCOPED_TRACE(testing::PrintToString(kRest.substr(0, cut)));
    const std::string sent = kBeginning + kRest.substr(0, cut);
    provider_.enqueue(fakes::sse_bytes({sent}));

    EXPECT_TRUE(ends_with_error(client_.post("/v1/messages", small_stream_request()), sent, "api_error"));
  }
}

TEST_F(StreamBreaksTest, AResetIsAnErrorToo) {
  const ScriptedResponse whole = fakes::sse_stream({"he", "llo"});
  provider_.enqueue(fakes::reset_after_events(3, whole));

  const fakes::HttpResponse response = client_.post("/v1/messages", small_stream_request());

  EXPECT_TRUE(ends_with_error(response, ScriptedResponse(whole).keep_parts(3).body(), "api_error"));
  EXPECT_EQ(provider_.request_count(), 1U);
}

TEST_F(StreamBreaksTest, AProvidersOwnErrorEventIsTheLastWordThoughItsConnectionBreaks) {
  const std::string sent = fakes::sse_error_after({"he"}, "overloaded_error").body();
  provider_.enqueue(fakes::sse_bytes({sent}).send_headers().close());

  const fakes::HttpResponse response = client_.post("/v1/messages", small_stream_request());

  EXPECT_TRUE(same_bytes(response.body, sent));
  EXPECT_TRUE(response.complete);
}

TEST_F(StreamBreaksTest, AFirstErrorEventWithoutItsBlankLineStillBecomesItsStatus) {
  std::string sent = fakes::sse_error_first("overloaded_error").body();
  while (sent.ends_with('\n')) sent.pop_back();
  provider_.enqueue(fakes::sse_bytes({sent}));

  EXPECT_EQ(client_.post("/v1/messages", small_stream_request()).status, 529);
}

TEST_F(StreamBreaksTest, AProvidersOwnErrorEventIsTheLastWord) {
  const ScriptedResponse script = fakes::sse_error_after({"he"}, "overloaded_error");
  provider_.enqueue(script);

  EXPECT_TRUE(same_bytes(client_.post("/v1/messages", small_stream_request()).body, script.body()));
}

TEST_F(StreamBreaksTest, AConnectionThatBreaksBehindTheEndIsNoError) {
  const ScriptedResponse whole = fakes::sse_stream({"he"});
  provider_.enqueue(ScriptedResponse(whole).close());

  const fakes::HttpResponse response = client_.post("/v1/messages", small_stream_request());

  EXPECT_TRUE(response.complete);
  EXPECT_TRUE(same_bytes(response.body, whole.body()));
}

TEST_F(StreamBreaksTest, NothingIsCommittedBeforeTheFirstUsefulEvent) {
  provider_.enqueue(fakes::reset_after_events(1, fakes::sse_stream({"he"})));

  EXPECT_TRUE(is_error(client_.post("/v1/messages", small_stream_request()), 502, "api_error"));
}

// protocol.md 4.5: a slow first token is no reason to leave the client without an answer.
TEST_F(StreamBreaksTest, AMessageThatHasBegunIsCommittedAfterAWhile) {
  const auto rest = std::make_shared<fakes::Latch>();
  const ScriptedResponse whole = fakes::sse_stream({"he"}).hold_part(1, rest);
  provider_.enqueue(whole);
  fakes::HttpConnection connection = client_.connect();

  connection.send_request("POST", "/v1/messages", small_stream_request());
  EXPECT_EQ(connection.read_head().status, 200);
  std::string body = connection.read_until("\n\n");
  rest->release();
  body += connection.read_until("message_stop\"}\n\n");

  EXPECT_TRUE(same_bytes(body, whole.body()));
}

class DepartureTest : public OneProviderTest {
 protected:
  DepartureTest() : OneProviderTest("deduplication: {linger: 0s}") {}
};

// Case 15.
TEST_F(DepartureTest, AClientThatLeavesIsFollowedByTheProvidersConnection) {
  provider_.enqueue(fakes::hang_after_events(3, fakes::sse_stream({"he", "llo"})));
  {
    fakes::HttpConnection connection = client_.connect();
    connection.send_request("POST", "/v1/messages", small_stream_request());
    EXPECT_EQ(connection.read_head().status, 200);
    connection.read_until("\"he\"");
  }

  EXPECT_TRUE(provider_.wait_for_client_disconnect(1, std::chrono::seconds(1)));
  EXPECT_EQ(client_.post("/v1/messages", small_request()).status, 200);
  const nlohmann::json state = provider_state(client_, "first");
  EXPECT_EQ(state["healthy"], true);
  EXPECT_EQ(state["failure_count"], 0);
}

TEST_F(DepartureTest, AClientThatLeavesBeforeTheAnswerIsFollowedToo) {
  provider_.enqueue(fakes::hang());
  {
    fakes::HttpConnection connection = client_.connect();
    connection.send_request("POST", "/v1/messages", small_request());
    ASSERT_TRUE(provider_.wait_for_requests(1));
  }

  EXPECT_TRUE(provider_.wait_for_client_disconnect(1, std::chrono::seconds(1)));
  EXPECT_EQ(provider_state(client_, "first")["failure_count"], 0);
}

class QuietStreamTest : public OneProviderTest {
 protected:
  QuietStreamTest() : OneProviderTest("ping_interval: 1s") {}
};

class ImpatientTest : public OneProviderTest {
 protected:
  ImpatientTest() : OneProviderTest("timeouts: {idle: 300ms}") {}
};

// Case 13.
TEST_F(QuietStreamTest, APingIsPutBetweenEventsOnly) {
  constexpr std::string_view kPing = "event: ping\ndata: {\"type\": \"ping\"}\n\n";
  const auto pinged = std::make_shared<fakes::Latch>();
  const std::vector<std::string> events = fakes::message_events({"he"});
  const std::string first = events[0] + events[1];
  const std::string half = events[2].substr(0, events[2].size() / 2);
  const std::string rest = events[2].substr(half.size()) + events[3] + events[4] + events[5];
  provider_.enqueue(fakes::sse_bytes({first}).hold(pinged).send(half).pause(std::chrono::milliseconds(1300)).send(rest));
  fakes::HttpConnection connection = client_.connect();

  connection.send_request("POST", "/v1/messages", small_stream_request());
  EXPECT_EQ(connection.read_head().status, 200);
  std::string body = connection.read_until(kPing);
  pinged->release();
  body += connection.read_until("message_stop\"}\n\n");

  const std::size_t at = body.find(kPing);
  EXPECT_EQ(at, first.size());
  EXPECT_TRUE(same_bytes(body.erase(at, kPing.size()), first + half + rest));
}

TEST_F(ImpatientTest, AStreamThatFallsSilentEndsWithAnError) {
  const ScriptedResponse whole = fakes::sse_stream({"he", "llo"});
  provider_.enqueue(fakes::hang_after_events(3, whole));

  const fakes::HttpResponse response = client_.post("/v1/messages", small_stream_request());

  EXPECT_TRUE(ends_with_error(response, ScriptedResponse(whole).keep_parts(3).body(), "timeout_error"));
  EXPECT_TRUE(provider_.wait_for_client_disconnect(1));
}

}  // namespace
}  // namespace balancer::integration
