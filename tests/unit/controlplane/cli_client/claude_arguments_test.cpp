#include "controlplane/cli/client/claude_arguments.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace balancer::controlplane::cli {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::StrEq;

SplitCommandLine split(const std::vector<const char*>& words) {
  return split_command_line(static_cast<int>(words.size()), words.data());
}

TEST(ClaudeArgumentsTest, AreAllThatStandsBehindTheFirstDashes) {
  const auto line = split({"balancerctl", "code", "--url", "http://h", "--", "-p", "[a,b]", "", "--", "--help"});

  EXPECT_THAT(line.own, ElementsAre(StrEq("balancerctl"), StrEq("code"), StrEq("--url"), StrEq("http://h")));
  EXPECT_THAT(line.claude, ElementsAre("-p", "[a,b]", "", "--", "--help"));
}

TEST(ClaudeArgumentsTest, AreNoneWithoutDashesOrForAnotherVerb) {
  EXPECT_THAT(split({"balancerctl", "code"}).claude, IsEmpty());
  EXPECT_THAT(split({"balancerctl", "code", "--"}).claude, IsEmpty());
  const auto other = split({"balancerctl", "explain", "--", "code"});
  EXPECT_EQ(other.own.size(), 4u);
  EXPECT_THAT(other.claude, IsEmpty());
}

}  // namespace
}  // namespace balancer::controlplane::cli
