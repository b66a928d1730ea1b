#include "common/tracing/trace_context.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <thread>
#include <vector>

namespace balancer::tracing {
namespace {


constexpr const char* kTraceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

TEST(TraceContextTest, ReadsTheMembersOfATraceparent) {
  const auto context = parse_traceparent(kTraceparent);

  ASSERT_TRUE(context);
  EXPECT_EQ(to_string(context->trace), "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_EQ(to_string(context->span), "00f067aa0ba902b7");
  EXPECT_TRUE(context->sampled);
}

TEST(TraceContextTest, WritesWhatItRead) {
  const std::string not_sampled = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";

  EXPECT_EQ(to_traceparent(parse_traceparent(kTraceparent).value()), kTraceparent);
  EXPECT_EQ(to_traceparent(parse_traceparent(not_sampled).value()), not_sampled);
}

TEST(TraceContextTest, OfTheFlagsOnlySampledCounts) {
  const std::string ids = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-";

  EXPECT_FALSE(parse_traceparent(ids + "fe").value().sampled);
  EXPECT_TRUE(parse_traceparent(ids + "ff").value().sampled);
  EXPECT_EQ(to_traceparent(parse_traceparent(ids + "ff").value()), ids + "01");
}

TEST(TraceContextTest, OfALaterVersionTheKnownPartIsRead) {
  const TraceContext expected = parse_traceparent(kTraceparent).value();
  const std::string members = "4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

  EXPECT_EQ(parse_traceparent("01-" + members), expected);
  EXPECT_EQ(parse_traceparent("cc-" + members + "-what-comes-then"), expected);
  EXPECT_EQ(parse_traceparent("fe-" + members + "-"), expected);
}

class InvalidTraceparentTest : public testing::TestWithParam<const char*> {};

TEST_P(InvalidTraceparentTest, IsRefused) { EXPECT_EQ(parse_traceparent(GetParam()), std::nullopt); }

INSTANTIATE_TEST_SUITE_P(
    All, InvalidTraceparentTest,
    testing::Values(
        // Length.
        "", "00", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-",
        "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b-01",
        // More than version 00 has.
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-comes-then",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01 ",
        // More than a later version's members, without a dash.
        "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.what",
        "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-012",
        // Version.
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "0x-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "0A-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        // Identifiers of zeros.
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        // Other letters.
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00F067AA0BA902B7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0A",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-.1",
        // Separators.
        "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7_01",
        " 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));

TEST(TraceContextTest, ANewTraceIsSampledAndValid) {
  const TraceContext context = begin_trace();

  EXPECT_TRUE(context.sampled);
  EXPECT_EQ(parse_traceparent(to_traceparent(context)), context);
}

TEST(TraceContextTest, AChildStaysInTheTraceUnderASpanOfItsOwn) {
  const TraceContext parent = begin_trace();

  const TraceContext child = child_of(parent);

  EXPECT_EQ(child.trace, parent.trace);
  EXPECT_NE(child.span, parent.span);
  EXPECT_TRUE(child.sampled);
}

TEST(TraceContextTest, AChildIsSampledAsItsParentIs) {
  TraceContext parent = begin_trace();
  parent.sampled = false;

  EXPECT_FALSE(child_of(parent).sampled);
}

TEST(TraceContextTest, ThreadsDrawDifferentIdentifiers) {
  constexpr std::size_t kThreads = 8;
  constexpr std::size_t kTraces = 500;
  std::vector<std::vector<std::string>> drawn(kThreads);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&mine = drawn[t]] {
      for (std::size_t i = 0; i < kTraces; ++i) {
        const TraceContext context = begin_trace();
        mine.push_back(to_string(context.trace));
        mine.push_back(to_string(context.span));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();

  std::set<std::string> different;
  for (const auto& mine : drawn) different.insert(mine.begin(), mine.end());

  EXPECT_EQ(different.size(), 2 * kThreads * kTraces);
}

}  // namespace
}  // namespace balancer::tracing
