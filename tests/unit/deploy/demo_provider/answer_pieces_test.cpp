#include "deploy/demo_provider/answer_pieces.hpp"

#include <gmock/gmock.h>

namespace balancer::demo {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(AnswerPiecesTest, AWordTakesTheSpacesBehindItAlong) {
  EXPECT_THAT(words_of("one  two "), ElementsAre("one  ", "two "));
  EXPECT_THAT(words_of(" one"), ElementsAre(" ", "one"));
  EXPECT_THAT(words_of(""), IsEmpty());
}

TEST(AnswerPiecesTest, ArgumentsAreCutBetweenCharacters) {
  EXPECT_THAT(argument_pieces(R"({"a":"b"})"), ElementsAre(R"({"a":"b")", "}"));
  EXPECT_THAT(argument_pieces("éééé€"), ElementsAre("éééé", "€"));
  EXPECT_THAT(argument_pieces("ééé€"), ElementsAre("ééé", "€"));
  EXPECT_THAT(argument_pieces("{}"), ElementsAre("{}"));
}

TEST(AnswerPiecesTest, ABeginningEndsBetweenCharacters) {
  EXPECT_EQ(first_bytes("aé", 2), "a");
  EXPECT_EQ(first_bytes("aé", 3), "aé");
  EXPECT_EQ(first_bytes("\x80\x80\x80", 2), "");
}

}  // namespace
}  // namespace balancer::demo
