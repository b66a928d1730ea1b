#include "gateway/dialect/sse_decoder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace balancer::gateway {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// "name|data" of every event, the one at the end of the stream included.
std::vector<std::string> events(std::string_view stream, SseFraming framing = SseFraming::kStandard) {
  SseDecoder decoder(framing);
  std::vector<std::string> seen;
  const auto note = [&](const SseEvent& event) { seen.push_back(std::string(event.name) + "|" + std::string(event.data)); };
  EXPECT_TRUE(decoder.feed(stream, note));
  if (const SseEvent last = decoder.finish(); !last.data.empty()) note(last);
  return seen;
}

TEST(SseDecoderTest, BlankLineEndsAnEventWhateverEndsTheLines) {
  const auto expected = ElementsAre("a|1", "b|2");

  EXPECT_THAT(events("event: a\ndata: 1\n\nevent: b\ndata: 2\n\n"), expected);
  EXPECT_THAT(events("event: a\r\ndata: 1\r\n\r\nevent: b\r\ndata: 2\r\n\r\n"), expected);
  EXPECT_THAT(events("event: a\rdata: 1\r\revent: b\rdata: 2\r\r"), expected);
  EXPECT_THAT(events("event: a\r\ndata: 1\n\revent: b\rdata: 2\r\n\n"), expected);
}

TEST(SseDecoderTest, DataLinesAreJoinedByLineFeeds) {
  EXPECT_THAT(events("data: a\ndata:b\ndata:\ndata:  c\n\n"), ElementsAre("|a\nb\n\n c"));
}

// protocol.md 4.2 rule 7.
TEST(SseDecoderTest, JsonLinesAreEventsWithoutBlankLinesBetween) {
  const auto lines = [](std::string_view stream) { return events(stream, SseFraming::kJsonLines); };

  EXPECT_THAT(lines("data: {\"a\":\"}\"}\ndata: [1,2]\ndata: [DONE]\n"),
              ElementsAre("|{\"a\":\"}\"}", "|[1,2]", "|[DONE]"));
  EXPECT_THAT(lines("data: {\"a\":\ndata: 1}\n\n"), ElementsAre("|{\"a\":\n1}"));
  EXPECT_THAT(events("data: {}\ndata: {}\n\n"), ElementsAre("|{}\n{}")) << "only where that is asked for";
}

TEST(SseDecoderTest, CommentsAreSkippedInsideAndBetweenEvents) {
  EXPECT_THAT(events(": OPENROUTER PROCESSING\n\n:\nevent: a\n: x\ndata: 1\n:data: 2\n\n"), ElementsAre("a|1"));
}

TEST(SseDecoderTest, ByteOrderMarkIsSkippedAtTheStartOnly) {
  EXPECT_THAT(events("\xef\xbb\xbf" "data: 1\n\n\xef\xbb\xbf" "data: 2\n\n"), ElementsAre("|1"));
  EXPECT_THAT(events("\xef\xbb\xbf\n" "data: 1\n\n"), ElementsAre("|1"));
}

TEST(SseDecoderTest, EventWithoutDataIsIgnoredAndItsNameForgotten) {
  EXPECT_THAT(events("event: a\n\ndata: 1\n\n"), ElementsAre("|1"));
  EXPECT_THAT(events("id: 7\nretry: 10\nevent\n\n\n\n"), IsEmpty());
}

TEST(SseDecoderTest, OnlyOneBlankBehindTheColonIsDropped) {
  EXPECT_THAT(events("event:  a\ndata:x: y\n\n"), ElementsAre(" a|x: y"));
}

TEST(SseDecoderTest, FieldWithoutAColonHasAnEmptyValue) {
  EXPECT_THAT(events("data\ndata\n\n"), ElementsAre("|\n"));
  EXPECT_THAT(events("unknown\ndatax: 1\n data: 2\ndata: 3\n\n"), ElementsAre("|3"));
}

TEST(SseDecoderTest, LastEventNeedsNoBlankLine) {
  EXPECT_THAT(events("data: 1\n\nevent: b\ndata: 2\n"), ElementsAre("|1", "b|2"));
  EXPECT_THAT(events("event: b\ndata: 2"), ElementsAre("b|2"));
  EXPECT_THAT(events("data: 1\n\nevent: b\n"), ElementsAre("|1"));
  EXPECT_THAT(events(""), IsEmpty());
}

TEST(SseDecoderTest, BytesOfAnyKindPassUnchanged) {
  EXPECT_THAT(events(std::string_view("data: a\0\xff\xc3\n\n", 12)), ElementsAre(std::string("|a\0\xff\xc3", 5)));
}

TEST(SseDecoderTest, EventsOfAbsurdSizeAreRefused) {
  const auto ignore = [](const SseEvent&) {};
  const std::string chunk(1024 * 1024, 'x');
  SseDecoder one_line;
  SseDecoder many_lines;
  std::size_t accepted_in_line = 0;
  std::size_t accepted_in_lines = 0;

  while (accepted_in_line < 100 && one_line.feed((accepted_in_line == 0 ? "data: " : "") + chunk, ignore)) ++accepted_in_line;
  while (accepted_in_lines < 100 && many_lines.feed("data: " + chunk + "\n", ignore)) ++accepted_in_lines;

  EXPECT_EQ(accepted_in_line, 31u);
  EXPECT_EQ(accepted_in_lines, 31u);
}

TEST(SseDecoderTest, ManyEventsOfOneStreamMayExceedTheSizeOfOne) {
  SseDecoder decoder;
  const std::string event = "data: " + std::string(1024 * 1024, 'x') + "\n\n";
  std::size_t seen = 0;

  for (int i = 0; i < 40; ++i) ASSERT_TRUE(decoder.feed(event, [&](const SseEvent&) { ++seen; }));

  EXPECT_EQ(seen, 40u);
}

}  // namespace
}  // namespace balancer::gateway
