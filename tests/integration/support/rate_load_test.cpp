#include "tests/integration/support/rate_load.hpp"

#include <gmock/gmock.h>

#include "tests/fakes/fake_provider.hpp"
#include "tests/fakes/unreachable_port.hpp"

namespace balancer::integration {
namespace {

using namespace std::chrono_literals;
using fakes::FakeProvider;

fakes::ScriptedResponse in_the_form_of(const fakes::RecordedRequest& request) {
  const bool streaming = request.body.find("\"stream\":true") != std::string::npos;
  return streaming ? fakes::sse_stream({"a", "b"}) : fakes::json_message("a");
}

TEST(RateLoadTest, AsksByTurnsWholeAndAsAStreamAndFindsNothingWrong) {
  FakeProvider provider;
  provider.always(in_the_form_of);
  RateLoad load({.ports = {provider.port()}, .rate = 200, .model = "some-model"});

  load.wait_for_answers(40);

  const RateResult result = load.stop();
  EXPECT_GE(result.answer_count, 40u);
  EXPECT_THAT(result.failures, testing::IsEmpty()) << result.summary();
  EXPECT_GT(result.p50, 0us);
  EXPECT_LE(result.p50, result.p99);
  EXPECT_LE(result.p99, result.slowest);
  std::size_t streams = 0;
  for (const fakes::RecordedRequest& request : provider.requests()) {
    EXPECT_NE(request.body.find("some-model"), std::string::npos);
    if (request.body.find("\"stream\":true") != std::string::npos) ++streams;
  }
  EXPECT_NEAR(static_cast<double>(streams), static_cast<double>(provider.request_count()) / 2, 1);
  EXPECT_LE(provider.connections_accepted(), provider.request_count());
}

TEST(RateLoadTest, KeepsWhatARefusalSaid) {
  FakeProvider provider;
  provider.always(fakes::rate_limited(7s));
  RateLoad load({.ports = {provider.port()}, .rate = 100});

  load.wait_for_answers(3);

  const RateResult result = load.stop();
  ASSERT_GE(result.failures.size(), 3u);
  EXPECT_EQ(result.failures[0].status, 429);
  EXPECT_EQ(result.failures[0].retry_after, "7");
  EXPECT_EQ(result.failures.size(), result.answer_count);
}

TEST(RateLoadTest, NoticesStreamsThatBreakOff) {
  FakeProvider provider;
  provider.always([](const fakes::RecordedRequest&) {
    return fakes::reset_after_events(2, fakes::sse_stream({"a", "b", "c"}));
  });
  RateLoad load({.ports = {provider.port()}, .rate = 100});

  load.wait_for_answers(4);

  const RateResult result = load.stop();
  EXPECT_EQ(result.failures.size(), result.answer_count);
  EXPECT_EQ(result.failures[0].status, 200);
}

TEST(RateLoadTest, NobodyThereIsAFailureWithoutStatus) {
  const fakes::RefusingPort nobody;
  RateLoad load({.ports = {nobody.port()}, .rate = 100});

  load.wait_for_answers(2);

  EXPECT_EQ(load.stop().failures.at(0).status, 0);
}

TEST(RateLoadTest, AStallDelaysEverythingThatFallsIntoItAndEachPhaseIsToldApart) {
  FakeProvider provider;
  provider.always(in_the_form_of);
  RateLoad load({.ports = {provider.port()}, .rate = 100, .most_connections = 1});
  load.wait_for_answers(10);
  EXPECT_GE(load.take().answer_count, 10u);

  // Questions behind it wait for the only connection.
  provider.always([](const fakes::RecordedRequest& request) { return in_the_form_of(request).after(300ms); });
  load.wait_for_answers(2);
  provider.always(in_the_form_of);
  load.wait_for_answers(20);

  const RateResult stalled = load.stop();
  EXPECT_GE(stalled.slowest, 300ms);
  // A closed loop would have asked, and found late, two or three.
  EXPECT_GE(stalled.p50, 50ms);
}

}  // namespace
}  // namespace balancer::integration
