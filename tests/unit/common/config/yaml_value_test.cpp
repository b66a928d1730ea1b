#include "common/config/yaml_value.hpp"

#include "tests/unit/common/config/yaml_fixture.hpp"

namespace balancer {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class YamlValueTest : public YamlFixture {};

TEST_F(YamlValueTest, ReadsEveryKind) {
  {
    auto root = open("t: text\nb: [yes, Off, \"true\"]\ni: -3\nd: 1m\ne: \"\"\n");
    EXPECT_EQ(root->find("t")->text(), "text");
    EXPECT_EQ(root->find("b")->list()[0].boolean(), true);
    EXPECT_EQ(root->find("b")->list()[1].boolean(), false);
    EXPECT_EQ(root->find("b")->list()[2].boolean(), true);
    EXPECT_EQ(root->find("i")->integer(-5, 5), -3);
    EXPECT_EQ(root->find("d")->duration(0s), 60s);
    EXPECT_EQ(root->find("e")->text(), "");
  }
  EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(YamlValueTest, ReportsEveryWrongKindAtItsPlace) {
  {
    auto root = open("t: [a]\nb: 2\ni: 70000\nj: 1.5\nd: -4\ns: 0\nl: x\nm: x\n");
    EXPECT_EQ(root->find("t")->text(), std::nullopt);
    EXPECT_EQ(root->find("b")->boolean(), std::nullopt);
    EXPECT_EQ(root->find("i")->integer(0, 65'535), std::nullopt);
    EXPECT_EQ(root->find("j")->integer(0, 9), std::nullopt);
    EXPECT_EQ(root->find("d")->duration(0s), std::nullopt);
    EXPECT_EQ(root->find("s")->duration(1ms), std::nullopt);
    EXPECT_THAT(root->find("l")->list(), IsEmpty());
    EXPECT_THAT(root->find("m")->map().entries(), IsEmpty());
  }
  EXPECT_THAT(
      problems(),
      ElementsAre("1:4 error t: must be a text, not a list or a mapping", "2:4 error b: must be true or false, not \"2\"",
                  "3:4 error i: must be a whole number from 0 to 65535, not \"70000\"",
                  "4:4 error j: must be a whole number from 0 to 9, not \"1.5\"",
                  "5:4 error d: must be a duration: seconds, or like 250ms, 90s, 5m, 1h; not \"-4\"",
                  "6:4 error s: must be at least 1ms, not \"0\"", "7:4 error l: must be a list",
                  "8:4 error m: must be a mapping (key: value)"));
}

TEST_F(YamlValueTest, SubstitutesVariablesInEveryScalar) {
  {
    auto root = open("port: ${PORT}\nname: \"p-${PORT}\"\nother: ${NOPE:-5s}\n");
    EXPECT_EQ(root->integer<int>("port", 0, 0, 65'535), 8080);
    EXPECT_EQ(root->text("name"), "p-8080");
    EXPECT_EQ(root->duration("other", 0s), 5s);
  }
  EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(YamlValueTest, NamesAMissingVariable) {
  {
    auto root = open("a: x\nkey: ${NOPE}\n");
    EXPECT_EQ(root->text("a"), "x");
    EXPECT_EQ(root->text("key"), "");
  }
  EXPECT_THAT(problems(), ElementsAre("2:6 error key: the environment variable NOPE is not set"));
}

TEST_F(YamlValueTest, QuotesTheFileAndNeverAVariablesValue) {
  {
    auto root = open("port: ${SECRET}\nflag: ${SECRET}\ntime: ${SECRET}\nkind: ${SECRET}\n");
    EXPECT_EQ(root->integer<int>("port", 1, 0, 9), 1);
    EXPECT_TRUE(root->boolean("flag", true));
    EXPECT_EQ(root->duration("time", 1s), 1s);
    EXPECT_EQ(root->choice<int>("kind", 1, {{"a", 2}}), 1);
  }
  EXPECT_THAT(problems(), Each(AllOf(HasSubstr("\"${SECRET}\""), Not(HasSubstr("sk-secret")))));
  EXPECT_EQ(problems().size(), 4u);
}

TEST_F(YamlValueTest, RefusesEscapedControlCharacters) {
  {
    auto root = open("a: \"x\\0y\"\nb: \"\\e[31m\"\n");
    EXPECT_EQ(root->text("a"), "");
    EXPECT_EQ(root->text("b"), "");
  }
  EXPECT_THAT(problems(), ElementsAre("1:4 error a: must not hold control characters",
                                      "2:4 error b: must not hold control characters"));
}

}  // namespace
}  // namespace balancer
