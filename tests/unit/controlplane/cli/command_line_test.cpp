#include "controlplane/cli/command_line.hpp"

#include <gmock/gmock.h>

#include <vector>

namespace balancer::controlplane::cli {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

std::variant<Command, EarlyExit> parse(std::vector<const char*> words) {
  words.insert(words.begin(), "balancerctl");
  return parse_command_line(static_cast<int>(words.size()), words.data());
}

Command command(std::vector<const char*> words) {
  const auto parsed = parse(std::move(words));
  EXPECT_TRUE(std::holds_alternative<Command>(parsed));
  const auto* found = std::get_if<Command>(&parsed);
  return found != nullptr ? *found : Command();
}

int exit_status(std::vector<const char*> words) {
  const auto parsed = parse(std::move(words));
  const auto* exit = std::get_if<EarlyExit>(&parsed);
  return exit != nullptr ? exit->status : -1;
}

TEST(BalancerctlCommandLineTest, TakesAProviderOutForFiveMinutesUnlessToldOtherwise) {
  EXPECT_EQ(command({"cooldown", "a"}).verb, Verb::kCoolProvider);
  EXPECT_EQ(command({"cooldown", "a"}).provider, "a");
  EXPECT_EQ(command({"cooldown", "a"}).duration, 5min);
  EXPECT_EQ(command({"cooldown", "a", "--for", "90s"}).duration, 90s);
  EXPECT_EQ(command({"cooldown", "--for", "1.5h", "a"}).duration, 90min);
}

TEST(BalancerctlCommandLineTest, ShowsAndEmptiesTheCache) {
  EXPECT_EQ(command({"cache", "stats"}).verb, Verb::kCacheStats);
  EXPECT_EQ(command({"cache", "flush", "-o", "json"}).verb, Verb::kFlushCache);
  EXPECT_EQ(exit_status({"cache"}), kExitUsage);
}

TEST(BalancerctlCommandLineTest, UnderstandsWhatIsAskedAboutARoute) {
  const Command explain =
      command({"explain", "claude-x", "--session", "s1", "--provider", "b", "--caller", "team", "-o", "json"});

  EXPECT_EQ(explain.verb, Verb::kExplain);
  EXPECT_EQ(explain.model, "claude-x");
  EXPECT_EQ(explain.session, "s1");
  EXPECT_EQ(explain.provider, "b");
  EXPECT_EQ(explain.caller, "team");
  EXPECT_EQ(explain.format, OutputFormat::kJson);
}

TEST(BalancerctlCommandLineTest, AProviderMayBeNamedLikeAVerb) {
  EXPECT_EQ(command({"restore", "reload"}).provider, "reload");
  EXPECT_EQ(command({"restore", "reload"}).verb, Verb::kRestoreProvider);
  EXPECT_EQ(command({"describe", "provider", "get"}).provider, "get");
  EXPECT_EQ(command({"describe", "provider", "get"}).verb, Verb::kDescribeProvider);
}

TEST(BalancerctlCommandLineTest, NeedsTheNamesAndDurationsThatItCanRead) {
  EXPECT_EQ(exit_status({"cooldown"}), kExitUsage);
  EXPECT_EQ(exit_status({"cooldown", "a", "--for", "soon"}), kExitUsage);
  EXPECT_EQ(exit_status({"restore"}), kExitUsage);
  EXPECT_EQ(exit_status({"describe", "a"}), kExitUsage);
  EXPECT_EQ(exit_status({"describe", "provider"}), kExitUsage);
  EXPECT_EQ(exit_status({"explain"}), kExitUsage);
}

TEST(BalancerctlCommandLineTest, EveryVerbHasAnExample) {
  const std::vector<std::vector<const char*>> verbs{{},          {"get"},         {"get", "providers"}, {"describe"},
                                                    {"cooldown"}, {"restore"},     {"explain"},          {"reload"},
                                                    {"config"},   {"version"},     {"describe", "provider"},
                                                    {"config", "validate"}};
  for (std::vector<const char*> verb : verbs) {
    verb.push_back("--help");
    testing::internal::CaptureStdout();

    EXPECT_EQ(exit_status(verb), kExitDone);

    EXPECT_THAT(testing::internal::GetCapturedStdout(), HasSubstr("Example: balancerctl ")) << verb.front();
  }
}

}  // namespace
}  // namespace balancer::controlplane::cli
