#include "controlplane/cli/command_line.hpp"

#include <gmock/gmock.h>

#include <vector>

namespace balancer::controlplane::cli {
namespace {

using namespace std::chrono_literals;

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
  EXPECT_EQ(command({"cooldown", "a"}).name, "a");
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
  EXPECT_EQ(command({"restore", "reload"}).name, "reload");
  EXPECT_EQ(command({"restore", "reload"}).verb, Verb::kRestoreProvider);
  EXPECT_EQ(command({"describe", "provider", "get"}).name, "get");
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

TEST(BalancerctlCommandLineTest, GetsAndWatchesListings) {
  struct Listing {
    const char* noun;
    Verb verb;
  };
  for (const auto& [noun, verb] : {Listing{"providers", Verb::kGetProviders}, Listing{"routes", Verb::kGetRoutes},
                                   Listing{"gateways", Verb::kGetGateways}, Listing{"requests", Verb::kGetRequests}}) {
    EXPECT_EQ(command({"get", noun}).verb, verb) << noun;
    EXPECT_FALSE(command({"get", noun}).watch) << noun;
    EXPECT_TRUE(command({"get", noun, "--watch"}).watch) << noun;
    EXPECT_TRUE(command({"get", noun, "-w"}).watch) << noun;
    EXPECT_EQ(command({"watch", noun}).verb, verb) << noun;
    EXPECT_TRUE(command({"watch", noun}).watch) << noun;
    EXPECT_EQ(command({"watch", noun, "--interval", "500ms"}).interval, 500ms) << noun;
  }
  EXPECT_EQ(command({"get", "config", "-o", "yaml"}).verb, Verb::kGetConfig);
  EXPECT_EQ(command({"get", "requests"}).limit, 25u);
  EXPECT_EQ(command({"get", "requests", "--limit", "0"}).limit, 0u);
  EXPECT_EQ(command({"watch", "requests", "--limit", "7"}).limit, 7u);
}

TEST(BalancerctlCommandLineTest, LooksEveryTwoSecondsForEverUnlessToldOtherwise) {
  EXPECT_EQ(command({"top"}).verb, Verb::kTop);
  EXPECT_FALSE(command({"top"}).watch);
  EXPECT_EQ(command({"top", "-w"}).interval, 2s);
  EXPECT_EQ(command({"top", "-w"}).rounds, 0u);
  EXPECT_EQ(command({"top", "-w", "--interval", "1m", "--rounds", "3"}).interval, 1min);
  EXPECT_EQ(command({"top", "-w", "--rounds", "3"}).rounds, 3u);
}

TEST(BalancerctlCommandLineTest, DescribesOneThing) {
  EXPECT_EQ(command({"describe", "provider", "a"}).verb, Verb::kDescribeProvider);
  EXPECT_EQ(command({"describe", "gateway", "gw-1"}).verb, Verb::kDescribeGateway);
  EXPECT_EQ(command({"describe", "gateway", "gw-1"}).name, "gw-1");
  EXPECT_EQ(command({"describe", "request", "req_1"}).verb, Verb::kDescribeRequest);
  EXPECT_EQ(command({"describe", "request", "req_1", "-o", "json"}).format, OutputFormat::kJson);
}

TEST(BalancerctlCommandLineTest, DrainsAGatewayAndTakesItBack) {
  const Command drain = command({"drain", "gw-1"});
  EXPECT_EQ(drain.verb, Verb::kDrainGateway);
  EXPECT_EQ(drain.name, "gw-1");
  EXPECT_FALSE(drain.undo);
  EXPECT_FALSE(drain.wait);
  EXPECT_EQ(drain.wait_limit, 5min);

  EXPECT_TRUE(command({"drain", "gw-1", "--undo"}).undo);
  EXPECT_TRUE(command({"drain", "--wait", "gw-1", "--timeout", "90s"}).wait);
  EXPECT_EQ(command({"drain", "--wait", "gw-1", "--timeout", "90s"}).wait_limit, 90s);
}

TEST(BalancerctlCommandLineTest, WorksOnConfigurationFiles) {
  EXPECT_EQ(command({"reload"}).verb, Verb::kReload);
  EXPECT_EQ(command({"config", "validate", "c.yaml"}).verb, Verb::kValidateConfig);
  EXPECT_EQ(command({"config", "diff", "c.yaml"}).verb, Verb::kDiffConfig);
  EXPECT_EQ(command({"config", "diff", "c.yaml"}).config_file, "c.yaml");
  EXPECT_EQ(command({"config", "schema"}).verb, Verb::kConfigSchema);
  EXPECT_EQ(command({"version"}).verb, Verb::kVersion);
  EXPECT_EQ(exit_status({"config", "validate"}), kExitUsage);
  EXPECT_EQ(exit_status({"config", "diff"}), kExitUsage);
}

TEST(BalancerctlCommandLineTest, PrintsInTheFormThatIsAskedForWhereverItIsAsked) {
  EXPECT_EQ(command({"get", "providers"}).format, OutputFormat::kTable);
  EXPECT_EQ(command({"-o", "wide", "get", "providers"}).format, OutputFormat::kWide);
  EXPECT_EQ(command({"get", "-o", "yaml", "providers"}).format, OutputFormat::kYaml);
  EXPECT_EQ(command({"get", "providers", "--output", "name"}).format, OutputFormat::kName);
  EXPECT_EQ(exit_status({"get", "providers", "-o", "xml"}), kExitUsage);
}

TEST(BalancerctlCommandLineTest, AsksTheServerThatItIsTold) {
  const auto server = [](std::vector<const char*> words) { return to_string(command(std::move(words)).server); };

  EXPECT_EQ(server({"--server", "192.0.2.1:9", "reload"}), "192.0.2.1:9");
  EXPECT_EQ(server({"reload", "--server", "unix:/run/balancer.sock"}), "unix:/run/balancer.sock");
  EXPECT_EQ(exit_status({"--server", "nowhere", "reload"}), kExitUsage);
}

TEST(BalancerctlCommandLineTest, RefusesWhatItDoesNotKnow) {
  const std::vector<std::vector<const char*>> mistakes{
      {}, {"frobnicate"}, {"get"}, {"get", "everything"}, {"watch"}, {"watch", "config"}, {"describe"},
      {"describe", "route", "x"}, {"get", "providers", "--limit", "3"}, {"get", "requests", "--limit", "many"},
      {"get", "requests", "--limit", "-1"}, {"top", "--interval", "often"}, {"drain"}, {"drain", "a", "b"}, {"cache"},
      {"config"}, {"reload", "now"}, {"explain", "m", "--what"}};
  for (const std::vector<const char*>& mistake : mistakes) {
    EXPECT_EQ(exit_status(mistake), kExitUsage) << testing::PrintToString(mistake);
  }
}

}  // namespace
}  // namespace balancer::controlplane::cli
