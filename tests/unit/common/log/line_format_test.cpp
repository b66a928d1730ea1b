#include "common/log/line_format.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>

namespace balancer::log {
namespace {

using nlohmann::json;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// 2026-01-02T03:04:05.006Z
constexpr std::chrono::system_clock::time_point kTime{std::chrono::milliseconds(1'767'323'045'006)};

// Lives as long as the fields: to the end of the expression.
Line line(FieldList fields, Level level = Level::kInfo) {
  return {kTime, level, "balancer", "a phrase", Fields(fields.begin(), fields.size())};
}

TEST(JsonLineTest, NamesTimeLevelProgramAndPhraseThenTheFields) {
  EXPECT_EQ(json_line(line({{"provider", "a"}, {"attempts", 2}, {"seconds", 0.5}, {"cached", true}}, Level::kWarning)),
            R"({"timestamp":"2026-01-02T03:04:05.006Z","level":"WARNING","logger":"balancer","event":"a phrase",)"
            R"("message":"a phrase","provider":"a","attempts":2,"seconds":0.5,"cached":true})");
}

TEST(JsonLineTest, ParsesWhateverTheValuesHold) {
  using namespace std::string_view_literals;
  for (const std::string_view value :
       {""sv, "two\nlines"sv, "\"quoted\""sv, "back\\slash"sv, "nul\0byte"sv, "\x1b[31m"sv,
        "gr\xc3\xbc\xc3\x9f"sv, "\x7f"sv}) {
    EXPECT_EQ(json::parse(json_line(line({{"value", value}}))).at("value"), value);
  }
}

TEST(JsonLineTest, ReplacesInvalidUtf8) {
  for (const std::string_view value : {"\xff", "cut \xc3", "\xed\xa0\x80", "\xc0\xaf"}) {
    const json parsed = json::parse(json_line(line({{"value", value}})));

    EXPECT_THAT(parsed.at("value").get<std::string>(), HasSubstr("\xef\xbf\xbd"));
  }
}

TEST(JsonLineTest, IsOneLine) {
  EXPECT_THAT(json_line(line({{"a\nb", "c\r\nd"}})), Not(HasSubstr("\n")));
}

TEST(JsonLineTest, ParsesWithNumbersThatJsonDoesNotKnow) {
  constexpr double kNoNumber = std::numeric_limits<double>::quiet_NaN();

  EXPECT_TRUE(json::parse(json_line(line({{"value", kNoNumber}}))).at("value").is_null());
  EXPECT_EQ(json::parse(json_line(line({{"value", std::numeric_limits<std::int64_t>::min()}}))).at("value"),
            std::numeric_limits<std::int64_t>::min());
}

TEST(ConsoleLineTest, IsReadableAtAGlance) {
  EXPECT_THAT(console_line(line({{"provider", "a"}, {"attempts", 2}}), /*color=*/false),
              EndsWith(".006 INFO    a phrase provider=a attempts=2"));
}

TEST(ConsoleLineTest, QuotesWhatCouldBeTakenForSomethingElse) {
  const std::string text = console_line(line({{"a", "two words"}, {"b", "x\ny=z"}, {"c", ""}}), /*color=*/false);

  EXPECT_THAT(text, HasSubstr(R"( a="two words" b="x\ny=z" c="")"));
}

TEST(ConsoleLineTest, TerminalEscapesInValuesAreHarmless) {
  EXPECT_THAT(console_line(line({{"a", "\x1b[2J"}}), /*color=*/false), Not(HasSubstr("\x1b")));
}

TEST(ConsoleLineTest, ColoursTheLevelOnlyWhenAskedTo) {
  EXPECT_THAT(console_line(line({}), /*color=*/true), HasSubstr("\x1b[32mINFO   \x1b[0m a phrase"));
  EXPECT_THAT(console_line(line({}), /*color=*/false), Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace balancer::log
