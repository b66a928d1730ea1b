// Requests that ask the same of one gateway at the same time share the first one's answer, as it comes.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/integration/sharing/shared_question.hpp"
#include "tests/integration/sharing/stillness.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {
namespace {

using fakes::HttpResponse;

class CoalescingTest : public testing::Test {
 protected:
  CoalescingTest() { provider_.always(answers_with_numbers()); }

  [[nodiscard]] std::string config(std::string_view settings = "") const {
    return config_for({{"only", provider_.base_url()}}, settings);
  }
  // The next answer: a stream whose end waits for release.
  void hold_next() { provider_.enqueue(fakes::sse_stream({"Hel", "lo"}).hold_part(3, rest_)); }
  // Asks, and reads until the answer has begun.
  static fakes::HttpConnection begin_stream(const fakes::HttpClient& client, const std::string& body,
                                            HttpResponse& response) {
    fakes::HttpConnection connection = client.connect();
    connection.send_request("POST", "/v1/messages", body);
    response = connection.read_head();
    response.body = connection.read_until("Hel");
    return connection;
  }
  static void read_rest(fakes::HttpConnection& connection, HttpResponse& response) {
    for (std::string bytes = connection.read_some(); !bytes.empty(); bytes = connection.read_some()) {
      response.body += bytes;
    }
    response.complete = connection.body_complete();
  }

  std::shared_ptr<fakes::Latch> rest_ = std::make_shared<fakes::Latch>();
  fakes::FakeProvider provider_;
};

TEST_F(CoalescingTest, AJoinerIsGivenWhatWasSaidAndThenWhatComes) {
  hold_next();
  Standalone balancer(config());
  HttpResponse first;
  HttpResponse second;
  fakes::HttpConnection leader = begin_stream(balancer.client(), question(AnswerForm::kStream), first);

  fakes::HttpConnection joiner = begin_stream(balancer.client(), question(AnswerForm::kStream), second);
  rest_->release();
  read_rest(leader, first);
  read_rest(joiner, second);

  EXPECT_EQ(text_of(first), "Hello");
  EXPECT_EQ(second.body, first.body);
  EXPECT_TRUE(second.complete);
  EXPECT_EQ(cache_of(first), "miss");
  EXPECT_EQ(cache_of(second), "join");
  EXPECT_EQ(provider_of(second), "only");
  EXPECT_EQ(second.headers.value("cache-control"), "private, no-store");
  EXPECT_FALSE(second.headers.contains("age"));
  EXPECT_NE(second.headers.value("request-id"), first.headers.value("request-id"));
  EXPECT_EQ(provider_.request_count(), 1U);
}

TEST_F(CoalescingTest, JoinersAreOnAnyOfTheThreads) {
  hold_next();
  Standalone balancer(config(), gateway_flags({"--threads", "4"}));
  Askers askers;
  askers.ask(balancer.client(), question(AnswerForm::kStream));
  ASSERT_TRUE(provider_.wait_for_requests(1));
  while (askers.size() < 40) {
    askers.ask(balancer.client(), question(askers.size() % 2 == 0 ? AnswerForm::kDocument : AnswerForm::kStream));
  }
  ASSERT_TRUE(come_to_rest(balancer.gateway()));

  rest_->release();

  for (const HttpResponse& response : askers.answers()) {
    EXPECT_FALSE(message_in(response).is_null());
    EXPECT_EQ(text_of(response), "Hello");
  }
  EXPECT_EQ(provider_.request_count(), 1U);
}

TEST_F(CoalescingTest, AnAnswerThatWasGivenIsOfThePast) {
  Standalone balancer(config());

  for (const char* const number : {"1", "2", "3"}) {
    const HttpResponse response = balancer.client().post("/v1/messages", question(AnswerForm::kDocument));
    EXPECT_EQ(text_of(response), number);
    EXPECT_EQ(cache_of(response), "miss");
  }
}

TEST_F(CoalescingTest, OtherQuestionsDoNotMeet) {
  hold_next();
  Standalone balancer(config());
  HttpResponse ignored;
  const fakes::HttpConnection leader = begin_stream(balancer.client(), question(AnswerForm::kStream), ignored);

  const std::vector<std::string> others{question(AnswerForm::kStream, "hello!"),
                                        question(AnswerForm::kStream, "hello", R"("temperature":0.5,)"),
                                        question(AnswerForm::kStream, "hello", R"("system":"Be brief.",)")};
  std::size_t asked = 1;
  for (const std::string& other : others) {
    EXPECT_EQ(cache_of(balancer.client().post("/v1/messages", other)), "miss") << other;
    EXPECT_EQ(provider_.request_count(), ++asked) << other;
  }
}

TEST_F(CoalescingTest, NothingIsSharedWhenItIsSwitchedOff) {
  hold_next();
  Standalone balancer(config("deduplication: {enabled: false}"));
  HttpResponse first;
  const fakes::HttpConnection leader = begin_stream(balancer.client(), question(AnswerForm::kStream), first);

  const HttpResponse second = balancer.client().post("/v1/messages", question(AnswerForm::kStream));

  EXPECT_EQ(text_of(second), "1");
  EXPECT_EQ(cache_of(first), "bypass");
  EXPECT_EQ(cache_of(second), "bypass");
}

TEST_F(CoalescingTest, ABodyThatCannotBeReadIsForTheProviderToRefuse) {
  Standalone balancer(config());
  provider_.enqueue(fakes::error_answer(400, "invalid_request_error", "not JSON"));

  const HttpResponse response = balancer.client().post(
      "/v1/messages", R"({"model":"claude-test","max_tokens":16,"messages":[{"role":"user","content":nonsense}]})");

  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(cache_of(response), "bypass");
}

}  // namespace
}  // namespace balancer::integration
