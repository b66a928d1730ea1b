#include "tests/unit/controlplane/config_schema/editor_reading.hpp"

#include <gtest/gtest.h>

namespace balancer::controlplane {
namespace {

using nlohmann::json;

TEST(EditorReadingTest, PlainScalarsAreWhatTheyLookLike) {
  EXPECT_EQ(read_as_editor("[~, Null, null, true, False, yes, 12, -3, 1.5, 5m, NULL]"),
            json::parse(R"([null, null, null, true, false, "yes", 12, -3, 1.5, "5m", null])"));
}

TEST(EditorReadingTest, QuotedScalarsAreTexts) {
  EXPECT_EQ(read_as_editor(R"(["12", 'true', "null", ""])"), json::parse(R"(["12", "true", "null", ""])"));
}

TEST(EditorReadingTest, MergesAreResolvedAndOwnKeysWin) {
  EXPECT_EQ(read_as_editor("x: &x {a: 1, b: 2}\ny: &y {b: 3, c: 4}\nz: {<<: [*x, *y], a: 5}")["z"],
            json::parse(R"({"a": 5, "b": 2, "c": 4})"));
}

}  // namespace
}  // namespace balancer::controlplane
