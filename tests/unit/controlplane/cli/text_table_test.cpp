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

TEST(PrintableTextTest, ReplacesC1ControlsButNoLetters) {
  EXPECT_EQ(printable("a\xC2\x9B" "31mb"), "a?31mb");
  EXPECT_EQ(printable("\xC2\xA7 \xC3\xA4 \xE2\x82\xAC"), "\xC2\xA7 \xC3\xA4 \xE2\x82\xAC");
  EXPECT_EQ(printable("\xC2"), "\xC2");
}

}  // namespace
}  // namespace balancer::controlplane::cli
