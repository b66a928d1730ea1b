#include "gateway/coalescing/answer_buffer.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace balancer::gateway {
namespace {

// All from `position` on, piece by piece.
std::string read_from(const AnswerBuffer& buffer, std::uint64_t position) {
  std::string text;
  while (true) {
    const AnswerBuffer::Piece piece = buffer.at(position);
    if (piece.bytes.empty()) return text;
    text += piece.bytes;
    position += piece.bytes.size();
  }
}

TEST(AnswerBufferTest, KeepsEverythingThatWasAppendedWhateverThePieces) {
  std::mt19937 random(1);
  AnswerBuffer buffer;
  std::string expected;
  for (int i = 0; i < 500; ++i) {
    const std::string piece(random() % 3'000, static_cast<char>('a' + i % 26));
    buffer.append(piece);
    expected += piece;
  }

  EXPECT_EQ(buffer.end(), expected.size());
  EXPECT_EQ(buffer.text(), expected);
  for (int i = 0; i < 20; ++i) {
    const std::size_t position = random() % expected.size();
    EXPECT_EQ(read_from(buffer, position), expected.substr(position));
  }
}

TEST(AnswerBufferTest, BytesStayWhereTheyAreWhileMoreIsAppended) {
  AnswerBuffer buffer;
  buffer.append("first");
  const AnswerBuffer::Piece piece = buffer.at(0);
  for (int i = 0; i < 100; ++i) buffer.append(std::string(1'000, 'x'));
  buffer.release_before(buffer.end());

  EXPECT_EQ(piece.bytes, "first");
}

TEST(AnswerBufferTest, AnAnswerThatComesAtOnceIsInOnePiece) {
  AnswerBuffer buffer;
  const std::string document(300'000, 'd');
  buffer.append(document);

  EXPECT_EQ(buffer.at(0).bytes, document);
}

TEST(AnswerBufferTest, ReleasesWhatNobodyNeeds) {
  AnswerBuffer buffer;
  for (int i = 0; i < 1'000; ++i) buffer.append(std::string(1'000, 'x'));
  const std::size_t held = buffer.held();

  buffer.release_before(900'000);

  EXPECT_LT(buffer.held(), held / 4);
  EXPECT_LE(buffer.begin(), 900'000u);
  EXPECT_EQ(read_from(buffer, 900'000).size(), 100'000u);
}

TEST(AnswerBufferTest, IsEmptyAtItsEnd) {
  AnswerBuffer buffer;
  EXPECT_TRUE(buffer.at(0).bytes.empty());
  buffer.append("abc");
  EXPECT_TRUE(buffer.at(3).bytes.empty());
  EXPECT_EQ(buffer.at(1).bytes, "bc");
}

}  // namespace
}  // namespace balancer::gateway
