#include "controlplane/cli/client/client_environment.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/controlplane/cli_client/given_environment.hpp"

namespace balancer::controlplane::cli {
namespace {

using testing::Contains;
using testing::Not;

VariableChange set(const std::string& name, const std::string& value) { return {name, value}; }
VariableChange unset(const std::string& name) { return {name, std::nullopt}; }

bool changes_any(const std::vector<VariableChange>& changes, std::string_view name) {
  return std::any_of(changes.begin(), changes.end(), [&](const VariableChange& each) { return each.name == name; });
}

TEST(ClientEnvironmentTest, PointsAtTheGatewayAndAsksForHints) {
  const auto changes = variable_changes({"https://gateway.example", {}, given({})});

  EXPECT_THAT(changes, Contains(set("ANTHROPIC_BASE_URL", "https://gateway.example")));
  EXPECT_THAT(changes, Contains(set("CLAUDE_CODE_GATEWAY_HINT_HEADERS", "1")));
  EXPECT_FALSE(changes_any(changes, "NO_PROXY"));
}

TEST(ClientEnvironmentTest, NeverLeavesBothCredentialsSet) {
  const auto by_key = variable_changes({"http://h", Secret("gw-1"), given({{"ANTHROPIC_API_KEY", "a"}})});
  const auto present =
      variable_changes({"http://h", {}, given({{"ANTHROPIC_API_KEY", "a"}, {"ANTHROPIC_AUTH_TOKEN", "b"}})});

  EXPECT_THAT(by_key, Contains(set("ANTHROPIC_AUTH_TOKEN", "gw-1")));
  EXPECT_THAT(by_key, Contains(unset("ANTHROPIC_API_KEY")));
  EXPECT_THAT(present, Contains(unset("ANTHROPIC_API_KEY")));
  EXPECT_FALSE(changes_any(present, "ANTHROPIC_AUTH_TOKEN"));
}

TEST(ClientEnvironmentTest, LeavesAnOnlyCredentialAlone) {
  const ClientEnvironment client{"http://h", {}, given({{"ANTHROPIC_API_KEY", "a"}})};
  const auto changes = variable_changes(client);

  EXPECT_FALSE(lacks_credential(client));
  EXPECT_FALSE(changes_any(changes, "ANTHROPIC_API_KEY"));
  EXPECT_FALSE(changes_any(changes, "ANTHROPIC_AUTH_TOKEN"));
  EXPECT_TRUE(lacks_credential({"http://h", {}, given({{"ANTHROPIC_API_KEY", ""}})}));
}

TEST(ClientEnvironmentTest, ExceptsAGatewayOnThisMachineFromProxies) {
  EXPECT_THAT(variable_changes({"http://127.0.0.1:9090", {}, given({})}), Contains(set("NO_PROXY", "127.0.0.1")));
  EXPECT_THAT(variable_changes({"http://[::1]:9090", {}, given({})}), Contains(set("NO_PROXY", "[::1]:9090")));
}

TEST(ClientEnvironmentTest, AddsToTheExceptionsThatThereAre) {
  const auto changes = variable_changes(
      {"http://localhost:9090", {}, given({{"NO_PROXY", ".corp"}, {"no_proxy", ".corp,.lan"}})});

  EXPECT_THAT(changes, Contains(set("NO_PROXY", ".corp,localhost")));
  EXPECT_THAT(changes, Contains(set("no_proxy", ".corp,.lan,localhost")));
}

TEST(ClientEnvironmentTest, LeavesExceptionsThatSufficeAlone) {
  const auto changes = variable_changes({"http://127.0.0.1:9090", {}, given({{"NO_PROXY", "10.0.0.1, 127.0.0.1"}})});

  EXPECT_FALSE(changes_any(changes, "NO_PROXY"));
}

}  // namespace
}  // namespace balancer::controlplane::cli
