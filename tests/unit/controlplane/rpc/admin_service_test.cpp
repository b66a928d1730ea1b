#include "controlplane/rpc/admin_service.hpp"

#include <gmock/gmock.h>

#include "balancer/controlplane/v1/admin.grpc.pb.h"
#include "tests/unit/controlplane/rpc/served_control_plane.hpp"

namespace balancer::controlplane {
namespace {

using routing::AttemptOutcome;
using testing::HasSubstr;
using testing::Not;

Config config_with_secrets() {
  Config config = sample_config({"a", "b"});
  config.snapshot.providers[0].proxy =
      Proxy{ProxyProtocol::kHttpConnect, "proxy.example", 3128, "canary-user", Secret("canary-password")};
  config.snapshot.providers[1].type = ProviderType::kOpenAi;
  config.snapshot.routing.routes[0].targets[1].upstream_model.clear();
  config.snapshot.routing.routes[0].targets[1].priority = 2;
  return config;
}

class AdminServiceTest : public testing::Test {
 protected:
  v1::ListProvidersResponse list_providers() {
    grpc::ClientContext context;
    set_generous_deadline(context);
    v1::ListProvidersResponse response;
    EXPECT_TRUE(stub_->ListProviders(&context, {}, &response).ok());
    return response;
  }
  v1::ReloadConfigResponse reload() {
    grpc::ClientContext context;
    set_generous_deadline(context);
    v1::ReloadConfigResponse response;
    EXPECT_TRUE(stub_->ReloadConfig(&context, {}, &response).ok());
    return response;
  }

  ServedControlPlane served_{config_with_secrets()};
  std::unique_ptr<v1::AdminService::Stub> stub_ = v1::AdminService::NewStub(served_.channel);
};

TEST_F(AdminServiceTest, ListsProvidersWithStateAndModels) {
  served_.control_plane.record(attempt_report("b", AttemptOutcome::kTimeout));

  const v1::ListProvidersResponse response = list_providers();

  ASSERT_EQ(response.providers_size(), 2);
  EXPECT_EQ(response.route_count(), 1);
  EXPECT_EQ(response.selection_strategy(), v1::SELECTION_STRATEGY_PRIORITY);
  EXPECT_EQ(response.providers(0).name(), "a");
  EXPECT_EQ(response.providers(0).base_url(), "https://a.example");
  EXPECT_EQ(response.providers(0).proxy(), "proxy.example:3128");
  EXPECT_EQ(response.providers(0).models(0).model(), "model-at-a");
  const v1::ProviderListing& second = response.providers(1);
  EXPECT_EQ(second.type(), v1::PROVIDER_TYPE_OPENAI);
  EXPECT_EQ(second.status().state(), v1::PROVIDER_STATE_COOLING);
  EXPECT_EQ(second.status().last_error(), "timeout");
  EXPECT_EQ(second.models(0).pattern(), "*");
  EXPECT_EQ(second.models(0).model(), "passthrough");
  EXPECT_EQ(second.models(0).priority(), 2);
}

TEST_F(AdminServiceTest, NeverListsACredential) {
  const std::string listing = list_providers().SerializeAsString();

  EXPECT_THAT(listing, Not(HasSubstr("credential-of")));
  EXPECT_THAT(listing, Not(HasSubstr("canary")));
}

TEST_F(AdminServiceTest, ReloadsAndCountsProviders) {
  served_.control_plane.record(attempt_report("a", AttemptOutcome::kTransient));
  served_.next_load.config = sample_config({"a", "b", "c"});

  const v1::ReloadConfigResponse response = reload();

  EXPECT_EQ(response.snapshot_version(), 2u);
  EXPECT_EQ(response.provider_count(), 3);
  EXPECT_EQ(response.healthy_provider_count(), 2);
}

TEST_F(AdminServiceTest, ListsEveryProblemOfARefusedConfiguration) {
  served_.next_load.config.reset();
  served_.next_load.problems = {
      {ConfigProblem::Severity::kError, "config.yaml", 12, 5, "providers[2].base_url", "must be a URL"},
      {ConfigProblem::Severity::kWarning, "config.yaml", 20, 3, "oauth", "is not supported"}};

  const v1::ReloadConfigResponse response = reload();

  EXPECT_EQ(response.snapshot_version(), 0u);
  ASSERT_EQ(response.problems_size(), 2);
  EXPECT_EQ(response.problems(0).severity(), v1::PROBLEM_SEVERITY_ERROR);
  EXPECT_EQ(response.problems(0).file(), "config.yaml");
  EXPECT_EQ(response.problems(0).line(), 12);
  EXPECT_EQ(response.problems(0).column(), 5);
  EXPECT_EQ(response.problems(0).path(), "providers[2].base_url");
  EXPECT_EQ(response.problems(0).message(), "must be a URL");
  EXPECT_EQ(response.problems(1).severity(), v1::PROBLEM_SEVERITY_WARNING);
}

}  // namespace
}  // namespace balancer::controlplane
