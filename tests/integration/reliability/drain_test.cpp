// SIGTERM: what has begun is finished, what is idle is let go, and nobody waits for nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/integration/reliability/conversation.hpp"
#include "tests/integration/support/eventually.hpp"
#include "tests/integration/support/refuses_connections.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

class DrainTest : public testing::Test {
 protected:
  DrainTest() { provider_.always(answers("served")); }

  [[nodiscard]] std::string config() const { return config_for({{"only", provider_.base_url()}}); }

  // A stream that has begun, and that goes on when `held_` is released.
  fakes::HttpConnection open_stream(const fakes::HttpClient& client) {
    provider_.enqueue(fakes::sse_stream({"begun ", "and finished"}).hold_part(3, held_));
    fakes::HttpConnection stream = client.connect();
    stream.send_request("POST", "/v1/messages", message_request(AnswerForm::kStream));
    EXPECT_EQ(stream.read_head().status, 200);
    EXPECT_NE(stream.read_until("begun ").find("begun "), std::string::npos);
    return stream;
  }

  // Sends the gateway away with a delay that nobody waits for, and returns once it says so.
  void leave_with_delay(SplitStack& stack) {
    stack.gateway().process().signal(SIGTERM);
    ASSERT_TRUE(eventually([&] { return stack.gateway().admin().get("/readyz").status == 503; }));
  }

  // Far less than the drain timeout of 30 s.
  static constexpr std::chrono::milliseconds kPromptly = 10s;
  std::shared_ptr<fakes::Latch> held_ = std::make_shared<fakes::Latch>();
  fakes::FakeProvider provider_;
};

TEST_F(DrainTest, AnOpenStreamFinishesWhileTheGatewaySaysThatItIsLeaving) {
  SplitStack stack(config());
  RunningGateway& gateway = stack.gateway();
  fakes::HttpConnection stream = open_stream(gateway.client());
  fakes::HttpConnection idle = gateway.client().connect();
  ASSERT_EQ(idle.get("/livez").status, 200);

  gateway.process().signal(SIGTERM);

  EXPECT_TRUE(eventually([&] { return gateway.admin().get("/readyz").status == 503; }));
  EXPECT_EQ(gateway.admin().get("/livez").status, 200);
  EXPECT_EQ(idle.read_until_close(), "");
  EXPECT_TRUE(eventually([&] { return refuses_connections(gateway.client()); })) << "each thread closes its own listener";
  EXPECT_TRUE(gateway.process().running());
  held_->release();
  const std::string rest = stream.read_until("message_stop\"}\n\n");
  EXPECT_NE(rest.find("and finished"), std::string::npos);
  EXPECT_EQ(stream.read_some(), "");
  EXPECT_TRUE(stream.body_complete());
  EXPECT_EQ(gateway.process().wait_for_exit(kPromptly).code, 0);
}

TEST_F(DrainTest, ARequestThatStillWaitsForItsAnswerGetsIt) {
  SplitStack stack(config());
  RunningGateway& gateway = stack.gateway();
  provider_.enqueue(fakes::json_message("late but whole").after(held_));
  fakes::HttpConnection waiting = gateway.client().connect();
  waiting.send_request("POST", "/v1/messages", message_request(AnswerForm::kDocument));
  ASSERT_TRUE(provider_.wait_for_requests(1));

  gateway.process().signal(SIGTERM);
  ASSERT_TRUE(eventually([&] { return gateway.admin().get("/readyz").status == 503; }));
  held_->release();

  const fakes::HttpResponse response = waiting.read_response();
  EXPECT_EQ(text_of(response), "late but whole");
  EXPECT_EQ(response.headers.value("connection"), "close");
  EXPECT_EQ(gateway.process().wait_for_exit(kPromptly).code, 0);
}

TEST_F(DrainTest, WithNothingOpenItExitsAtOnce) {
  SplitStack stack(config());
  ASSERT_EQ(ask(stack.client()).status, 200);
  fakes::HttpConnection idle = stack.client().connect();
  ASSERT_EQ(idle.get("/livez").status, 200);

  stack.gateway().process().signal(SIGTERM);

  EXPECT_EQ(stack.gateway().process().wait_for_exit(kPromptly).code, 0);
}

TEST_F(DrainTest, WhoLeavesDoesNotSayThatItLostTheControlPlane) {
  SplitStack stack(config());
  Standalone balancer(config());
  ASSERT_EQ(ask(stack.client()).status, 200);
  ASSERT_EQ(ask(balancer.client()).status, 200);

  for (Process* leaving : {&stack.gateway().process(), &balancer.process()}) {
    leaving->signal(SIGTERM);
    leaving->wait_for_exit(kPromptly);
    EXPECT_THAT(leaving->standard_error(), HasSubstr("shutting down"));
    EXPECT_THAT(leaving->standard_error(), Not(HasSubstr("control plane lost")));
  }
}

// What load balancers have not noticed yet is served: a request that is refused meanwhile is one that fails.
TEST_F(DrainTest, DuringTheDelayItServesOverConnectionsThatEnd) {
  SplitStack stack(config(), gateway_flags({"--drain-delay", "300"}));
  const fakes::HttpClient client = stack.client();
  fakes::HttpConnection kept = client.connect();
  ASSERT_EQ(ask(client).headers.value("connection"), std::nullopt);
  ASSERT_EQ(kept.get("/livez").headers.value("connection"), std::nullopt);

  leave_with_delay(stack);

  for (int i = 0; i < 20; ++i) {
    const auto response = ask(client, i % 2 == 0 ? AnswerForm::kDocument : AnswerForm::kStream);
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.headers.value("connection"), "close");
  }
  EXPECT_EQ(client.get("/readyz").status, 503);
  EXPECT_EQ(client.get("/livez").status, 200);
  // A connection from before is good for one more answer.
  const auto last = kept.post("/v1/messages", message_request(AnswerForm::kDocument));
  EXPECT_EQ(last.status, 200);
  EXPECT_EQ(last.headers.value("connection"), "close");
  EXPECT_EQ(kept.read_until_close(), "");
  EXPECT_TRUE(stack.gateway().process().running());
}

TEST_F(DrainTest, BehindTheDelayItRefusesAndFinishesWhatItHas) {
  SplitStack stack(config(), gateway_flags({"--drain-delay", "0.5"}));
  fakes::HttpConnection stream = open_stream(stack.client());
  fakes::HttpConnection idle = stack.client().connect();
  ASSERT_EQ(idle.get("/livez").status, 200);

  leave_with_delay(stack);

  EXPECT_TRUE(eventually([&] { return refuses_connections(stack.client()); }));
  EXPECT_EQ(idle.read_until_close(), "");
  EXPECT_EQ(stack.gateway().admin().get("/readyz").status, 503);
  held_->release();
  EXPECT_NE(stream.read_until("message_stop\"}\n\n").find("and finished"), std::string::npos);
  EXPECT_EQ(stack.gateway().process().wait_for_exit(kPromptly).code, 0);
}

TEST_F(DrainTest, ASecondSignalEndsTheDelay) {
  SplitStack stack(config(), gateway_flags({"--drain-delay", "300"}));
  ASSERT_EQ(ask(stack.client()).status, 200);
  leave_with_delay(stack);

  stack.gateway().process().signal(SIGINT);

  EXPECT_EQ(stack.gateway().process().wait_for_exit(kPromptly).code, 0);
}

TEST_F(DrainTest, ASecondSignalEndsOpenStreamsWithAWord) {
  SplitStack stack(config(), gateway_flags({"--drain-timeout", "300"}));
  fakes::HttpConnection endless = open_stream(stack.client());
  stack.gateway().process().signal(SIGTERM);
  ASSERT_TRUE(eventually([&] { return stack.gateway().admin().get("/readyz").status == 503; }));

  stack.gateway().process().signal(SIGTERM);

  const auto rest = fakes::parse_sse(endless.read_until("event: error") + endless.read_some());
  ASSERT_FALSE(rest.empty());
  EXPECT_EQ(rest.back().name, "error");
  EXPECT_EQ(stack.gateway().process().wait_for_exit(kPromptly).code, 0);
}

TEST_F(DrainTest, TwoHundredStreamsAllFinish) {
  constexpr std::size_t kStreams = 200;
  provider_.always([this](const fakes::RecordedRequest&) {
    return fakes::sse_stream({"begun ", "and finished"}).hold_part(3, held_);
  });
  SplitStack stack(config(), gateway_flags({"--drain-delay", "0.5", "--drain-timeout", "60"}));
  std::vector<fakes::HttpConnection> streams;
  for (std::size_t i = 0; i < kStreams; ++i) {
    streams.push_back(fakes::HttpConnection({.port = stack.gateway().listening().port("http"), .deadline = 30s}));
    streams.back().send_request("POST", "/v1/messages",
                                message_request(AnswerForm::kStream, "claude-test", std::to_string(i)));
  }
  for (fakes::HttpConnection& stream : streams) {
    ASSERT_EQ(stream.read_head().status, 200);
    ASSERT_NE(stream.read_until("begun ").find("begun "), std::string::npos);
  }

  leave_with_delay(stack);
  EXPECT_TRUE(eventually([&] { return refuses_connections(stack.client()); }));
  held_->release();

  for (fakes::HttpConnection& stream : streams) {
    EXPECT_NE(stream.read_until("message_stop\"}\n\n").find("and finished"), std::string::npos);
    EXPECT_EQ(stream.read_some(), "");
    EXPECT_TRUE(stream.body_complete());
  }
  EXPECT_EQ(stack.gateway().process().wait_for_exit(kPromptly).code, 0);
}

TEST_F(DrainTest, OfTwoHundredStreamsThatOutlastTheTimeoutEachGetsAWord) {
  constexpr std::size_t kStreams = 200;
  provider_.always([this](const fakes::RecordedRequest&) {
    return fakes::sse_stream({"begun ", "and finished"}).hold_part(3, held_);
  });
  SplitStack stack(config(), gateway_flags({"--drain-timeout", "0.5"}));
  std::vector<fakes::HttpConnection> streams;
  for (std::size_t i = 0; i < kStreams; ++i) {
    streams.push_back(fakes::HttpConnection({.port = stack.gateway().listening().port("http"), .deadline = 30s}));
    streams.back().send_request("POST", "/v1/messages",
                                message_request(AnswerForm::kStream, "claude-test", std::to_string(i)));
    ASSERT_EQ(streams.back().read_head().status, 200);
    ASSERT_NE(streams.back().read_until("begun ").find("begun "), std::string::npos);
  }

  stack.gateway().process().signal(SIGTERM);

  for (fakes::HttpConnection& stream : streams) {
    const auto rest = fakes::parse_sse(stream.read_until("shutting down\"") + stream.read_some());
    ASSERT_FALSE(rest.empty());
    EXPECT_EQ(rest.back().name, "error");
  }
  EXPECT_EQ(stack.gateway().process().wait_for_exit(kPromptly).code, 0);
}

TEST_F(DrainTest, AStreamThatOutlastsTheTimeoutIsCut) {
  SplitStack stack(config(), gateway_flags({"--drain-timeout", "0.5"}));
  fakes::HttpConnection endless = open_stream(stack.client());

  stack.gateway().process().signal(SIGTERM);

  EXPECT_EQ(stack.gateway().process().wait_for_exit(kPromptly).code, 0);
  EXPECT_TRUE(provider_.wait_for_client_disconnect());
}

// protocol.md 1.7: an error event rather than a bare close, so that the client knows what it has not got.
TEST_F(DrainTest, AStreamThatIsCutEndsWithAnErrorEvent) {
  SplitStack stack(config(), gateway_flags({"--drain-timeout", "0.5"}));
  fakes::HttpConnection endless = open_stream(stack.client());

  stack.gateway().process().signal(SIGTERM);

  const auto rest = fakes::parse_sse(endless.read_until("event: error") + endless.read_some());
  ASSERT_FALSE(rest.empty());
  EXPECT_EQ(rest.back().name, "error");
}

TEST_F(DrainTest, TheStandaloneExitsAtOnceAfterItHasServed) {
  Standalone balancer(config());
  ASSERT_EQ(ask(balancer.client(), AnswerForm::kDocument).status, 200);
  ASSERT_EQ(ask(balancer.client(), AnswerForm::kStream).status, 200);

  balancer.process().signal(SIGTERM);

  EXPECT_EQ(balancer.process().wait_for_exit(kPromptly).code, 0);
}

TEST_F(DrainTest, TheStandaloneFinishesAnOpenStream) {
  Standalone balancer(config());
  fakes::HttpConnection stream = open_stream(balancer.client());

  balancer.process().signal(SIGTERM);
  EXPECT_TRUE(eventually([&] { return refuses_connections(balancer.client()); }));
  held_->release();

  EXPECT_NE(stream.read_until("message_stop\"}\n\n").find("and finished"), std::string::npos);
  EXPECT_EQ(balancer.process().wait_for_exit(kPromptly).code, 0);
}

TEST_F(DrainTest, TheStandaloneHasTheSameFlags) {
  StackOptions options = gateway_flags({"--drain-delay", "300", "--drain-timeout", "300"});
  Standalone balancer(config(), options);
  fakes::HttpConnection endless = open_stream(balancer.client());

  balancer.process().signal(SIGTERM);
  EXPECT_TRUE(eventually([&] { return balancer.client().get("/readyz").status == 503; }));
  EXPECT_EQ(ask(balancer.client(), AnswerForm::kDocument, "claude-test", "something else").status, 200);
  balancer.process().signal(SIGTERM);

  EXPECT_NE(endless.read_until("event: error").find("event: error"), std::string::npos);
  EXPECT_EQ(balancer.process().wait_for_exit(kPromptly).code, 0);
}

TEST_F(DrainTest, TheControlPlaneExitsAtOnceWithGatewaysConnected) {
  SplitStack stack(config());
  ASSERT_EQ(ask(stack.client()).status, 200);

  stack.control_plane().signal(SIGTERM);

  EXPECT_EQ(stack.control_plane().wait_for_exit(kPromptly).code, 0);
  EXPECT_EQ(ask(stack.client()).status, 200);
}

}  // namespace
}  // namespace balancer::integration
