// How a gateway starts when it is alone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "tests/integration/reliability/conversation.hpp"
#include "tests/integration/support/eventually.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr fs::perms kOwnersOnly = fs::perms::owner_read | fs::perms::owner_write;

Process gateway_on(const SplitStack& stack, const std::string& listen, const std::string& admin_listen) {
  return Process(
      {"balancer-gateway",
       {"--control-plane", stack.control_address(), "--listen", listen, "--admin-listen", admin_listen},
       {}});
}

class GatewayStartTest : public testing::Test {
 protected:
  GatewayStartTest() { provider_.always(answers("served")); }

  [[nodiscard]] std::string config() const { return config_for({{"only", provider_.base_url()}}); }
  [[nodiscard]] fs::path cache_file() const { return folder_ / "snapshot"; }

  // A control plane and no gateway yet.
  [[nodiscard]] StackOptions options(bool with_cache) const {
    StackOptions options;
    options.gateways = 0;
    if (with_cache) options.gateway_arguments = {"--snapshot-cache", cache_file().string()};
    return options;
  }

  static void expect_waits_and_then_serves(SplitStack& stack) {
    stack.kill_control_plane();
    RunningGateway& gateway = stack.add_gateway();

    EXPECT_EQ(gateway.admin().get("/livez").status, 200);
    EXPECT_EQ(gateway.admin().get("/readyz").status, 503);
    EXPECT_EQ(gateway.client().get("/readyz").status, 503);
    EXPECT_EQ(ask(gateway.client()).status, 503);
    EXPECT_FALSE(ask(gateway.client()).error_type().empty());

    stack.start_control_plane();
    EXPECT_TRUE(eventually([&] { return gateway.admin().get("/readyz").status == 200; }, 5s));
    EXPECT_EQ(text_of(ask(gateway.client())), "served");
  }

  TempDir folder_;
  fakes::FakeProvider provider_;
};

TEST_F(GatewayStartTest, WithoutControlPlaneAndCacheItWaitsAliveButNotReady) {
  SplitStack stack(config(), options(false));

  expect_waits_and_then_serves(stack);
}

TEST_F(GatewayStartTest, WithoutControlPlaneButWithACacheItServes) {
  SplitStack stack(config(), options(true));
  stack.add_gateway();
  ASSERT_TRUE(eventually([&] { return fs::exists(cache_file()); }));
  EXPECT_EQ(fs::status(cache_file()).permissions(), kOwnersOnly);
  stack.kill_control_plane();

  const auto began = std::chrono::steady_clock::now();
  RunningGateway& gateway = stack.add_gateway();

  EXPECT_EQ(text_of(ask(gateway.client())), "served");
  EXPECT_LT(std::chrono::steady_clock::now() - began, 2s);
  EXPECT_EQ(gateway.admin().get("/readyz").status, 200);
  EXPECT_EQ(provider_.requests().at(0).headers.value("x-api-key"), key_of("only"));
}

TEST_F(GatewayStartTest, ACorruptCacheIsAsGoodAsNone) {
  folder_.write("snapshot", "balancer snapshot 1\nand then nothing of the kind, though it is long enough to be one");
  fs::permissions(cache_file(), kOwnersOnly);
  SplitStack stack(config(), options(true));

  expect_waits_and_then_serves(stack);
}

TEST_F(GatewayStartTest, ACacheThatOthersMayReadIsNotUsed) {
  SplitStack stack(config(), options(true));
  stack.add_gateway();
  ASSERT_TRUE(eventually([&] { return fs::exists(cache_file()); }));
  fs::permissions(cache_file(), kOwnersOnly | fs::perms::others_read);

  expect_waits_and_then_serves(stack);
}

TEST_F(GatewayStartTest, TheControlPlanesNewerConfigurationReplacesTheCachedOne) {
  SplitStack stack(config(), options(true));
  stack.add_gateway();
  ASSERT_TRUE(eventually([&] { return fs::exists(cache_file()); }));
  stack.kill_control_plane();
  RunningGateway& gateway = stack.add_gateway();
  fakes::FakeProvider other;
  other.always(answers("from the other"));
  stack.write_config(config_for({{"other", other.base_url()}}));

  stack.start_control_plane();

  EXPECT_TRUE(eventually([&] { return text_of(ask(gateway.client())) == "from the other"; }, 5s));
}

// Otherwise the two would share the port, and each get half of the requests.
TEST_F(GatewayStartTest, ASecondOneOnTheSamePortIsRefused) {
  SplitStack stack(config(), options(false));
  const std::string taken = stack.add_gateway().listening().address("http");

  const Process second = gateway_on(stack, taken, "127.0.0.1:0");

  EXPECT_EQ(second.wait_for_exit().code, 1);
  EXPECT_THAT(second.standard_error(), testing::HasSubstr("cannot listen on " + taken));
}

TEST_F(GatewayStartTest, ASecondStandaloneOnTheSamePortIsRefused) {
  Standalone first(config());
  const std::string taken = first.gateway().listening().address("http");

  const Process second({"balancer", {"--config", (first.directory() / "config.yaml").string(), "--listen", taken}, {}});

  EXPECT_EQ(second.wait_for_exit().code, 1);
  EXPECT_THAT(second.standard_error(), testing::HasSubstr("cannot listen on " + taken));
}

// A port for operators that is taken must be named as what it is.
TEST_F(GatewayStartTest, ATakenAdminPortIsNamed) {
  SplitStack stack(config(), options(false));
  const std::string taken = stack.add_gateway().listening().address("admin");

  const Process second = gateway_on(stack, "127.0.0.1:0", taken);

  EXPECT_EQ(second.wait_for_exit().code, 1);
  EXPECT_THAT(second.standard_error(), testing::HasSubstr("cannot listen on " + taken));
}

}  // namespace
}  // namespace balancer::integration
