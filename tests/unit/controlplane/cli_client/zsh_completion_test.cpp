#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controlplane/cli/client/completion_script.hpp"
#include "tests/unit/controlplane/cli_client/completion_tree.hpp"
#include "tests/unit/controlplane/cli_client/shell_run.hpp"

namespace balancer::controlplane::cli {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::Not;

// zsh's own completion runs inside its line editor alone: these stand for the parts of it that the script calls.
constexpr const char* kPressTab = R"sh(
compdef() { }
compset() { }
compadd() { shift; print -rl -- "$@" }
_files() { print FILES }
_describe() { print -rl -- "${(@P)@[-1]}" }
source "$1"
words=("${(@s: :)2}")
CURRENT=${#words}
_balancerctl || true
)sh";

class ZshCompletionTest : public testing::Test {
 protected:
  ZshCompletionTest() { run_.install("balancerctl", provider_naming_program()); }
  void SetUp() override {
    if (zsh_.empty()) GTEST_SKIP() << "zsh is not installed";
  }

  [[nodiscard]] std::vector<std::string> completed(const std::string& line) const {
    return sorted_lines(run_.output(zsh_, {"-f", "-c", kPressTab, "zsh", script_, line}));
  }

  const std::filesystem::path zsh_ = installed("zsh");
  CompletionTree tree_;
  ShellRun run_;
  std::string script_ = run_.write("completion", completion_script(Shell::kZsh, tree_.app()).value()).string();
};

TEST_F(ZshCompletionTest, IsRightZsh) { EXPECT_EQ(run_.output(zsh_, {"-f", "-n", script_}), ""); }

TEST_F(ZshCompletionTest, DescribesVerbsAndOptions) {
  EXPECT_THAT(completed("balancerctl "), IsSupersetOf({"describe:Show all of one thing", "explain:Where a request would go",
                                                       "get:Show what the control plane knows"}));
  EXPECT_THAT(completed("balancerctl --server 127.0.0.1:9091 get "),
              ElementsAre("providers:The providers: health, and so on", "routes:Which models go where"));
  EXPECT_THAT(completed("balancerctl get providers -"),
              IsSupersetOf({"--output:How to print, it's a choice", "--interval:Between two looks"}));
  EXPECT_THAT(completed("balancerctl get routes -"), Not(Contains("--interval:Between two looks")));
}

TEST_F(ZshCompletionTest, OffersValues) {
  EXPECT_THAT(completed("balancerctl get providers -o "), ElementsAre("json", "table", "wide"));
  EXPECT_THAT(completed("balancerctl get --output="), ElementsAre("json", "table", "wide"));
  EXPECT_THAT(completed("balancerctl completion "), ElementsAre("bash", "fish", "zsh"));
  EXPECT_THAT(completed("balancerctl validate "), ElementsAre("FILES"));
  EXPECT_THAT(completed("balancerctl --server "), IsEmpty());
  EXPECT_THAT(completed("balancerctl explain -- "), IsEmpty());
}

TEST_F(ZshCompletionTest, AsksForNamesAndEvaluatesNone) {
  EXPECT_THAT(completed("balancerctl describe provider "), ElementsAre("$(touch evaluated)", "anthropic", "mirror"));
  EXPECT_THAT(completed("balancerctl explain --provider "), Contains("mirror"));
  EXPECT_FALSE(std::filesystem::exists("evaluated"));
}

}  // namespace
}  // namespace balancer::controlplane::cli
