// A gateway that other machines can reach has client keys, or was told in so many words to do without (promises.md
// T38).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/edge/edge_config.hpp"
#include "tests/integration/support/eventually.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr const char* kEverywhere = "0.0.0.0:0";

std::string config(const std::vector<std::string>& auth) {
  std::vector<std::string> settings;
  if (!auth.empty()) settings.push_back("auth:");
  for (const std::string& line : auth) settings.push_back("  " + line);
  return edge_config({provider_entry("a", "http://127.0.0.1:1")}, settings);
}

Command standalone(const TempDir& directory, const std::string& text) {
  return {"balancer",
          {"--config", directory.write("config.yaml", text).string(), "--listen", kEverywhere, "--grpc-listen",
           "unix:" + (directory / "c.sock").string(), "--http-listen", "127.0.0.1:0"},
          {}};
}

const auto kSaysWhatToDo = AllOf(HasSubstr("auth.enabled"), HasSubstr("allow_unauthenticated"));

TEST(PublicListenerTest, AStandaloneWithoutKeysDoesNotStart) {
  const TempDir directory;

  const Ended ended = run(standalone(directory, config({})));

  EXPECT_EQ(ended.code, 4);
  EXPECT_EQ(ended.out, "");
  EXPECT_THAT(ended.err, kSaysWhatToDo);
}

TEST(PublicListenerTest, AGatewayWithoutKeysDoesNotStart) {
  const SplitStack stack(
      config({}), {.environment = {}, .gateway_arguments = {}, .controlplane_arguments = {}, .gateways = 0});

  const Ended ended = run({"balancer-gateway",
                           {"--control-plane", stack.control_address(), "--listen", kEverywhere, "--admin-listen",
                            "127.0.0.1:0"},
                           {}});

  EXPECT_EQ(ended.code, 4);
  EXPECT_THAT(ended.err, kSaysWhatToDo);
}

TEST(PublicListenerTest, StartsWithKeys) {
  const TempDir directory;
  const Process process(standalone(directory, config({"api_key: a-key-of-many-letters"})));

  const fakes::HttpClient client(process.wait_until_listening().port("http"));

  EXPECT_EQ(client.get("/v1/models").status, 401);
  EXPECT_EQ(client.get("/v1/models", {{"x-api-key", "a-key-of-many-letters"}}).status, 200);
  EXPECT_EQ(client.get("/livez", {{"Host", "gateway.example"}}).status, 200);
}

TEST(PublicListenerTest, StartsWithoutKeysWhenThatIsWrittenDown) {
  const TempDir directory;
  const Process process(standalone(directory, config({"allow_unauthenticated: true"})));

  const fakes::HttpClient client(process.wait_until_listening().port("http"));

  EXPECT_EQ(client.get("/v1/models").status, 200);
}

TEST(AdminListenerTest, ServesProbesToOrchestratorsAndNothingElse) {
  SplitStack stack(config({"api_key: a-key-of-many-letters"}));
  const fakes::HttpClient admin = stack.gateway().admin();

  EXPECT_EQ(admin.get("/livez").status, 200);
  EXPECT_EQ(admin.get("/readyz", {{"Host", "10.0.0.7:9093"}}).status, 200);
  EXPECT_EQ(admin.get("/livez", {{"Origin", "http://evil.example"}}).status, 403);
  for (const char* path : {"/providers", "/v1/models", "/v1/messages", "/nope"}) {
    EXPECT_EQ(admin.get(path, {{"x-api-key", "a-key-of-many-letters"}}).status, 404) << path;
  }
}

TEST(PublicListenerTest, AReloadThatDropsTheKeysIsRefusedAndTheOldOnesStay) {
  const TempDir directory;
  const Process process(standalone(directory, config({"api_key: a-key-of-many-letters"})));
  const fakes::HttpClient client(process.wait_until_listening().port("http"));
  const std::string server = "unix:" + (directory / "c.sock").string();

  directory.write("config.yaml", config({}));
  (void)run({"balancerctl", {"--server", server, "reload"}, {}});

  const auto gateway_refused = [&] {
    const Ended version = run({"balancerctl", {"--server", server, "version", "-o", "json"}, {}});
    const auto gateways = nlohmann::json::parse(version.out).at("server").at("gateways");
    return !gateways.at(0).at("rejection_reason").get<std::string>().empty();
  };
  EXPECT_TRUE(eventually(gateway_refused));
  EXPECT_EQ(client.get("/v1/models").status, 401);
}

}  // namespace
}  // namespace balancer::integration
