// Once the client has seen a byte of one provider's answer, no other provider's follows it: what goes wrong then is
// told in the stream.
#include <gtest/gtest.h>

#include <string>

#include "tests/integration/reliability/conversation.hpp"
#include "tests/integration/support/eventually.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {
namespace {

using fakes::FakeProvider;
using fakes::HttpResponse;

class NoFailoverAfterCommitTest : public testing::Test {
 protected:
  NoFailoverAfterCommitTest() { second_.always(answers("from the second")); }

  [[nodiscard]] std::string config(std::string_view settings) const {
    return config_for({{"first", first_.base_url()}, {"second", second_.base_url()}}, settings);
  }

  // The first `count` events of the first provider's stream, then one error event, then the end.
  static void expect_prefix_and_error(const HttpResponse& response, std::size_t count, std::string_view error_type) {
    std::string prefix;
    for (std::size_t i = 0; i < count; ++i) prefix += fakes::message_events(kTexts).at(i);
    EXPECT_EQ(response.status, 200);
    EXPECT_TRUE(response.complete);
    ASSERT_EQ(response.body.substr(0, prefix.size()), prefix);
    const auto rest = fakes::parse_sse(response.body.substr(prefix.size()));
    ASSERT_EQ(rest.size(), 1u) << response.body;
    EXPECT_EQ(rest[0].name, "error");
    EXPECT_EQ(nlohmann::json::parse(rest[0].data).at("error").at("type"), error_type);
  }

  static inline const std::vector<std::string> kTexts{"one", "two", "three", "four"};
  FakeProvider first_;
  FakeProvider second_;
};

TEST_F(NoFailoverAfterCommitTest, AResetAfterAnyNumberOfEventsNeverLooksLikeAWholeAnswer) {
  // Failures are many here and must not change the order of the providers.
  Standalone balancer(config("unhealthy_threshold: 1000, failure_cooldown: 0"));
  const std::size_t event_count = fakes::message_events(kTexts).size();
  for (std::size_t events = 0; events < event_count; ++events) {
    SCOPED_TRACE("reset after " + std::to_string(events) + " events");
    first_.enqueue(fakes::reset_after_events(events, fakes::sse_stream(kTexts)));
    const std::size_t before = second_.request_count();

    const HttpResponse response = ask(balancer.client(), AnswerForm::kStream);

    // message_start alone is nothing that a client could use.
    if (events < 2) {
      EXPECT_EQ(response.body, answer(AnswerForm::kStream, "from the second").body());
      EXPECT_EQ(second_.request_count(), before + 1);
    } else {
      expect_prefix_and_error(response, events, "api_error");
      EXPECT_EQ(second_.request_count(), before);
    }
  }
  EXPECT_EQ(first_.request_count(), event_count);
}

TEST_F(NoFailoverAfterCommitTest, AnEndWithoutMessageStopIsToldAsAnError) {
  Standalone balancer(config(""));
  first_.enqueue(fakes::sse_stream(kTexts).keep_parts(4));

  const HttpResponse response = ask(balancer.client(), AnswerForm::kStream);

  expect_prefix_and_error(response, 4, "api_error");
  EXPECT_EQ(second_.request_count(), 0u);
}

TEST_F(NoFailoverAfterCommitTest, SilenceInTheMiddleEndsAtTheIdleTimeout) {
  Standalone balancer(config("timeouts: {idle: 200ms}"));
  first_.enqueue(fakes::hang_after_events(4, fakes::sse_stream(kTexts)));

  const HttpResponse response = ask(balancer.client(), AnswerForm::kStream);

  expect_prefix_and_error(response, 4, "timeout_error");
  EXPECT_TRUE(first_.wait_for_client_disconnect());
  EXPECT_EQ(second_.request_count(), 0u);
}

TEST_F(NoFailoverAfterCommitTest, AStreamOfPingsOnlyEndsAtTheStreamsOwnLimit) {
  Standalone balancer(config("timeouts: {stream_total: 300ms}"));
  const std::string pings = "event: ping\ndata: {\"type\": \"ping\"}\n\n";
  auto script = fakes::sse_stream(kTexts).keep_parts(3);
  for (int i = 0; i < 1'000; ++i) script.pause(std::chrono::milliseconds(20)).send(pings);
  first_.enqueue(std::move(script));

  const HttpResponse response = ask(balancer.client(), AnswerForm::kStream);

  ASSERT_FALSE(response.events().empty());
  EXPECT_EQ(response.events().back().name, "error");
  EXPECT_TRUE(first_.wait_for_client_disconnect());
  EXPECT_EQ(second_.request_count(), 0u);
}

TEST_F(NoFailoverAfterCommitTest, TheFailureCountsAgainstTheProviderAllTheSame) {
  Standalone balancer(config("unhealthy_threshold: 1, failure_cooldown: 60"));
  first_.always(answers("from the first"));
  first_.enqueue(fakes::reset_after_events(3, fakes::sse_stream(kTexts)));
  expect_prefix_and_error(ask(balancer.client(), AnswerForm::kStream), 3, "api_error");

  // The report follows the answer; a question on another thread may overtake it.
  EXPECT_TRUE(eventually([&] { return provider_of(ask(balancer.client())) == "second"; }));
}

}  // namespace
}  // namespace balancer::integration
