#include "controlplane/cli/client/completion_words.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "controlplane/cli/client/completion_script.hpp"
#include "controlplane/cli/command_tree.hpp"
#include "tests/unit/controlplane/cli_client/completion_tree.hpp"

namespace balancer::controlplane::cli {
namespace {

using Kind = ValueSource::Kind;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class CompletionWordsTest : public testing::Test {
 protected:
  [[nodiscard]] const CompletionPlace& place(const std::string& path) const {
    const auto found =
        std::find_if(places_.begin(), places_.end(), [&](const CompletionPlace& each) { return each.path == path; });
    if (found == places_.end()) throw std::out_of_range(path);
    return *found;
  }
  [[nodiscard]] const CompletionOption* option(const std::string& path, const std::string& name) const {
    for (const CompletionOption& each : place(path).options) {
      if (std::find(each.names.begin(), each.names.end(), name) != each.names.end()) return &each;
    }
    return nullptr;
  }

  CompletionTree tree_;
  std::vector<CompletionPlace> places_ = completion_places(tree_.app());
};

TEST_F(CompletionWordsTest, HasEveryPlaceOfTheTree) {
  std::vector<std::string> paths;
  for (const CompletionPlace& each : places_) paths.push_back(each.path);

  EXPECT_THAT(paths, ElementsAre("", "get", "get providers", "get routes", "describe", "describe provider", "explain",
                                 "validate", "completion"));
}

TEST_F(CompletionWordsTest, KnowsWhereValuesComeFrom) {
  EXPECT_EQ(option("", "--output")->value.kind, Kind::kWords);
  EXPECT_THAT(option("", "--output")->value.words, ElementsAre("table", "wide", "json"));
  EXPECT_EQ(option("", "--server")->value.kind, Kind::kAny);
  EXPECT_EQ(option("get providers", "--watch")->value.kind, Kind::kNone);
  EXPECT_EQ(option("get providers", "--interval")->value.kind, Kind::kAny);
  EXPECT_EQ(option("explain", "--provider")->value.noun, "providers");
  EXPECT_THAT(place("validate").positionals, SizeIs(1));
  EXPECT_EQ(place("validate").positionals[0].kind, Kind::kFiles);
  EXPECT_EQ(place("describe provider").positionals[0].kind, Kind::kNames);
  EXPECT_THAT(place("completion").positionals[0].words, ElementsAre("bash", "zsh", "fish"));
  EXPECT_EQ(place("explain").positionals[0].kind, Kind::kAny);
}

TEST_F(CompletionWordsTest, OptionsFallThroughAndHiddenOnesStayHidden) {
  EXPECT_NE(option("get providers", "-o"), nullptr);
  EXPECT_NE(option("get providers", "--help"), nullptr);
  EXPECT_EQ(option("", "--hidden"), nullptr);
  const auto& options = place("get providers").options;
  EXPECT_EQ(std::count_if(options.begin(), options.end(),
                          [](const CompletionOption& each) { return each.names.front() == "-h"; }),
            1);
}

TEST_F(CompletionWordsTest, KnowsTheNamesThatBalancerctlsOwnVerbsWant) {
  CLI::App app("", "balancerctl");
  Command command;
  add_verbs(app, command);
  places_ = completion_places(app);

  EXPECT_EQ(place("describe provider").positionals.at(0).noun, "providers");
  EXPECT_EQ(place("describe gateway").positionals.at(0).noun, "gateways");
  EXPECT_EQ(place("describe request").positionals.at(0).noun, "requests");
  EXPECT_EQ(place("cooldown").positionals.at(0).noun, "providers");
  EXPECT_EQ(place("config validate").positionals.at(0).kind, Kind::kFiles);
}

TEST_F(CompletionWordsTest, ScriptsAreForThreeShells) {
  for (const Shell shell : {Shell::kBash, Shell::kZsh, Shell::kFish}) {
    EXPECT_TRUE(completion_script(shell, tree_.app()).has_value());
  }
  EXPECT_FALSE(completion_script(Shell::kPosix, tree_.app()).has_value());
  EXPECT_FALSE(completion_script(Shell::kPowerShell, tree_.app()).has_value());
}

}  // namespace
}  // namespace balancer::controlplane::cli
