// Clients that leave at any moment, a thousand of them: nothing of theirs stays, and no provider is blamed.
#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <string>
#include <vector>

#include "tests/integration/reliability/conversation.hpp"
#include "tests/integration/support/eventually.hpp"
#include "tests/integration/support/process_usage.hpp"
#include "tests/integration/support/stack.hpp"
#include "tests/integration/support/under_sanitizer.hpp"

namespace balancer::integration {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kBatches = 20;
constexpr std::size_t kAtOnce = 50;
constexpr std::size_t kMostEvents = 8;

// How far a stream gets is written in the name of the model that is asked for: so many events, or none at all.
std::string model_with(std::size_t events) { return "events-" + std::to_string(events); }

fakes::ScriptedResponse partial_stream(const fakes::RecordedRequest& request) {
  const std::string model = nlohmann::json::parse(request.body).at("model");
  const std::size_t events = std::stoul(model.substr(model.find('-') + 1));
  if (events == 0) return fakes::hang();
  return fakes::hang_after_events(events, fakes::sse_stream({"a", "b", "c", "d", "e", "f", "g", "h"}));
}

class VanishingClientsTest : public testing::Test {
 protected:
  VanishingClientsTest() {
    provider_.always(partial_stream);
    // Room for twice as many as there are at once: were places lost, there would soon be none.
    stack_.emplace(config_for({{"only", provider_.base_url(), "max_in_flight: 100"}}, "deduplication: {linger: 0s}"));
  }

  std::size_t up_to(std::size_t most) { return std::uniform_int_distribution<std::size_t>(0, most)(random_); }

  void leave(fakes::HttpConnection& connection) {
    if (up_to(1) == 0) connection.close();
    else connection.reset();
  }

  // Leaves in the middle of the request; nobody upstream hears of it.
  void leave_half_said() {
    const std::string body = message_request(AnswerForm::kStream);
    fakes::HttpConnection connection = stack_->client().connect();
    const std::string request = "POST /v1/messages HTTP/1.1\r\nhost: gateway\r\ncontent-length: " +
                                std::to_string(body.size()) + "\r\n\r\n" + body;
    connection.send_raw(request.substr(0, up_to(request.size() - 2) + 1));
    leave(connection);
  }

  // Asks, reads as far as the stream goes (or less), and leaves.
  void vanish_together() {
    std::vector<fakes::HttpConnection> connections;
    std::vector<std::size_t> events;
    for (std::size_t i = 0; i < kAtOnce; ++i) {
      events.push_back(up_to(kMostEvents));
      connections.push_back(stack_->client().connect());
      // Each asks something else: no answer is shared.
      connections.back().send_request(
          "POST", "/v1/messages",
          message_request(AnswerForm::kStream, model_with(events.back()), std::to_string(asked_ + i)));
    }
    asked_ += kAtOnce;
    ASSERT_TRUE(provider_.wait_for_requests(asked_));
    for (std::size_t i = 0; i < kAtOnce; ++i) {
      if (events[i] < 3 || up_to(3) == 0) continue;
      ASSERT_EQ(connections[i].read_head().status, 200);
      connections[i].read_until("content_block_delta");
    }

    for (fakes::HttpConnection& connection : connections) leave(connection);

    ASSERT_TRUE(provider_.wait_for_client_disconnect(asked_, 500ms));
  }

  std::mt19937 random_{1};
  std::size_t asked_ = 0;
  fakes::FakeProvider provider_;
  std::optional<SplitStack> stack_;
};

TEST_F(VanishingClientsTest, LeaveNothingBehindAndNobodyToBlame) {
  vanish_together();
  Process& gateway = stack_->gateway().process();
  ASSERT_TRUE(eventually([&] { return listed_provider(stack_->client(), "only").is_object(); }));
  const std::size_t descriptors = open_descriptors(gateway);
  const std::size_t memory = resident_bytes(gateway);

  for (std::size_t batch = 1; batch < kBatches; ++batch) {
    vanish_together();
    if (HasFatalFailure()) return;
    for (int i = 0; i < 5; ++i) leave_half_said();
  }

  EXPECT_TRUE(eventually([&] { return open_descriptors(gateway) <= descriptors + 2; }, 5s));
  if (kMemoryTells) {
    EXPECT_LE(resident_bytes(gateway), memory + 16 * 1024 * 1024);
  }
  for (const char* const gauge : {"balancer_gateway_open_requests", "balancer_gateway_open_streams"}) {
    EXPECT_TRUE(eventually([&] { return stack_->gateway().metric(gauge) == 0; }, 5s)) << gauge;
  }
  const nlohmann::json provider = listed_provider(stack_->client(), "only");
  EXPECT_EQ(provider.at("status"), "healthy");
  EXPECT_EQ(provider.at("failure_count"), 0);
  provider_.always(answers("still here"));
  EXPECT_EQ(text_of(ask(stack_->client())), "still here");
}

}  // namespace
}  // namespace balancer::integration
