// Gateways behind a load balancer: one may die, and all may be replaced, and clients notice as little as can be
// (promises.md T5, T27).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <deque>
#include <memory>
#include <optional>

#include "tests/integration/reliability/conversation.hpp"
#include "tests/integration/support/eventually.hpp"
#include "tests/integration/support/load.hpp"
#include "tests/integration/support/nginx.hpp"
#include "tests/integration/support/refuses_connections.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {
namespace {

using namespace std::chrono_literals;
using testing::IsEmpty;

class LoadBalancerTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!Nginx::installed()) GTEST_SKIP() << "nginx is not installed";
    provider_.always([this](const fakes::RecordedRequest& request) {
      fakes::ScriptedResponse script = fakes::sse_stream({"begun ", "and finished"});
      if (request.body.find("held ") != std::string::npos) return script.hold_part(3, held_);
      return answers("served")(request);
    });
  }

  void start(std::size_t count, std::vector<std::string> flags = {}) {
    StackOptions options = gateway_flags(std::move(flags));
    options.gateways = count;
    stack_.emplace(config_for({{"only", provider_.base_url()}}), options);
    for (std::size_t i = 0; i < count; ++i) serving_.push_back(&stack_->gateway(i));
    nginx_.emplace(ports());
  }

  [[nodiscard]] std::vector<std::uint16_t> ports() const {
    std::vector<std::uint16_t> ports;
    for (const RunningGateway* gateway : serving_) ports.push_back(gateway->listening().port("http"));
    return ports;
  }

  // A stream that has begun, and goes on when held_ is released.
  void open_stream() {
    const std::string text = "held " + std::to_string(streams_.size());
    streams_.push_back(fakes::HttpConnection({.port = nginx_->port(), .deadline = 60s}));
    streams_.back().send_request("POST", "/v1/messages", message_request(AnswerForm::kStream, "claude-test", text));
    ASSERT_EQ(streams_.back().read_head().status, 200);
    ASSERT_NE(streams_.back().read_until("begun ").find("begun "), std::string::npos);
  }

  // Whether it came to its proper end.
  static bool finishes(fakes::HttpConnection& stream) {
    try {
      return stream.read_until("message_stop\"}\n\n").find("and finished") != std::string::npos;
    } catch (const fakes::ConversationError&) {
      return false;
    }
  }

  std::shared_ptr<fakes::Latch> held_ = std::make_shared<fakes::Latch>();
  fakes::FakeProvider provider_;
  std::optional<SplitStack> stack_;
  // Of stack_'s, those that nginx is to ask.
  std::deque<RunningGateway*> serving_;
  std::optional<Nginx> nginx_;
  std::vector<fakes::HttpConnection> streams_;
};

TEST_F(LoadBalancerTest, OfThreeGatewaysOneMayDieAndTakesOnlyWithItWhatItHadUnderWay) {
  start(3);
  for (int i = 0; i < 30; ++i) open_stream();
  const auto open_at = [&](std::size_t index) {
    return stack_->gateway(index).metric("balancer_gateway_open_streams").value_or(0);
  };
  const auto lost = static_cast<std::size_t>(open_at(0));
  ASSERT_GE(lost, 5u);
  ASSERT_EQ(lost + open_at(1) + open_at(2), 30);
  constexpr std::size_t kClients = 9;
  SteadyLoad load({.ports = {nginx_->port()}, .clients = kClients, .pause = 10ms});
  load.wait_for_answers(200);

  stack_->gateway(0).process().signal(SIGKILL);

  load.wait_for_answers(400);
  const LoadResult result = load.stop();
  // No client has more than one request under way.
  EXPECT_LE(result.failures.size(), kClients) << testing::PrintToString(result.failures);
  EXPECT_GE(result.answer_count, 600u);
  held_->release();
  std::size_t finished = 0;
  for (fakes::HttpConnection& stream : streams_) finished += finishes(stream) ? 1 : 0;
  EXPECT_EQ(finished, 30 - lost);
  RecordProperty("failures_of_the_load", static_cast<int>(result.failures.size()));
  RecordProperty("streams_lost", static_cast<int>(lost));
}

TEST_F(LoadBalancerTest, ARollingRestartFailsNoRequestAndCutsNoStream) {
  start(2, {"--drain-delay", "10"});
  std::vector<RunningGateway*> replaced;
  SteadyLoad load({.ports = {nginx_->port()}, .clients = 6, .pause = 15ms});
  for (int i = 0; i < 30; ++i) open_stream();
  load.wait_for_answers(100);

  stack_->control_plane().signal(SIGTERM);
  ASSERT_EQ(stack_->control_plane().wait_for_exit().code, 0);
  load.wait_for_answers(50);
  stack_->start_control_plane();
  while (replaced.size() < 2) {
    RunningGateway& old = *serving_.front();
    replaced.push_back(&old);
    serving_.push_back(&stack_->add_gateway());
    old.process().signal(SIGTERM);
    ASSERT_TRUE(eventually([&] { return old.admin().get("/readyz").status == 503; }));
    // Until the load balancer has noticed, the gateway goes on serving.
    load.wait_for_answers(50);
    serving_.pop_front();
    nginx_->send_to(ports());
    load.wait_for_answers(50);
  }
  for (RunningGateway* old : replaced) EXPECT_TRUE(eventually([&] { return refuses_connections(old->client()); }, 30s));
  held_->release();
  for (fakes::HttpConnection& stream : streams_) EXPECT_TRUE(finishes(stream));
  for (RunningGateway* old : replaced) EXPECT_EQ(old->process().wait_for_exit().code, 0);
  load.wait_for_answers(100);

  const LoadResult result = load.stop();
  EXPECT_THAT(result.failures, IsEmpty());
  RecordProperty("answers", static_cast<int>(result.answer_count));
}

}  // namespace
}  // namespace balancer::integration
