#include "controlplane/cli/yaml_text.hpp"

#include <gmock/gmock.h>

#include "tests/unit/controlplane/cli/read_yaml.hpp"

namespace balancer::controlplane::cli {
namespace {

using Json = nlohmann::ordered_json;

class YamlStringTest : public testing::TestWithParam<const char*> {};

TEST_P(YamlStringTest, ReadsBackAsTheSameText) {
  const std::string text = GetParam();

  for (const Json& json : {Json(text), Json::array({text, text}), Json({{"value", text}, {"x", 1}}), Json({{text, 1}})}) {
    const std::string yaml = yaml_text(json);

    EXPECT_EQ(read_yaml(yaml), json) << yaml;
  }
}

INSTANTIATE_TEST_SUITE_P(LooksLikeSomethingElse, YamlStringTest,
                         testing::Values("null", "Null", "~", "true", "FALSE", "yes", "No", "on", "off", "y", "N", "1",
                                         "-1", "+1", "007", "1e3", "1.5", ".5", "5.", "0x10", "0xFF", "0o17", "1_000",
                                         ".inf", "-.INF", ".nan", "", "2026-01-01", "12:30:45", "<<", "="));

INSTANTIATE_TEST_SUITE_P(HasCharactersThatYamlKnows, YamlStringTest,
                         testing::Values(" leading", "trailing ", "  ", "a: b", "a:", ":", "a #b", "#a", "- a", "-", "--",
                                         "---", "...", "? a", "?", "[a]", "{a: b}", "a, b", "a]", "&anchor", "*alias",
                                         "*", "!tag", "| x", "> x", "%x", "@x", "`x`", "'", "\"", "it's", "\"x\"",
                                         "\\n", "a\\", "*sonnet*"));

INSTANTIATE_TEST_SUITE_P(HasOtherCharacters, YamlStringTest,
                         testing::Values("a\nb", "\n", "a\n", "\na", "a\r\nb", "\t", "a\tb", "\x01\x1b[31m", "\x7f",
                                         "\u009b31m", "\u0085", "\u00a0", "\u2028", "\ufeff", "äöü", "日本語", "😀",
                                         "👩‍👩‍👧", "\U0010fffd"));

TEST(YamlTextTest, ReadsBackEmptyContainersAndNestedOnes) {
  const Json json = Json::parse(R"({
    "empty_map": {}, "empty_list": [], "none": null, "list": [[], {}, [1, [2]], {"a": [{"b": {}}]}],
    "flags": [true, false], "numbers": [0, -7, 1.5, 1e300, 9007199254740993]})");

  EXPECT_EQ(read_yaml(yaml_text(json)), json) << yaml_text(json);
}

TEST(YamlTextTest, ReadsBackASingleValue) {
  for (const Json& json : {Json(nullptr), Json(true), Json(3), Json("x"), Json::array(), Json::object()}) {
    EXPECT_EQ(read_yaml(yaml_text(json)), json) << json;
  }
}

TEST(YamlTextTest, IsInBlockStyleInTheOrderOfTheJson) {
  EXPECT_EQ(yaml_text({{"b", 1}, {"a", {{"list", {"u", "v"}}}}, {"none", Json::array()}}),
            "b: 1\n"
            "a:\n"
            "  list:\n"
            "    - u\n"
            "    - v\n"
            "none: []\n");
}

TEST(YamlTextTest, QuotesNothingThatNeedsNoQuotes) {
  EXPECT_EQ(yaml_text({{"model", "claude-sonnet-4-5"}, {"reason", "A: first by priority"}, {"time", "a b"}}),
            "model: claude-sonnet-4-5\n"
            "reason: \"A: first by priority\"\n"
            "time: a b\n");
}

TEST(YamlTextTest, ShowsNoControlCharacter) {
  const std::string yaml = yaml_text({{"model", "\x1b[2J\u009b31m\x7f"}});

  EXPECT_THAT(yaml, testing::Not(testing::HasSubstr("\x1b")));
  EXPECT_THAT(yaml, testing::Not(testing::HasSubstr("\u009b")));
  EXPECT_THAT(yaml, testing::Not(testing::HasSubstr("\x7f")));
}

TEST(YamlTextTest, KeepsALongText) {
  const std::string text(5'000, 'x');
  const Json json{{"value", text + " " + text}, {text, "key"}};

  EXPECT_EQ(read_yaml(yaml_text(json)), json);
}

}  // namespace
}  // namespace balancer::controlplane::cli
