#include "common/tracing/span_queue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace balancer::tracing {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

Span named(std::string name) {
  Span span;
  span.name = std::move(name);
  return span;
}

std::vector<std::string> names(const std::vector<Span>& spans) {
  std::vector<std::string> all;
  for (const Span& span : spans) all.push_back(span.name);
  return all;
}

TEST(SpanQueueTest, GivesBatchesInOrder) {
  SpanQueue queue(10, 2);
  for (const char* const name : {"a", "b", "c"}) (void)queue.push(named(name));

  EXPECT_THAT(names(queue.take_batch()), ElementsAre("a", "b"));
  EXPECT_THAT(names(queue.take_batch()), ElementsAre("c"));
  EXPECT_TRUE(queue.empty());
}

TEST(SpanQueueTest, TellsOnceThatABatchIsThere) {
  SpanQueue queue(10, 2);

  EXPECT_FALSE(queue.push({}));
  EXPECT_FALSE(queue.holds_batch());
  EXPECT_TRUE(queue.push({}));
  EXPECT_TRUE(queue.holds_batch());
  EXPECT_FALSE(queue.push({}));
}

TEST(SpanQueueTest, DropsTheNewestWhenFull) {
  SpanQueue queue(2, 2);
  for (const char* const name : {"a", "b", "c", "d"}) (void)queue.push(named(name));

  EXPECT_THAT(names(queue.take_batch()), ElementsAre("a", "b"));
  EXPECT_EQ(queue.counts(), (SpanCounts{.exported = 0, .dropped = 2}));
}

TEST(SpanQueueTest, AcceptsNothingOnceClosedAndGivesWhatItHas) {
  SpanQueue queue(10, 10);
  (void)queue.push(named("a"));

  queue.close();
  (void)queue.push(named("b"));

  EXPECT_THAT(names(queue.take_batch()), ElementsAre("a"));
  EXPECT_EQ(queue.counts().dropped, 1u);
}

TEST(SpanQueueTest, CountsWhatItIsToldToDrop) {
  SpanQueue queue(10, 10);
  for (int i = 0; i < 3; ++i) (void)queue.push({});

  queue.drop_waiting();

  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.counts().dropped, 3u);
}

TEST(SpanQueueTest, LimitsOfNoughtAndBatchesLargerThanTheQueueDoNoHarm) {
  SpanQueue smallest(0, 0);
  SpanQueue narrow(2, 100);

  EXPECT_TRUE(smallest.push({}));
  EXPECT_THAT(smallest.take_batch(), SizeIs(1));
  EXPECT_FALSE(narrow.push({}));
  EXPECT_TRUE(narrow.push({}));
}

}  // namespace
}  // namespace balancer::tracing
