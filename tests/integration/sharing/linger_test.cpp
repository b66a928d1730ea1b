// An answer whose client has left is made on for a while: the client's own retry finds it.
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <memory>
#include <string>

#include "tests/integration/sharing/shared_question.hpp"
#include "tests/integration/sharing/stillness.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {
namespace {

using namespace std::chrono_literals;
using fakes::HttpResponse;

class LingerTest : public testing::TestWithParam<AnswerForm> {
 protected:
  LingerTest() { provider_.always(answers("asked twice")); }

  [[nodiscard]] std::string config(std::string_view linger) const {
    return config_for({{"only", provider_.base_url()}}, "deduplication: {linger: " + std::string(linger) + "}");
  }

  // A client asks, reads what there is, and leaves.
  void ask_and_leave(const fakes::HttpClient& client) {
    if (GetParam() == AnswerForm::kStream) {
      provider_.enqueue(fakes::sse_stream({"Hel", "lo"}).hold_part(3, rest_));
    } else {
      provider_.enqueue(fakes::json_message("Hello").after(rest_));
    }
    fakes::HttpConnection connection = client.connect();
    connection.send_request("POST", "/v1/messages", question(GetParam()));
    ASSERT_TRUE(provider_.wait_for_requests(1));
    if (GetParam() == AnswerForm::kStream) {
      ASSERT_EQ(connection.read_head().status, 200);
      connection.read_until("Hel");
    }
  }

  std::shared_ptr<fakes::Latch> rest_ = std::make_shared<fakes::Latch>();
  fakes::FakeProvider provider_;
};

TEST_P(LingerTest, ARetryJoinsTheAnswerThatIsUnderWay) {
  Standalone balancer(config_for({{"only", provider_.base_url()}}));
  ask_and_leave(balancer.client());
  ASSERT_TRUE(come_to_rest(balancer.gateway()));

  Askers retry;
  retry.ask(balancer.client(), question(GetParam()));
  ASSERT_TRUE(come_to_rest(balancer.gateway()));
  rest_->release();
  const HttpResponse response = retry.answers().front();

  EXPECT_EQ(text_of(response), "Hello");
  EXPECT_EQ(cache_of(response), "join");
  EXPECT_EQ(provider_.request_count(), 1U);
}

TEST_P(LingerTest, ARetryFindsTheAnswerThatIsFinished) {
  Standalone balancer(config("60s"));
  ask_and_leave(balancer.client());
  ASSERT_TRUE(come_to_rest(balancer.gateway()));
  rest_->release();
  ASSERT_TRUE(come_to_rest(balancer.gateway()));

  const HttpResponse response = balancer.client().post("/v1/messages", question(GetParam()));

  EXPECT_EQ(text_of(response), "Hello");
  EXPECT_EQ(cache_of(response), "join");
  EXPECT_EQ(provider_.request_count(), 1U);
  EXPECT_EQ(text_of(balancer.client().post("/v1/messages", question(GetParam()))), "asked twice");
}

TEST_P(LingerTest, ARetryOnAnotherGatewayJoinsToo) {
  SplitStack stack(config("60s"), gateways(2));
  ask_and_leave(stack.client(0));
  ASSERT_TRUE(come_to_rest(stack, 2));

  Askers retry;
  retry.ask(stack.client(1), question(GetParam()));
  ASSERT_TRUE(come_to_rest(stack, 2));
  rest_->release();
  const HttpResponse response = retry.answers().front();

  EXPECT_EQ(text_of(response), "Hello");
  EXPECT_EQ(provider_.request_count(), 1U);
}

TEST_P(LingerTest, WithoutItTheProviderIsLetGoAtOnce) {
  Standalone balancer(config("0s"));

  ask_and_leave(balancer.client());

  EXPECT_TRUE(provider_.wait_for_client_disconnect(1, 5s));
}

TEST_P(LingerTest, AfterItTheProviderIsLetGo) {
  Standalone balancer(config("300ms"));

  ask_and_leave(balancer.client());

  EXPECT_TRUE(provider_.wait_for_client_disconnect());
  EXPECT_EQ(text_of(balancer.client().post("/v1/messages", question(GetParam()))), "asked twice");
}

TEST_P(LingerTest, AJoinerKeepsTheAnswerWithoutIt) {
  Standalone balancer(config("0s"));
  Askers joiners;
  {
    Askers leader;
    provider_.enqueue(fakes::sse_stream({"Hel", "lo"}).after(rest_));
    leader.ask(balancer.client(), question(AnswerForm::kStream));
    ASSERT_TRUE(provider_.wait_for_requests(1));
    joiners.ask(balancer.client(), question(GetParam()));
    ASSERT_TRUE(come_to_rest(balancer.gateway()));
  }
  ASSERT_TRUE(come_to_rest(balancer.gateway()));

  rest_->release();

  EXPECT_EQ(text_of(joiners.answers().front()), "Hello");
  EXPECT_EQ(provider_.request_count(), 1U);
}

// Far less than the linger, and than the drain timeout of 30 s.
TEST_P(LingerTest, ShutdownDoesNotWaitForAnAnswerThatNobodyReads) {
  Standalone balancer(config("60s"));
  ask_and_leave(balancer.client());
  ASSERT_TRUE(come_to_rest(balancer.gateway()));

  balancer.process().signal(SIGTERM);

  EXPECT_EQ(balancer.process().wait_for_exit(10s).code, 0);
}

TEST_P(LingerTest, ShutdownDoesNotWaitForARetry) {
  Standalone balancer(config("60s"));
  ask_and_leave(balancer.client());
  rest_->release();
  ASSERT_TRUE(come_to_rest(balancer.gateway()));

  balancer.process().signal(SIGTERM);

  EXPECT_EQ(balancer.process().wait_for_exit(10s).code, 0);
}

INSTANTIATE_TEST_SUITE_P(OfEitherForm, LingerTest, testing::Values(AnswerForm::kDocument, AnswerForm::kStream),
                         [](const testing::TestParamInfo<AnswerForm>& instance) {
                           return instance.param == AnswerForm::kStream ? "Stream" : "Document";
                         });

}  // namespace
}  // namespace balancer::integration
