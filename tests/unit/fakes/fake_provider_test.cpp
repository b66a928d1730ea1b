#include "tests/fakes/fake_provider.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/fakes/http_client.hpp"

namespace balancer::fakes {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;
using testing::SizeIs;

class FakeProviderTest : public testing::Test {
 protected:
  FakeProvider provider_;
  HttpClient client_{provider_.port()};
};

TEST_F(FakeProviderTest, StreamsTheSameBytesUnderEveryChunking) {
  for (const std::size_t piece : {100'000, 1, 7}) {
    provider_.enqueue(sse_stream({"Hel", "lo"}).in_pieces_of(piece));

    const HttpResponse response = client_.post("/v1/messages", "{}");

    EXPECT_EQ(response.streamed_text(), "Hello") << piece;
    EXPECT_EQ(response.body, sse_stream({"Hel", "lo"}).body()) << piece;
    EXPECT_TRUE(response.complete) << piece;
  }
}

TEST_F(FakeProviderTest, StreamFollowsTheGrammar) {
  provider_.enqueue(sse_stream({"Hel", "lo"}));

  const HttpResponse response = client_.post("/v1/messages", "{}");

  EXPECT_THAT(response.event_names(),
              ElementsAre("message_start", "content_block_start", "content_block_delta", "content_block_delta",
                          "content_block_stop", "message_delta", "message_stop"));
  for (const SseEvent& event : response.events()) {
    EXPECT_EQ(nlohmann::json::parse(event.data).at("type"), event.name);
  }
}

TEST_F(FakeProviderTest, AnswersInTheOrderOfTheQueueAndThenAsAlways) {
  provider_.enqueue(rate_limited(30s));
  provider_.enqueue(overloaded());
  provider_.always(json_message("hi"));

  const HttpResponse first = client_.post("/v1/messages", "{}");
  const HttpResponse second = client_.post("/v1/messages", "{}");
  const HttpResponse third = client_.post("/v1/messages", "{}");

  EXPECT_EQ(first.status, 429);
  EXPECT_EQ(first.headers.value("Retry-After"), "30");
  EXPECT_EQ(first.error_type(), "rate_limit_error");
  EXPECT_EQ(second.status, 529);
  EXPECT_EQ(second.error_type(), "overloaded_error");
  EXPECT_EQ(third.json().at("content").at(0).at("text"), "hi");
}

TEST_F(FakeProviderTest, RecordsEveryByteOfARequest) {
  provider_.always(json_message("hi"));
  const std::string raw =
      "POST /v1/messages?beta=true HTTP/1.1\r\nhost: x\r\nX-Twice: a\r\nx-twice:  b \r\n"
      "Transfer-Encoding: chunked\r\n\r\n3\r\n{ \"\r\n3;ext=1\r\n\":1\r\n0\r\n\r\n";
  HttpConnection connection = client_.connect();

  connection.send_raw(raw);
  ASSERT_EQ(connection.read_response().status, 200);

  ASSERT_THAT(provider_.requests(), SizeIs(1));
  const RecordedRequest request = provider_.requests()[0];
  EXPECT_EQ(request.raw, raw);
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "/v1/messages?beta=true");
  EXPECT_EQ(request.body, "{ \"\":1");
  EXPECT_THAT(request.headers, ElementsAre(Pair("host", "x"), Pair("X-Twice", "a"), Pair("x-twice", "b"),
                                           Pair("Transfer-Encoding", "chunked")));
  EXPECT_TRUE(request.complete);
}

TEST_F(FakeProviderTest, KeepsAConnectionForTheNextRequest) {
  provider_.always(json_message("hi"));
  HttpConnection connection = client_.connect();

  EXPECT_EQ(connection.post("/v1/messages", "{}").status, 200);
  EXPECT_EQ(connection.post("/v1/messages", "{}").status, 200);
  connection.close();

  EXPECT_TRUE(provider_.wait_for_client_disconnect());
  EXPECT_EQ(provider_.connections_accepted(), 1u);
  EXPECT_EQ(provider_.connections_closed_by_client(), 1u);
}

TEST_F(FakeProviderTest, ResetBeforeHeadersLeavesNoAnswer) {
  provider_.enqueue(reset_before_headers());

  const HttpResponse response = client_.post("/v1/messages", "{}");

  EXPECT_EQ(response.status, 0);
  EXPECT_EQ(response.raw, "");
}

TEST_F(FakeProviderTest, ResetAfterSomeBytesDeliversExactlyThose) {
  const std::string whole = sse_stream({"Hel", "lo"}).body();
  provider_.enqueue(reset_after(300, sse_stream({"Hel", "lo"}).in_pieces_of(7)));
  provider_.enqueue(reset_after_events(3, sse_stream({"Hel", "lo"})));

  const HttpResponse by_bytes = client_.post("/v1/messages", "{}");
  const HttpResponse by_events = client_.post("/v1/messages", "{}");

  EXPECT_EQ(by_bytes.body, whole.substr(0, 300));
  EXPECT_FALSE(by_bytes.complete);
  EXPECT_EQ(by_events.streamed_text(), "Hel");
  EXPECT_FALSE(by_events.complete);
}

TEST_F(FakeProviderTest, CloseBeforeTheClaimedLengthBreaksTheAnswerOff) {
  provider_.enqueue(json_message("hi").keep_bytes(10).close());

  const HttpResponse response = client_.post("/v1/messages", "{}");

  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.body, SizeIs(10));
  EXPECT_FALSE(response.complete);
}

TEST_F(FakeProviderTest, HoldsAnEventBackUntilTheTestReleasesIt) {
  const auto latch = std::make_shared<Latch>();
  provider_.enqueue(sse_stream({"Hel", "lo"}).hold_part(3, latch));
  HttpConnection connection = client_.connect();
  connection.send_request("POST", "/v1/messages", "{}");
  ASSERT_EQ(connection.read_head().status, 200);

  const std::string before = connection.read_until("Hel");
  latch->release();
  const std::string after = connection.read_until("message_stop\"}\n\n");

  EXPECT_THAT(before, testing::Not(HasSubstr("\"lo\"")));
  EXPECT_THAT(after, HasSubstr("\"lo\""));
}

TEST_F(FakeProviderTest, NoticesThatTheClientLeavesAHangingAnswer) {
  provider_.enqueue(hang_after_events(3, sse_stream({"Hel", "lo"})));
  HttpConnection connection = client_.connect();
  connection.send_request("POST", "/v1/messages", "{}");
  connection.read_head();
  connection.read_until("Hel");

  connection.reset();

  EXPECT_TRUE(provider_.wait_for_client_disconnect());
}

TEST_F(FakeProviderTest, GarbageFailsTheClientByName) {
  provider_.enqueue(raw_answer("SSH-2.0-OpenSSH_9.2\r\n\r\n"));

  try {
    (void)client_.get("/");
    FAIL() << "nothing was thrown";
  } catch (const ConversationError& error) {
    EXPECT_THAT(error.what(), HasSubstr("SSH-2.0"));
  }
}

TEST(HttpConnectionTest, ASilentServerEndsInAnErrorAtTheDeadline) {
  FakeProvider provider;
  provider.enqueue(hang());
  const HttpClient client({.port = provider.port(), .deadline = 100ms});

  EXPECT_THROW((void)client.get("/"), ConversationError);
}

}  // namespace
}  // namespace balancer::fakes
