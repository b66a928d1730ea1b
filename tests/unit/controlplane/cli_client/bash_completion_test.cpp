#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controlplane/cli/client/completion_script.hpp"
#include "tests/unit/controlplane/cli_client/completion_tree.hpp"
#include "tests/unit/controlplane/cli_client/shell_run.hpp"

namespace balancer::controlplane::cli {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::Not;

// What bash does when its user presses Tab at the end of a line.
constexpr const char* kPressTab = R"sh(
source "$1"
complete -p balancerctl >/dev/null || exit 9
COMP_LINE=$2 COMP_POINT=${#2} COMP_TYPE=9 COMP_KEY=9
_balancerctl balancerctl "${2##* }" "" || true
((${#COMPREPLY[@]} == 0)) || printf '%s\n' "${COMPREPLY[@]}"
)sh";

class BashCompletionTest : public testing::Test {
 protected:
  BashCompletionTest() { run_.install("balancerctl", provider_naming_program()); }

  [[nodiscard]] std::vector<std::string> completed(const std::string& line) const {
    return sorted_lines(run_.output(bash_, {"--norc", "--noprofile", "-c", kPressTab, "bash", script_, line}));
  }

  const std::filesystem::path bash_ = installed("bash");
  CompletionTree tree_;
  ShellRun run_;
  std::string script_ = run_.write("completion", completion_script(Shell::kBash, tree_.app()).value()).string();
};

TEST_F(BashCompletionTest, IsRightBash) { EXPECT_EQ(run_.output(bash_, {"-n", script_}), ""); }

TEST_F(BashCompletionTest, OffersVerbsAndTheirNouns) {
  EXPECT_THAT(completed("balancerctl "), ElementsAre("completion", "describe", "explain", "get", "validate"));
  EXPECT_THAT(completed("balancerctl ex"), ElementsAre("explain"));
  EXPECT_THAT(completed("balancerctl get "), ElementsAre("providers", "routes"));
  EXPECT_THAT(completed("balancerctl -o json get p"), ElementsAre("providers"));
  EXPECT_THAT(completed("balancerctl --server 127.0.0.1:9091 get p"), ElementsAre("providers"));
  EXPECT_THAT(completed("balancerctl get routes "), IsEmpty());
}

TEST_F(BashCompletionTest, OffersOptionsWhereTheyHold) {
  EXPECT_THAT(completed("balancerctl get providers --"),
              IsSupersetOf({"--help", "--interval", "--output", "--server", "--watch"}));
  EXPECT_THAT(completed("balancerctl get routes --w"), IsEmpty());
  EXPECT_THAT(completed("balancerctl --"), Not(Contains("--hidden")));
}

TEST_F(BashCompletionTest, OffersTheValuesOfOptions) {
  EXPECT_THAT(completed("balancerctl get providers -o "), ElementsAre("json", "table", "wide"));
  EXPECT_THAT(completed("balancerctl get --output=t"), ElementsAre("table"));
  EXPECT_THAT(completed("balancerctl --server "), IsEmpty());
  EXPECT_THAT(completed("balancerctl completion "), ElementsAre("bash", "fish", "zsh"));
}

TEST_F(BashCompletionTest, AsksForNamesAndEvaluatesNone) {
  EXPECT_THAT(completed("balancerctl describe provider "),
              ElementsAre(R"(\$\(touch\ evaluated\))", "anthropic", "mirror"));
  EXPECT_THAT(completed("balancerctl explain --provider m"), ElementsAre("mirror"));
  EXPECT_THAT(completed("balancerctl describe provider anthropic "), IsEmpty());
  EXPECT_FALSE(std::filesystem::exists("evaluated"));
}

TEST_F(BashCompletionTest, OffersFiles) {
  const std::string folder = std::filesystem::path(script_).parent_path().string();

  EXPECT_THAT(completed("balancerctl validate " + folder + "/com"), ElementsAre(script_));
}

TEST_F(BashCompletionTest, LeavesWhatFollowsTwoDashesAlone) {
  EXPECT_THAT(completed("balancerctl explain -- --"), IsEmpty());
}

}  // namespace
}  // namespace balancer::controlplane::cli
