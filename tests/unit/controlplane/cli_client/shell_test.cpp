#include "controlplane/cli/client/shell.hpp"

#include <gtest/gtest.h>

namespace balancer::controlplane::cli {
namespace {

TEST(ShellTest, IsKnownByItsNameOrPath) {
  EXPECT_EQ(shell_named("bash"), Shell::kBash);
  EXPECT_EQ(shell_named("/usr/bin/zsh"), Shell::kZsh);
  EXPECT_EQ(shell_named("/bin/dash"), Shell::kPosix);
  EXPECT_EQ(shell_named("PowerShell"), Shell::kPowerShell);
  EXPECT_EQ(shell_named("pwsh"), Shell::kPowerShell);
  EXPECT_EQ(shell_named("tcsh"), std::nullopt);
  EXPECT_EQ(shell_named(""), std::nullopt);
}

TEST(ShellTest, OfAnUnknownEnvironmentIsPosix) {
  EXPECT_EQ(shell_of_environment("/usr/local/bin/fish"), Shell::kFish);
  EXPECT_EQ(shell_of_environment(""), Shell::kPosix);
  EXPECT_EQ(shell_of_environment("/bin/tcsh"), Shell::kPosix);
}

TEST(ShellTest, EveryShellsNameIsItsOwn) {
  for (const Shell shell : {Shell::kPosix, Shell::kBash, Shell::kZsh, Shell::kFish, Shell::kPowerShell}) {
    EXPECT_EQ(shell_named(name_of(shell)), shell);
  }
}

TEST(ShellTest, DoublesEveryQuoteThatPowerShellKnows) {
  EXPECT_EQ(quoted(Shell::kPowerShell, "a'b"), "'a''b'");
  EXPECT_EQ(quoted(Shell::kPowerShell, "\xE2\x80\x98 \xE2\x80\x99 \xE2\x80\x9A \xE2\x80\x9B"),
            "'\xE2\x80\x98\xE2\x80\x98 \xE2\x80\x99\xE2\x80\x99 \xE2\x80\x9A\xE2\x80\x9A \xE2\x80\x9B\xE2\x80\x9B'");
  EXPECT_EQ(quoted(Shell::kPowerShell, "\xE2\x80\x9C\"$x`\xE2\x80"), "'\xE2\x80\x9C\"$x`\xE2\x80'");
}

}  // namespace
}  // namespace balancer::controlplane::cli
