#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/integration/edge/edge_config.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::IsEmpty;

class BalancerctlTest : public testing::Test {
 protected:
  [[nodiscard]] Ended ask(std::vector<std::string> words) const {
    words.insert(words.begin(), {"--server", stack_.control_address()});
    return run({"balancerctl", std::move(words), {}});
  }

  SplitStack stack_{edge_config({provider_entry("a", "http://127.0.0.1:1", {"auth_value: very-secret-key"}),
                                 provider_entry("b", "http://127.0.0.1:2", {"enabled: false"})})};
};

TEST_F(BalancerctlTest, ShowsTheProvidersAsATable) {
  const Ended ended = ask({"get", "providers"});

  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("NAME"));
  EXPECT_THAT(ended.out, HasSubstr("http://127.0.0.1:1"));
  EXPECT_THAT(ended.out, HasSubstr("healthy"));
  EXPECT_THAT(ended.out, HasSubstr("disabled"));
  EXPECT_THAT(ended.out, testing::Not(HasSubstr("very-secret-key")));
}

TEST_F(BalancerctlTest, ShowsTheProvidersAsJson) {
  const Ended ended = ask({"get", "providers", "-o", "json"});

  const json listing = json::parse(ended.out);
  ASSERT_EQ(listing.at("providers").size(), 2u);
  EXPECT_EQ(listing.at("providers").at(0).at("name"), "a");
  EXPECT_EQ(listing.at("providers").at(0).at("state"), "healthy");
  EXPECT_EQ(listing.at("providers").at(1).at("enabled"), false);
  EXPECT_THAT(ended.out, testing::Not(HasSubstr("very-secret-key")));
}

TEST_F(BalancerctlTest, ReloadPutsTheNewFileInForce) {
  stack_.write_config(edge_config({provider_entry("a", "http://127.0.0.1:3")}));

  const Ended ended = ask({"reload"});

  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ask({"get", "providers"}).out, HasSubstr("http://127.0.0.1:3"));
}

TEST_F(BalancerctlTest, ReloadOfABadFileSaysWhyAndChangesNothing) {
  stack_.write_config("providers:\n  - name: a\n    type: antropic\n    base_url: http://127.0.0.1:3\n");

  const Ended text = ask({"reload"});
  const Ended as_json = ask({"reload", "-o", "json"});

  EXPECT_EQ(text.code, 4);
  EXPECT_THAT(text.err, testing::ContainsRegex("config.yaml:3:[0-9]+"));
  EXPECT_EQ(as_json.code, 4);
  EXPECT_EQ(json::parse(as_json.out).at("reloaded"), false);
  EXPECT_THAT(ask({"get", "providers"}).out, HasSubstr("http://127.0.0.1:1"));
}

TEST_F(BalancerctlTest, VersionNamesBothSidesAndTheGateways) {
  const Ended table = ask({"version"});
  const Ended as_json = ask({"version", "-o", "json"});

  EXPECT_EQ(table.code, 0);
  EXPECT_THAT(table.out, HasSubstr("client"));
  EXPECT_THAT(table.out, HasSubstr("server"));
  const json versions = json::parse(as_json.out);
  EXPECT_EQ(versions.at("client").at("version"), versions.at("server").at("version"));
  EXPECT_EQ(versions.at("server").at("gateways").size(), 1u);
}

TEST_F(BalancerctlTest, NeedsAVerbThatItKnows) {
  EXPECT_EQ(ask({}).code, 2);
  EXPECT_EQ(ask({"get"}).code, 2);
  EXPECT_EQ(ask({"get", "nothing"}).code, 2);
  EXPECT_EQ(ask({"get", "providers", "-o", "xml"}).code, 2);
  EXPECT_EQ(ask({"config", "validate"}).code, 2);
}

TEST(UnreachableServerTest, IsAFailureWithAReason) {
  const TempDir directory;
  const std::string server = "unix:" + (directory / "nobody.sock").string();

  const std::vector<std::vector<std::string>> verbs{{"get", "providers"}, {"reload"}};
  for (const std::vector<std::string>& verb : verbs) {
    std::vector<std::string> words{"--server", server};
    words.insert(words.end(), verb.begin(), verb.end());

    const Ended ended = run({"balancerctl", words, {}});

    EXPECT_EQ(ended.code, 1) << verb.front();
    EXPECT_THAT(ended.out, IsEmpty());
    EXPECT_THAT(ended.err, HasSubstr("nobody.sock"));
  }
}

TEST(UnreachableServerTest, TheClientsOwnVersionIsStillTold) {
  const TempDir directory;

  const Ended ended =
      run({"balancerctl", {"--server", "unix:" + (directory / "nobody.sock").string(), "version", "-o", "json"}, {}});

  EXPECT_EQ(ended.code, 0);
  EXPECT_TRUE(json::parse(ended.out).at("server").is_null());
}

}  // namespace
}  // namespace balancer::integration
