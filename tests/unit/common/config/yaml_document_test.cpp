#include "common/config/yaml_document.hpp"

#include <string>

#include "tests/unit/common/config/yaml_fixture.hpp"

namespace balancer {
namespace {

using namespace std::string_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

class YamlDocumentTest : public YamlFixture {};

std::string repeated(std::string_view text, int count) {
  std::string result;
  for (int i = 0; i < count; ++i) result += text;
  return result;
}

TEST_F(YamlDocumentTest, SaysWhereTheSyntaxIsBroken) {
  EXPECT_FALSE(open("a: 1\nb: [1, 2\nc: 3\n"));
  EXPECT_THAT(problems(), ElementsAre(StartsWith("3:2 error : is not YAML: ")));
}

TEST_F(YamlDocumentTest, RefusesTextWithoutAMapping) {
  EXPECT_FALSE(open(""));
  EXPECT_THAT(problems(), ElementsAre("1:1 error : is empty"));
  EXPECT_FALSE(open("# nothing\n"));
  EXPECT_THAT(problems(), ElementsAre("1:1 error : is empty"));
  EXPECT_FALSE(open("- a\n"));
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("must be a mapping")));
}

TEST_F(YamlDocumentTest, RefusesASecondDocument) {
  EXPECT_FALSE(open("a: 1\n---\nb: 2\n"));
  EXPECT_THAT(problems(), ElementsAre("3:1 error : a second document begins here; only one is allowed"));
}

// yaml-cpp finds empty documents in these without end.
TEST_F(YamlDocumentTest, RefusesWhatCannotBeReadBehindADocumentInsteadOfReadingItForEver) {
  for (const char* const text : {",:", ",", "]", "a: 1\n---\n,"}) {
    EXPECT_FALSE(open(text)) << text;
    EXPECT_THAT(problems(), SizeIs(1)) << text;
  }
}

TEST_F(YamlDocumentTest, RefusesBytesThatAreNotUtf8) {
  EXPECT_FALSE(open("a: 1\nb: \xc3\x28\n"));
  EXPECT_THAT(problems(), ElementsAre("2:1 error : this line is not UTF-8"));
  EXPECT_FALSE(open("\xff\xfe""a\0:\0 \0""1\0"s));
  EXPECT_THAT(problems(), ElementsAre("1:1 error : this line is not UTF-8"));
}

TEST_F(YamlDocumentTest, RefusesControlCharactersThatWouldEndTheText) {
  EXPECT_FALSE(open("a: 1\n  \x04\nb: 2\n"));
  EXPECT_THAT(problems(), ElementsAre("2:3 error : must not hold the control character 0x04"));
  EXPECT_FALSE(open("a: 1\0b"s));
  EXPECT_THAT(problems(), ElementsAre("1:5 error : must not hold the control character 0x00"));
}

TEST_F(YamlDocumentTest, AcceptsAByteOrderMarkAndWindowsLineEnds) {
  {
    auto root = open("\xef\xbb\xbf""a: 1\r\nb: 2\r\n");
    ASSERT_TRUE(root);
    EXPECT_EQ(root->text("a"), "1");
    EXPECT_EQ(root->text("b"), "2");
  }
  EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(YamlDocumentTest, RefusesNestingBombs) {
  for (const char* const piece : {"[", "{", "- ", "? ", "{a: "}) {
    EXPECT_FALSE(open("a: " + repeated(piece, 100'000))) << piece;
    EXPECT_THAT(problems(), SizeIs(1)) << piece;
  }
}

TEST_F(YamlDocumentTest, RefusesTextThatIsTooLarge) {
  EXPECT_FALSE(open("a: " + std::string(YamlDocument::kMaxBytes, 'x')));
  EXPECT_THAT(problems(), ElementsAre(StartsWith("0:0 error : is larger than")));
}

TEST_F(YamlDocumentTest, SurvivesAliasBombs) {
  std::string bomb = "a0: &a0 {k0: 1}\n";
  for (int i = 1; i < 12; ++i) {
    bomb += fmt::format("a{0}: &a{0} {{<<: [{1}]}}\n", i, repeated(fmt::format("*a{},", i - 1), 9));
  }
  {
    auto root = open(bomb);
    ASSERT_TRUE(root);
    EXPECT_EQ(root->map("a11").integer<int>("k0", 0, 0, 9), 1);
    (void)root->entries();
  }
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("holds more than 100000 values")));
}

TEST_F(YamlDocumentTest, ReportsABoundedNumberOfProblems) {
  std::string text;
  for (int i = 0; i < 5'000; ++i) text += fmt::format("key{}: 1\n", i);
  open(text);
  EXPECT_THAT(problems(), SizeIs(YamlProblems::kLimit));

  text = "known: [" + repeated("x, ", 150) + "]";
  {
    auto root = open(text);
    for (const YamlValue& value : root->list("known")) EXPECT_EQ(value.boolean(), std::nullopt);
  }
  EXPECT_THAT(problems(), SizeIs(YamlProblems::kLimit + 1));
  EXPECT_EQ(problems().back(), "0:0 error : 50 further problems are not shown");
}

}  // namespace
}  // namespace balancer
