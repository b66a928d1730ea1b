#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "gateway/dialect/sse_decoder.hpp"

namespace balancer::gateway {
namespace {

struct Event {
  std::string name;
  std::string data;

  friend bool operator==(const Event&, const Event&) = default;
};

const std::vector<std::string>& streams() {
  static const std::vector<std::string> kStreams = {
      "event: message_start\ndata: {\"a\":1}\n\n: ping\n\nevent: x\ndata: l1\ndata: l2\n\nevent: y\n\ndata: \n\n",
      "\xef\xbb\xbf" "event: a\r\ndata: {\"é\":\"日本🙂\"}\r\n\r\n: c\r\n\r\nevent: b\r\ndata:1\r\ndata:2\r\n\r\n",
      "event: a\rdata: 1\r\r:c\rdata: 2\r\r\rdata\r\r",
      "event: a\r\ndata: 1\n\n\rdata: 2\r\ndata: 3\r\n\ndata: 4\r\r\n",
      "data: 1\n\nevent: tail\ndata: no blank line",
      "data: 1\n\nevent: tail\ndata: line end\r",
  };
  return kStreams;
}

std::vector<Event> decode(std::string_view stream, const std::vector<std::size_t>& cuts) {
  SseDecoder decoder;
  std::vector<Event> seen;
  const auto note = [&](const SseEvent& event) { seen.push_back({std::string(event.name), std::string(event.data)}); };
  std::size_t begin = 0;
  for (const std::size_t cut : cuts) {
    EXPECT_TRUE(decoder.feed(stream.substr(begin, cut - begin), note));
    begin = cut;
  }
  EXPECT_TRUE(decoder.feed(stream.substr(begin), note));
  if (const SseEvent last = decoder.finish(); !last.data.empty()) note(last);
  return seen;
}

TEST(SseDecoderSplitTest, EverySplitInTwoGivesTheSameEvents) {
  for (const std::string& stream : streams()) {
    const std::vector<Event> whole = decode(stream, {});
    ASSERT_GE(whole.size(), 2u);
    for (std::size_t cut = 0; cut <= stream.size(); ++cut) ASSERT_EQ(decode(stream, {cut}), whole) << stream << cut;
  }
}

TEST(SseDecoderSplitTest, BytesOneByOneGiveTheSameEvents) {
  for (const std::string& stream : streams()) {
    std::vector<std::size_t> cuts;
    for (std::size_t i = 1; i < stream.size(); ++i) cuts.push_back(i);

    EXPECT_EQ(decode(stream, cuts), decode(stream, {})) << stream;
  }
}

TEST(SseDecoderSplitTest, TenThousandRandomSplitsGiveTheSameEvents) {
  std::mt19937_64 dice(1);
  std::vector<std::vector<Event>> whole;
  for (const std::string& stream : streams()) whole.push_back(decode(stream, {}));

  for (int round = 0; round < 10'000; ++round) {
    const std::size_t chosen = dice() % streams().size();
    const std::string& stream = streams()[chosen];
    std::vector<std::size_t> cuts(1 + dice() % 8);
    for (std::size_t& cut : cuts) cut = dice() % (stream.size() + 1);
    std::sort(cuts.begin(), cuts.end());

    ASSERT_EQ(decode(stream, cuts), whole[chosen]) << stream;
  }
}

// '^' for every byte behind which an event of ours would stand by itself.
std::string boundaries(std::string_view stream) {
  SseDecoder decoder;
  std::string marks;
  for (const char& byte : stream) {
    EXPECT_TRUE(decoder.feed({&byte, 1}, [](const SseEvent&) {}));
    marks += decoder.at_boundary() ? '^' : '.';
  }
  return marks;
}

TEST(SseDecoderSplitTest, NothingYetIsABoundary) { EXPECT_TRUE(SseDecoder().at_boundary()); }

TEST(SseDecoderSplitTest, BlankLinesAreBoundariesAndNothingInsideAnEventIs) {
  EXPECT_EQ(boundaries("data: 1\n\nid:2\nevent: x\ndata:3\n\n\n"),
            "........^"  //
            ".............."
            ".......^^");
  EXPECT_EQ(boundaries("event: x\n\n"), ".........^");
}

TEST(SseDecoderSplitTest, CommentIsABoundaryBetweenEventsAndNoneInsideOne) {
  EXPECT_EQ(boundaries(": hi\n:\ndata: 1\n: hi\n\n"), "....^.^........" ".....^");
}

TEST(SseDecoderSplitTest, CarriageReturnIsNoBoundaryBeforeItsLineFeed) {
  EXPECT_EQ(boundaries("data:1\r\n\r\ndata:2\r\n\r\n"), ".........^.........^");
}

TEST(SseDecoderSplitTest, EventCutAtTheEndOfTheStreamIsNoBoundary) {
  for (const char* stream : {"data: 1", "data: 1\n", "event: x\ndata: {\"a", "data: 1\n\n: half a comment", "x"}) {
    SseDecoder decoder;
    ASSERT_TRUE(decoder.feed(stream, [](const SseEvent&) {}));

    (void)decoder.finish();

    EXPECT_FALSE(decoder.at_boundary()) << stream;
  }
}

}  // namespace
}  // namespace balancer::gateway
