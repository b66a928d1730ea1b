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

class FishCompletionTest : public testing::Test {
 protected:
  FishCompletionTest() { run_.install("balancerctl", provider_naming_program()); }
  void SetUp() override {
    if (fish_.empty()) GTEST_SKIP() << "fish is not installed";
  }

  [[nodiscard]] std::vector<std::string> completed(const std::string& line) const {
    return sorted_lines(
        run_.output(fish_, {"--no-config", "-c", "source $argv[1]; complete -C $argv[2]", script_, line}));
  }

  const std::filesystem::path fish_ = installed("fish");
  CompletionTree tree_;
  ShellRun run_;
  std::string script_ = run_.write("completion.fish", completion_script(Shell::kFish, tree_.app()).value()).string();
};

TEST_F(FishCompletionTest, IsRightFish) { EXPECT_EQ(run_.output(fish_, {"--no-config", "-n", script_}), ""); }

TEST_F(FishCompletionTest, DescribesVerbsAndOptions) {
  EXPECT_THAT(completed("balancerctl "),
              ElementsAre("completion\tA script", "describe\tShow all of one thing", "explain\tWhere a request would go",
                          "get\tShow what the control plane knows", "validate\tCheck a file"));
  EXPECT_THAT(completed("balancerctl --server 127.0.0.1:9091 get p"),
              ElementsAre("providers\tThe providers: health, and so on"));
  EXPECT_THAT(completed("balancerctl get providers --"),
              IsSupersetOf({"--interval\tBetween two looks", "--output\tHow to print, it's a choice",
                            "--watch\tGo on showing it"}));
  EXPECT_THAT(completed("balancerctl get routes --w"), IsEmpty());
  EXPECT_THAT(completed("balancerctl get routes "), IsEmpty());
}

TEST_F(FishCompletionTest, OffersValues) {
  EXPECT_THAT(completed("balancerctl get providers -o "),
              ElementsAre(HasSubstr("json"), HasSubstr("table"), HasSubstr("wide")));
  EXPECT_THAT(completed("balancerctl get --output=t"), ElementsAre(HasSubstr("--output=table")));
  EXPECT_THAT(completed("balancerctl completion "), ElementsAre("bash", "fish", "zsh"));
  EXPECT_THAT(completed("balancerctl --server "), IsEmpty());
  EXPECT_THAT(completed("balancerctl explain -- --"), IsEmpty());
}

TEST_F(FishCompletionTest, AsksForNamesAndEvaluatesNone) {
  EXPECT_THAT(completed("balancerctl describe provider "), ElementsAre("$(touch evaluated)", "anthropic", "mirror"));
  EXPECT_THAT(completed("balancerctl explain --provider m"), ElementsAre(HasSubstr("mirror")));
  EXPECT_THAT(completed("balancerctl describe provider anthropic "), IsEmpty());
  EXPECT_FALSE(std::filesystem::exists("evaluated"));
}

TEST_F(FishCompletionTest, OffersFilesWhereOneIsWanted) {
  const std::string folder = std::filesystem::path(script_).parent_path().string();

  EXPECT_THAT(completed("balancerctl validate " + folder + "/com"), ElementsAre(script_));
}

}  // namespace
}  // namespace balancer::controlplane::cli
