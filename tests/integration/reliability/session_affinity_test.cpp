// A session keeps its provider, where its prompt cache is: over all gateways, and until that provider fails
// (protocol.md 5.5, case 114).
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "tests/integration/reliability/conversation.hpp"
#include "tests/integration/support/eventually.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kGateways = 2;

class SessionAffinityTest : public testing::Test {
 protected:
  SessionAffinityTest() {
    a_.always(answers("from a"));
    b_.always(answers("from b"));
    c_.always(answers("from c"));
  }

  void start(std::string_view settings) {
    stack_.emplace(config_for({{"a", a_.base_url()}, {"b", b_.base_url()}, {"c", c_.base_url()}}, settings),
                   gateways(kGateways));
  }
  [[nodiscard]] fakes::HttpClient client(std::size_t request) const { return stack_->client(request % kGateways); }

  // Session s fails over from a to b; then a is well again.
  void move_to_b_and_restore_a() {
    start("unhealthy_threshold: 1, failure_cooldown: 300ms");
    a_.enqueue(fakes::server_error());
    ASSERT_EQ(text_of(ask_in_session(client(0), "s")), "from b");
    ASSERT_TRUE(eventually([&] { return text_of(ask(client(0))) == "from a"; }, 3s));
  }

  fakes::FakeProvider a_;
  fakes::FakeProvider b_;
  fakes::FakeProvider c_;
  std::optional<SplitStack> stack_;
};

// Case 114.
TEST_F(SessionAffinityTest, ASessionThatMovedStaysThoughItsFormerProviderIsWellAgain) {
  move_to_b_and_restore_a();

  for (std::size_t i = 0; i < 10; ++i) EXPECT_EQ(text_of(ask_in_session(client(i), "s")), "from b");
}

TEST_F(SessionAffinityTest, ANewSessionGetsThePreferredProvider) {
  move_to_b_and_restore_a();

  EXPECT_EQ(text_of(ask_in_session(client(0), "another")), "from a");
}

TEST_F(SessionAffinityTest, ASessionLeavesAProviderThatFailsAndStaysWhereItGoes) {
  move_to_b_and_restore_a();
  b_.enqueue(fakes::server_error());

  const std::string moved_to = text_of(ask_in_session(client(0), "s"));

  EXPECT_NE(moved_to, "from b");
  ASSERT_TRUE(eventually([&] {
    // Whatever asks may be b's probe.
    return ask(client(0)).status == 200 && listed_provider(client(0), "b").at("status") == "healthy";
  }, 3s));
  for (std::size_t i = 0; i < 10; ++i) EXPECT_EQ(text_of(ask_in_session(client(i), "s")), moved_to);
}

// The prefix that was cached is gone: where the session is served no longer matters.
TEST_F(SessionAffinityTest, ACompactedSessionIsPlacedAnew) {
  move_to_b_and_restore_a();

  EXPECT_EQ(text_of(ask_in_session(client(0), "s", {{"x-claude-code-context-compacted", "true"}})), "from a");

  EXPECT_EQ(text_of(ask_in_session(client(1), "s")), "from a");
}

TEST_F(SessionAffinityTest, SessionsAreSpreadAndEachStaysWhereItIs) {
  start("selection_strategy: round_robin");
  std::map<std::string, std::string> homes;
  std::map<std::string, int> shares;
  for (std::size_t i = 0; i < 30; ++i) {
    const std::string session = "session-" + std::to_string(i);
    homes[session] = text_of(ask_in_session(client(i), session));
    ++shares[homes[session]];
  }

  for (std::size_t round = 0; round < 3; ++round) {
    for (const auto& [session, home] : homes) EXPECT_EQ(text_of(ask_in_session(client(round), session)), home);
  }

  EXPECT_EQ(shares, (std::map<std::string, int>{{"from a", 10}, {"from b", 10}, {"from c", 10}}));
}

TEST_F(SessionAffinityTest, OlderClientsNameTheirSessionInTheUserId) {
  start("selection_strategy: round_robin");
  const auto ask_as = [&](std::size_t request, const std::string& session) {
    return text_of(client(request).post(
        "/v1/messages", R"({"model":"m","max_tokens":16,"metadata":{"user_id":"user_0a1b_account__session_)" + session +
                            R"("},"messages":[{"role":"user","content":"q)" + std::to_string(request) + R"("}]})"));
  };
  const std::string one = "6b0ad7e4-4a1c-4a6e-9d0c-0f4f0f1d2a33";
  const std::string other = "0a1b2c3d-4a1c-4a6e-9d0c-0f4f0f1d2a33";

  const std::string home = ask_as(0, one);

  for (std::size_t i = 1; i < 7; ++i) EXPECT_EQ(ask_as(i, one), home);
  EXPECT_NE(ask_as(7, other), home);
}

TEST_F(SessionAffinityTest, ConversationsWithoutAnIdAreKnownByHowTheyBegin) {
  start("selection_strategy: round_robin");
  const auto ask_turn = [&](std::size_t turn) {
    std::string messages = R"({"role":"user","content":"the question"})";
    for (std::size_t i = 0; i < turn; ++i) {
      messages += R"(,{"role":"assistant","content":"so"},{"role":"user","content":"and )" + std::to_string(i) + R"("})";
    }
    return text_of(client(turn).post(
        "/v1/messages", R"({"model":"m","max_tokens":16,"system":"s","messages":[)" + messages + "]}"));
  };

  const std::string home = ask_turn(1);

  for (std::size_t turn = 2; turn < 8; ++turn) EXPECT_EQ(ask_turn(turn), home);
}

}  // namespace
}  // namespace balancer::integration
