// A client that leaves takes its request along, and no provider is blamed.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/integration/reliability/conversation.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {
namespace {

using namespace std::chrono_literals;

enum class Departure { kClose, kReset };

class ClientGoneTest : public testing::TestWithParam<Departure> {
 protected:
  ClientGoneTest() {
    first_.always(answers("still the first"));
    second_.always(answers("from the second"));
  }

  [[nodiscard]] std::string config() const {
    return config_for({{"first", first_.base_url()}, {"second", second_.base_url()}},
                      "failure_cooldown: 60, deduplication: {linger: 0s}");
  }

  static void leave(fakes::HttpConnection& connection) {
    if (GetParam() == Departure::kClose) connection.close();
    else connection.reset();
  }

  void expect_upstream_closed_and_nobody_blamed(const fakes::HttpClient& client) {
    EXPECT_TRUE(first_.wait_for_client_disconnect(1, 1s));
    EXPECT_EQ(text_of(ask(client)), "still the first");
    EXPECT_EQ(second_.request_count(), 0u);
  }

  fakes::FakeProvider first_;
  fakes::FakeProvider second_;
};

TEST_P(ClientGoneTest, WhileTheProviderIsSilent) {
  first_.enqueue(fakes::hang());
  Standalone balancer(config());
  fakes::HttpConnection connection = balancer.client().connect();
  connection.send_request("POST", "/v1/messages", message_request(AnswerForm::kDocument));
  ASSERT_TRUE(first_.wait_for_requests(1));

  leave(connection);

  expect_upstream_closed_and_nobody_blamed(balancer.client());
}

TEST_P(ClientGoneTest, InTheMiddleOfAStream) {
  first_.enqueue(fakes::hang_after_events(3, fakes::sse_stream({"Hel", "lo"})));
  Standalone balancer(config());
  fakes::HttpConnection connection = balancer.client().connect();
  connection.send_request("POST", "/v1/messages", message_request(AnswerForm::kStream));
  ASSERT_EQ(connection.read_head().status, 200);
  connection.read_until("Hel");

  leave(connection);

  expect_upstream_closed_and_nobody_blamed(balancer.client());
}

INSTANTIATE_TEST_SUITE_P(BothWays, ClientGoneTest, testing::Values(Departure::kClose, Departure::kReset),
                         [](const testing::TestParamInfo<Departure>& instance) {
                           return instance.param == Departure::kClose ? "Close" : "Reset";
                         });

}  // namespace
}  // namespace balancer::integration
