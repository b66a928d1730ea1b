// Connections that are slow on purpose, or more than there is room for: whoever speaks properly is served all the while
// (promises.md T24).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/process/descriptor_limit.hpp"
#include "tests/integration/reliability/conversation.hpp"
#include "tests/integration/support/eventually.hpp"
#include "tests/integration/support/load.hpp"
#include "tests/integration/support/process_usage.hpp"
#include "tests/integration/support/rate_load.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {
namespace {

using namespace std::chrono_literals;
using fakes::HttpConnection;
using testing::IsEmpty;

const std::string kHead = "POST /v1/messages HTTP/1.1\r\nHost: localhost\r\n";

class SlowConnectionsTest : public testing::Test {
 protected:
  SlowConnectionsTest() {
    raise_descriptor_limit();
    provider_.always(answers("served"));
  }

  void start(std::vector<std::string> flags = {}) {
    stack_.emplace(config_for({{"only", provider_.base_url()}}), gateway_flags(std::move(flags)));
  }

  static void say_more(HttpConnection& connection) {
    try {
      connection.send_raw("x");
    } catch (const fakes::ConversationError&) {
      // Given up already.
    }
  }

  // 0 for a connection that was closed without a word.
  static int status_of_probe(HttpConnection& connection) {
    try {
      return connection.get("/livez", {{"Connection", "close"}}).status;
    } catch (const fakes::ConversationError&) {
      return 0;
    }
  }

  [[nodiscard]] double turned_away() {
    return stack_->gateway().metric("balancer_gateway_rejections_total", {{"reason", "max_connections"}}).value_or(0);
  }

  [[nodiscard]] std::uint16_t port() { return stack_->gateway().listening().port("http"); }

  fakes::FakeProvider provider_;
  std::optional<SplitStack> stack_;
};

// The four ways of slowhttptest: nothing is sent, a head does not end, a body does not come, an answer is not read.
TEST_F(SlowConnectionsTest, AThousandAtOnceDisturbNobodyAndAreGivenUp) {
  constexpr std::size_t kOfEach = 250;
  start();
  std::vector<HttpConnection> silent;
  std::vector<HttpConnection> half_heads;
  std::vector<HttpConnection> half_bodies;
  std::vector<HttpConnection> unread;
  const auto open = [&](std::vector<HttpConnection>& connections, std::size_t number) {
    connections.push_back(HttpConnection({.port = port(), .deadline = 40s}));
    if (&connections == &half_heads) connections.back().send_raw(kHead + "X-Slow: ");
    if (&connections == &half_bodies) connections.back().send_raw(kHead + "Content-Length: 5000\r\n\r\n{");
    if (&connections == &unread) {
      const std::string text = std::to_string(number);
      connections.back().send_request("POST", "/v1/messages", message_request(AnswerForm::kStream, "claude-test", text));
    }
  };
  RateLoad honest({.ports = {port()}, .rate = 50});
  honest.wait_for_answers(50);
  const auto began = std::chrono::steady_clock::now();
  const auto used = cpu_time(stack_->gateway().process());

  for (std::size_t i = 0; i < kOfEach; ++i) {
    for (auto* connections : {&silent, &half_heads, &half_bodies, &unread}) open(*connections, i);
  }
  // Every fifth of them says a little more now and then, which gains it nothing.
  for (int second = 0; second < 5; ++second) {
    for (std::size_t i = 0; i < kOfEach; i += 5) say_more(half_heads[i]);
    honest.wait_for_answers(50);
  }

  for (HttpConnection& connection : half_heads) EXPECT_THAT(connection.read_until_close(), testing::StartsWith("HTTP/1.1 408 "));
  const std::chrono::duration<double> lasted = std::chrono::steady_clock::now() - began;
  const std::chrono::duration<double> computed = cpu_time(stack_->gateway().process()) - used;
  const RateResult result = honest.stop();
  EXPECT_THAT(result.failures, IsEmpty()) << result.summary();
  EXPECT_LT(computed.count(), lasted.count());
  RecordProperty("honest", result.summary());
  RecordProperty("seconds_of_processor", std::to_string(computed.count()));
  RecordProperty("seconds_until_the_last_head_was_given_up", std::to_string(lasted.count()));
  for (HttpConnection& connection : unread) EXPECT_EQ(connection.read_response().status, 200);
}

TEST_F(SlowConnectionsTest, AFloodBeyondTheLimitIsToldSoAndKeepsNobodyFromTheirs) {
  constexpr std::size_t kFlood = 500;
  // Beside the honest ones'.
  constexpr std::size_t kRoom = 42;
  start({"--max-connections", "50"});
  SteadyLoad honest({.ports = {port()}, .clients = 8, .pause = 5ms});
  honest.wait_for_answers(50);

  std::vector<HttpConnection> flood;
  for (std::size_t i = 0; i < kFlood; ++i) flood.push_back(stack_->client().connect());
  ASSERT_TRUE(eventually([&] { return turned_away() == kFlood - kRoom; }));

  // Full, and nobody new: there is nothing to do but for those who are served.
  const auto used = cpu_time(stack_->gateway().process());
  const auto began = std::chrono::steady_clock::now();
  honest.wait_for_answers(200);
  EXPECT_LT(cpu_time(stack_->gateway().process()) - used, std::chrono::steady_clock::now() - began);
  EXPECT_THAT(honest.stop().failures, IsEmpty());
  std::map<int, std::size_t> statuses;
  for (HttpConnection& connection : flood) ++statuses[status_of_probe(connection)];
  EXPECT_EQ(statuses[200], kRoom);
  // Where more come at once than can be told, the rest is closed.
  EXPECT_GE(statuses[529], 200u);
  EXPECT_EQ(statuses[200] + statuses[529] + statuses[0], kFlood);
  flood.clear();
  EXPECT_TRUE(eventually([&] { return ask(stack_->client()).status == 200; }));
  RecordProperty("told", static_cast<int>(statuses[529]));
}

// As a shell with `ulimit -n` starts it.
Command with_descriptor_limit(std::size_t limit, const std::string& program, std::vector<std::string> arguments) {
  const auto folder = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  std::vector<std::string> all{"-c", "ulimit -n " + std::to_string(limit) + " && exec \"$0\" \"$@\"",
                               (folder / program).string()};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return {"/bin/sh", all, {}};
}

TEST_F(SlowConnectionsTest, WithFewDescriptorsAFloodTakesNoneFromThoseWhoAreServed) {
  constexpr std::size_t kLimit = 256;
  StackOptions options;
  options.gateways = 0;
  stack_.emplace(config_for({{"only", provider_.base_url()}}), options);
  RunningGateway gateway(with_descriptor_limit(kLimit, "balancer-gateway",
                                               {"--control-plane", stack_->control_address(), "--listen", "127.0.0.1:0",
                                                "--admin-listen", "127.0.0.1:0"}));
  const std::uint16_t its_port = gateway.listening().port("http");
  SteadyLoad honest({.ports = {its_port}, .clients = 8, .pause = 5ms});
  honest.wait_for_answers(50);

  std::vector<HttpConnection> flood;
  for (std::size_t i = 0; i < 2 * kLimit; ++i) {
    flood.push_back(gateway.client().connect());
    EXPECT_LT(open_descriptors(gateway.process()), kLimit);
  }
  honest.wait_for_answers(200);

  EXPECT_THAT(honest.stop().failures, IsEmpty());
  EXPECT_GE(gateway.metric("balancer_gateway_rejections_total", {{"reason", "max_connections"}}).value_or(0), kLimit);
  flood.clear();
  EXPECT_TRUE(eventually([&] { return ask(gateway.client()).status == 200; }));
  EXPECT_EQ(listed_provider(gateway.client(), "only").at("failure_count"), 0);
}

}  // namespace
}  // namespace balancer::integration
