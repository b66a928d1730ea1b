#include "common/config/yaml_map.hpp"

#include "tests/unit/common/config/yaml_fixture.hpp"

namespace balancer {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class YamlMapTest : public YamlFixture {};

TEST_F(YamlMapTest, ReportsUnknownKeysWithTheNameThatWasMeant) {
  {
    auto root = open("hsot: a\nport: 1\nquux: 2\n");
    EXPECT_EQ(root->text("host", "default"), "default");
    EXPECT_EQ(root->integer<int>("port", 9, 0, 9), 1);
  }
  EXPECT_THAT(problems(), ElementsAre("1:1 error hsot: unknown key; did you mean host?", "3:1 error quux: unknown key"));
}

TEST_F(YamlMapTest, ReportsDuplicateKeys) {
  {
    auto root = open("a: 1\nb:\n  c: 1\n  c: 2\na: 2\n");
    EXPECT_EQ(root->text("a"), "1");
    EXPECT_EQ(root->map("b").text("c"), "1");
  }
  EXPECT_THAT(problems(),
              ElementsAre("4:3 error b.c: duplicate key; it was given in line 3, column 3 already",
                          "5:1 error a: duplicate key; it was given in line 1, column 1 already"));
}

TEST_F(YamlMapTest, FollowsMerges) {
  {
    auto root = open("x-base: &base {a: 1, b: 1, c: 1}\nx-more: &more {b: 2, d: 2}\n"
                     "m:\n  <<: [*more, *base]\n  c: 3\nn:\n  a: 4\n  <<: *base\n");
    YamlMap m = root->map("m");
    EXPECT_EQ(m.text("a") + m.text("b") + m.text("c") + m.text("d"), "1232");
    YamlMap n = root->map("n");
    EXPECT_EQ(n.text("a") + n.text("b") + n.text("c"), "411");
    root->ignore_prefix("x-");
  }
  EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(YamlMapTest, FollowsMergesOfMerges) {
  {
    auto root = open("a: &a {k: 1}\nb: &b {<<: *a, l: 2}\nc: {<<: *b}\n");
    (void)root->entries();
    YamlMap c = root->map("c");
    EXPECT_EQ(c.text("k") + c.text("l"), "12");
  }
  EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(YamlMapTest, RefusesMergesOfSomethingElse) {
  for (const char* const merged : {"5", "[5]", "text", "~"}) {
    {
      auto root = open(fmt::format("m: {{<<: {}}}\n", merged));
      YamlMap m = root->map("m");
    }
    EXPECT_THAT(problems(), ElementsAre("1:5 error m: << needs a mapping, or a list of mappings")) << merged;
  }
}

TEST_F(YamlMapTest, RefusesAMergeOfItself) {
  {
    auto root = open("m: &m\n  a: 1\n  <<: *m\n");
    EXPECT_EQ(root->map("m").text("a"), "1");
  }
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("merges (<<) too deeply, or itself")));
}

TEST_F(YamlMapTest, TakesAQuotedMergeSignForAKey) {
  {
    auto root = open("\"<<\": 5\n");
    EXPECT_EQ(root->text("<<"), "5");
  }
  EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(YamlMapTest, ReportsKeysThatAreNoText) {
  { auto root = open("[1, 2]: 3\n"); }
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("has a key that is no text")));
}

TEST_F(YamlMapTest, AcceptsOlderNames) {
  {
    auto root = open("cooldown_seconds: 90\n");
    EXPECT_EQ(root->duration({"failure_cooldown", "cooldown_seconds"}, 1s), 90s);
  }
  EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(YamlMapTest, WarnsOfTwoNamesForOneSetting) {
  {
    auto root = open("cooldown_seconds: 90\nfailure_cooldown: 30\n");
    EXPECT_EQ(root->duration({"failure_cooldown", "cooldown_seconds"}, 1s), 30s);
  }
  EXPECT_THAT(problems(), ElementsAre("1:19 warning cooldown_seconds: is not used: failure_cooldown is given too and "
                                      "means the same"));
}

TEST_F(YamlMapTest, TakesNullForAbsent) {
  {
    auto root = open("a: ~\nb:\nc: null\n");
    EXPECT_EQ(root->integer<int>("a", 7, 0, 9), 7);
    EXPECT_EQ(root->text("b", "default"), "default");
    EXPECT_FALSE(root->find("c"));
    root->require("b");
  }
  EXPECT_THAT(problems(), ElementsAre("1:1 error b: is missing"));
}

TEST_F(YamlMapTest, WarnsOnceOfAnIgnoredKey) {
  {
    auto root = open("list:\n- {old: 1}\n- {old: 2}\n");
    for (const YamlValue& value : root->list("list")) value.map().ignore("old", "is ignored");
  }
  EXPECT_THAT(problems(), ElementsAre("2:4 warning list[0].old: is ignored"));
}

TEST_F(YamlMapTest, RefusesAChoiceThatDoesNotExist) {
  {
    auto root = open("a: Two\nb: three\n");
    EXPECT_EQ(root->choice<int>("a", 0, {{"one", 1}, {"two", 2}}), 2);
    EXPECT_EQ(root->choice<int>("b", 0, {{"one", 1}, {"two", 2}}), 0);
  }
  EXPECT_THAT(problems(), ElementsAre("2:4 error b: must be one of one, two; not \"three\""));
}

TEST_F(YamlMapTest, TakesASingleTextForAListOfOne) {
  {
    auto root = open("a: x\nb: [x, y]\nc: []\n");
    EXPECT_THAT(root->texts("a"), ElementsAre("x"));
    EXPECT_THAT(root->texts("b"), ElementsAre("x", "y"));
    EXPECT_THAT(root->texts("c", {"default"}), IsEmpty());
    EXPECT_THAT(root->texts("d", {"default"}), ElementsAre("default"));
  }
  EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(YamlMapTest, NamesKeysThatAreNoNamesInQuotes) {
  {
    auto root = open("routes:\n  \"*sonnet*\":\n  - {enabled: maybe}\n");
    for (const YamlMap::Entry& entry : root->map("routes").entries()) {
      EXPECT_FALSE(entry.value.list()[0].map().boolean("enabled", false));
    }
  }
  EXPECT_THAT(problems(),
              ElementsAre("3:15 error routes[\"*sonnet*\"][0].enabled: must be true or false, not \"maybe\""));
}

}  // namespace
}  // namespace balancer
