#include "controlplane/cli/text_table.hpp"

#include <gtest/gtest.h>

#include "controlplane/cli/printable_text.hpp"

namespace balancer::controlplane::cli {
namespace {

TEST(TextTableTest, AlignsColumnsAndShowsEmptyCells) {
  EXPECT_EQ(format_table({"NAME", "B", "C"}, {{"a", "longer", "x"}, {"second", "", ""}}),
            "NAME    B       C\n"
            "a       longer  x\n"
            "second  -       -\n");
}

TEST(TextTableTest, ShowsNoControlCharacterOfAnybody) {
  EXPECT_EQ(format_table({"A", "B"}, {{"\x1b[2Jx", "y\nz"}}),
            "A      B\n"
            "?[2Jx  y?z\n");
}

TEST(TextTableTest, AlignsTextOfSeveralBytesALetter) {
  EXPECT_EQ(format_table({"NAME", "B"}, {{"jürgen", "x"}, {"日本", "y"}, {"plainer", "z"}}, Coloring::kPlain),
            "NAME     B\n"
            "jürgen   x\n"
            "日本       y\n"
            "plainer  z\n");
}

TEST(TextTableTest, IsItsHeadingsWhenThereIsNothingElse) {
  EXPECT_EQ(format_table({"NAME", "B"}, {}, Coloring::kPlain), "NAME  B\n");
}

TEST(TextTableTest, HasNoBlanksAtTheEndOfALine) {
  EXPECT_EQ(format_table({"A", "LONGER"}, {{"a", "b"}}, Coloring::kPlain),
            "A  LONGER\n"
            "a  b\n");
}

TEST(PrintableTextTest, ReplacesC1ControlsButNoLetters) {
  EXPECT_EQ(printable("a\xC2\x9B" "31mb"), "a?31mb");
  EXPECT_EQ(printable("\xC2\xA7 \xC3\xA4 \xE2\x82\xAC"), "\xC2\xA7 \xC3\xA4 \xE2\x82\xAC");
  EXPECT_EQ(printable("\xC2"), "\xC2");
}

}  // namespace
}  // namespace balancer::controlplane::cli
