#include "controlplane/cli/client/stream_judgement.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controlplane/cli/client/stream_events.hpp"
#include "tests/fakes/provider_answers.hpp"

namespace balancer::controlplane::cli {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::SizeIs;

// An answer whose parts came at these times; the last time is that of all further parts.
ProbeAnswer stream_of(const std::vector<std::string>& parts, const std::vector<Milliseconds>& times) {
  ProbeAnswer answer;
  answer.status = 200;
  answer.headers = {{"Content-Type", "text/event-stream; charset=utf-8"}};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    answer.body += parts[i];
    answer.arrivals.push_back({answer.body.size(), times[std::min(i, times.size() - 1)]});
  }
  return answer;
}

std::vector<std::string> message(std::size_t pieces = 20) {
  return fakes::message_events(std::vector<std::string>(pieces, "word "));
}

// So many steps from `first` on.
std::vector<Milliseconds> every(Milliseconds step, Milliseconds first, std::size_t count = 40) {
  std::vector<Milliseconds> times;
  for (std::size_t i = 0; i < count; ++i) times.push_back(first + step * i);
  return times;
}

Check judged(const std::vector<std::string>& parts) { return judge_stream(stream_of(parts, {1ms}), {}); }

TEST(StreamEventsTest, EachComesWhenItsLastByteDoes) {
  const auto events = stream_events(stream_of({"event: a\nda", "ta: 1\r\n\r", "\n: comment\n\nevent: b\ndata:2\ndata:3\n",
                                               "\nevent: cut\ndata: 4\n"},
                                              {1ms, 2ms, 3ms, 4ms}));

  ASSERT_THAT(events, SizeIs(2));
  EXPECT_EQ(events[0].name, "a");
  EXPECT_EQ(events[0].data, "1");
  EXPECT_EQ(events[0].at, 3ms);
  EXPECT_EQ(events[1].data, "2\n3");
  EXPECT_EQ(events[1].at, 4ms);
}

TEST(StreamJudgementTest, AcceptsAWholeMessageWithPingsAndUnknownEvents) {
  std::vector<std::string> parts = message();
  parts.insert(parts.begin() + 1, "event: ping\ndata: {\"type\": \"ping\"}\n\n");
  parts.insert(parts.begin() + 2, "event: new_thing\ndata: {}\n\n");

  EXPECT_EQ(judged(parts).verdict, CheckVerdict::kOk) << judged(parts).seen;
}

TEST(StreamJudgementTest, ShowsWhichProviderAnswered) {
  ProbeAnswer answer = stream_of(message(), {1ms});
  answer.headers.emplace_back("X-Provider-Used", "mirror-2");

  EXPECT_THAT(judge_stream(answer, {}).seen, HasSubstr("by provider mirror-2"));
}

TEST(StreamJudgementTest, RefusesEveryBrokenOrder) {
  const std::vector<std::string> whole = message(2);
  ASSERT_THAT(whole, SizeIs(7));
  const auto picked = [&](const std::vector<std::size_t>& order) {
    std::vector<std::string> parts;
    for (const std::size_t index : order) parts.push_back(whole[index]);
    return judged(parts);
  };

  ASSERT_EQ(picked({0, 1, 2, 3, 4, 5, 6}).verdict, CheckVerdict::kOk);
  EXPECT_THAT(picked({}).seen, HasSubstr("no events"));
  EXPECT_THAT(picked({0, 1, 2, 3, 4, 5}).seen, HasSubstr("without message_stop"));
  EXPECT_THAT(picked({1, 0, 2, 3, 4, 5, 6}).seen, HasSubstr("before message_start"));
  EXPECT_THAT(picked({0, 0, 1, 2, 3, 4, 5, 6}).seen, HasSubstr("second message_start"));
  EXPECT_THAT(picked({0, 2, 1, 3, 4, 5, 6}).seen, HasSubstr("not open"));
  EXPECT_THAT(picked({0, 1, 2, 4, 3, 5, 6}).seen, HasSubstr("not open"));
  EXPECT_THAT(picked({0, 1, 2, 3, 5, 4, 6}).seen, HasSubstr("while a content block is open"));
  EXPECT_THAT(picked({0, 1, 2, 3, 4, 6, 5}).seen, HasSubstr("after message_stop"));
}

TEST(StreamJudgementTest, RefusesEventsThatSdksDrop) {
  EXPECT_THAT(judged({"data: {\"type\":\"message_start\"}\n\n"}).seen, HasSubstr("no `event:` line"));
  EXPECT_THAT(judged({"event: message_start\ndata: {\"type\n\n"}).seen, HasSubstr("no JSON"));
}

TEST(StreamJudgementTest, TellsTheErrorInAStream) {
  std::vector<std::string> parts = message();
  parts.resize(3);
  parts.push_back("event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"x\",\"message\":\"out of steam\"}}\n\n");

  EXPECT_THAT(judged(parts).seen, HasSubstr("out of steam"));
}

TEST(StreamJudgementTest, RefusesAnotherContentType) {
  ProbeAnswer answer = stream_of(message(), {1ms});
  answer.headers = {{"content-type", "application/json"}};

  EXPECT_EQ(judge_stream(answer, {}).verdict, CheckVerdict::kFailed);
  EXPECT_THAT(judge_stream(answer, {}).seen, HasSubstr("application/json"));
}

TEST(StreamPaceTest, PiecesOneByOneAreAStream) {
  EXPECT_EQ(judge_pace(stream_of(message(), every(30ms, 500ms))).verdict, CheckVerdict::kOk);
  // A quick model.
  EXPECT_EQ(judge_pace(stream_of(message(), every(2ms, 500ms))).verdict, CheckVerdict::kOk);
}

TEST(StreamPaceTest, OneBurstAfterALongWaitIsBuffering) {
  const Check all = judge_pace(stream_of(message(), {1500ms}));
  // The head and the first event come early, the model's words do not.
  std::vector<Milliseconds> words_late{5ms, 6ms, 1500ms};

  EXPECT_EQ(all.verdict, CheckVerdict::kFailed);
  EXPECT_THAT(all.seen, HasSubstr("20 pieces came all at once, 1500 ms after the question"));
  EXPECT_EQ(judge_pace(stream_of(message(), words_late)).verdict, CheckVerdict::kFailed);
}

TEST(StreamPaceTest, ShortOrQuickAnswersTellNothing) {
  EXPECT_EQ(judge_pace(stream_of(message(4), {1500ms})).verdict, CheckVerdict::kSkipped);
  EXPECT_EQ(judge_pace(stream_of(message(), {20ms})).verdict, CheckVerdict::kSkipped);
  EXPECT_THAT(judge_pace(stream_of(message(), {20ms})).seen, HasSubstr("cannot be told"));
}

TEST(StreamPaceTest, TwoBurstsFarApartAreSuspicious) {
  std::vector<Milliseconds> times(15, 100ms);
  times.push_back(1200ms);

  EXPECT_EQ(judge_pace(stream_of(message(), times)).verdict, CheckVerdict::kWarning);
}

}  // namespace
}  // namespace balancer::controlplane::cli
