#include "controlplane/cli/rendering.hpp"

#include <gmock/gmock.h>

#include "tests/unit/controlplane/cli/read_yaml.hpp"

namespace balancer::controlplane::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

Rendering sample() {
  Rendering rendering;
  rendering.text = "table\n";
  rendering.wide_text = "wide table\n";
  rendering.json = {{"b", 1}, {"a", {{"c", nullptr}}}};
  rendering.names = {"b", "a"};
  return rendering;
}

TEST(RenderingTest, IsWhatWasAskedFor) {
  EXPECT_EQ(rendered(sample(), OutputFormat::kTable), "table\n");
  EXPECT_EQ(rendered(sample(), OutputFormat::kWide), "wide table\n");
  EXPECT_EQ(rendered(sample(), OutputFormat::kName), "b\na\n");
}

TEST(RenderingTest, IsNoWiderThanThereIs) {
  Rendering narrow = sample();
  narrow.wide_text.clear();

  EXPECT_EQ(rendered(narrow, OutputFormat::kWide), "table\n");
}

TEST(RenderingTest, SaysTheSameInJsonAndYaml) {
  const std::string json = rendered(sample(), OutputFormat::kJson);
  const std::string yaml = rendered(sample(), OutputFormat::kYaml);

  EXPECT_EQ(json, "{\n  \"b\": 1,\n  \"a\": {\n    \"c\": null\n  }\n}\n");
  EXPECT_EQ(read_yaml(yaml), sample().json);
  EXPECT_TRUE(yaml.ends_with('\n'));
}

TEST(RenderingTest, OfNothingIsEmptyForScripts) {
  Rendering nothing;
  nothing.text = "NAME\n";
  nothing.json = nlohmann::ordered_json::array();

  EXPECT_EQ(rendered(nothing, OutputFormat::kName), "");
  EXPECT_EQ(rendered(nothing, OutputFormat::kJson), "[]\n");
}

TEST(RenderingTest, NamesHoldNoControlCharacters) {
  Rendering hostile = sample();
  hostile.names = {"a\nb\x1b[31m"};

  EXPECT_EQ(rendered(hostile, OutputFormat::kName), "a?b?[31m\n");
}

// A terminal that is shown JSON or YAML obeys these as it would in a table.
TEST(RenderingTest, EscapesControlCharactersForProgramsToo) {
  Rendering hostile = sample();
  hostile.json = {{"model", "\x1b[2J\u009b31m\x7f"}};

  for (const OutputFormat format : {OutputFormat::kJson, OutputFormat::kYaml}) {
    const std::string text = rendered(hostile, format);

    for (const char* const character : {"\x1b", "\u009b", "\x7f"}) EXPECT_THAT(text, Not(HasSubstr(character)));
    EXPECT_EQ(read_yaml(text), hostile.json);
  }
}

TEST(RenderingTest, IsJsonWhateverTheBytes) {
  Rendering hostile = sample();
  hostile.json = {{"model", "caf\xE9 \x1b[2J"}};

  const std::string json = rendered(hostile, OutputFormat::kJson);

  EXPECT_EQ(nlohmann::json::parse(json)["model"].get<std::string>(), "caf\xEF\xBF\xBD \x1b[2J");
  EXPECT_THAT(json, Not(HasSubstr("\x1b"))) << "as an escape, not as itself";
}

}  // namespace
}  // namespace balancer::controlplane::cli
