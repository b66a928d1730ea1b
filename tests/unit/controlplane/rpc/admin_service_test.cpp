#include "controlplane/rpc/admin_service.hpp"

#include <gmock/gmock.h>

#include <google/protobuf/util/time_util.h>

#include "balancer/controlplane/v1/admin.grpc.pb.h"
#include "common/routing/session_key.hpp"
#include "tests/unit/controlplane/rpc/served_control_plane.hpp"

namespace balancer::controlplane {
namespace {

using routing::AttemptOutcome;
using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

Config config_with_secrets() {
  Config config = impatient(sample_config({"a", "b"}));
  config.snapshot.providers[0].proxy =
      Proxy{ProxyProtocol::kHttpConnect, "proxy.example", 3128, "canary-user", Secret("canary-password")};
  config.snapshot.providers[1].type = ProviderType::kOpenAi;
  config.snapshot.routing.routes[0].targets[1].upstream_model.clear();
  config.snapshot.routing.routes[0].targets[1].priority = 2;
  config.snapshot.providers[1].max_in_flight = 5;
  return config;
}

Config config_with_client_keys() {
  Config config = sample_config({"a", "b"});
  config.snapshot.client_authentication.enabled = true;
  config.snapshot.client_authentication.keys = {{.name = "team", .digest = {}}, {.name = "nightly", .digest = {}}};
  return config;
}

// Begins one request of that session.
void decide(ServedControlPlane& served, const std::string& session_key = {}) {
  const Decision decision = served.control_plane.decide({.route = {.model = "claude", .pinned_provider = {}},
                                                         .session_key = session_key,
                                                         .session_start = false,
                                                         .dry_run = false},
                                                        served.ledger);
  ASSERT_TRUE(std::holds_alternative<routing::AttemptPlan>(decision.outcome));
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

  grpc::Status cool(const std::string& provider, std::chrono::milliseconds duration) {
    grpc::ClientContext context;
    set_generous_deadline(context);
    v1::CoolProviderRequest request;
    request.set_provider(provider);
    *request.mutable_duration() = google::protobuf::util::TimeUtil::MillisecondsToDuration(duration.count());
    return stub_->CoolProvider(&context, request, &cooled_);
  }
  grpc::Status restore(const std::string& provider) {
    grpc::ClientContext context;
    set_generous_deadline(context);
    v1::RestoreProviderRequest request;
    request.set_provider(provider);
    return stub_->RestoreProvider(&context, request, &restored_);
  }

  ServedControlPlane served_{config_with_secrets()};
  std::unique_ptr<v1::AdminService::Stub> stub_ = v1::AdminService::NewStub(served_.channel);
  v1::CoolProviderResponse cooled_;
  v1::RestoreProviderResponse restored_;
};

class ExplainRouteTest : public testing::Test {
 protected:
  static v1::ExplainRouteRequest question(const std::string& model, const std::string& session = {},
                                          const std::string& caller = {}) {
    v1::ExplainRouteRequest request;
    request.set_model(model);
    request.set_session_id(session);
    request.set_caller(caller);
    return request;
  }

  static grpc::Status ask(ServedControlPlane& served, const v1::ExplainRouteRequest& request,
                          v1::ExplainRouteResponse& response) {
    grpc::ClientContext context;
    set_generous_deadline(context);
    return v1::AdminService::NewStub(served.channel)->ExplainRoute(&context, request, &response);
  }

  v1::ExplainRouteResponse explain(const v1::ExplainRouteRequest& request) {
    v1::ExplainRouteResponse response;
    const grpc::Status status = ask(served_, request, response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }

  // Why the question is refused.
  static grpc::Status refusal(ServedControlPlane& served, const v1::ExplainRouteRequest& request) {
    v1::ExplainRouteResponse response;
    return ask(served, request, response);
  }

  ServedControlPlane served_{impatient(sample_config({"a", "b", "c"}))};
};

TEST_F(AdminServiceTest, ListsProvidersWithStateAndModels) {
  served_.control_plane.record(attempt_report("b", AttemptOutcome::kTimeout), served_.ledger);

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
  EXPECT_EQ(second.max_in_flight(), 5u);
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
  served_.control_plane.record(attempt_report("a", AttemptOutcome::kTransient), served_.ledger);
  served_.next_load.config = impatient(sample_config({"a", "b", "c"}));

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

TEST_F(AdminServiceTest, ListsRequestsUnderWayAndLatency) {
  decide(served_);
  decide(served_);
  routing::AttemptReport report = attempt_report("a", AttemptOutcome::kSuccess);
  report.time_to_first_byte = 840ms;
  served_.control_plane.record(report, served_.ledger);

  const v1::ListProvidersResponse response = list_providers();

  EXPECT_EQ(response.providers(0).status().in_flight_count(), 1);
  EXPECT_EQ(response.providers(0).status().latency().nanos(), 840'000'000);
  EXPECT_FALSE(response.providers(1).status().has_latency());
}

TEST_F(AdminServiceTest, ListsTheModelsThatCoolAlone) {
  routing::AttemptReport report = attempt_report("b", AttemptOutcome::kRateLimited);
  report.upstream_model = "big";
  report.detail = "HTTP 429";
  served_.control_plane.record(report, served_.ledger);

  const v1::ProviderStatus status = list_providers().providers(1).status();

  EXPECT_EQ(status.state(), v1::PROVIDER_STATE_HEALTHY);
  ASSERT_EQ(status.cooling_models_size(), 1);
  EXPECT_EQ(status.cooling_models(0).upstream_model(), "big");
  EXPECT_GE(status.cooling_models(0).remaining_cooldown().seconds(), 10);
  EXPECT_EQ(status.cooling_models(0).last_error(), "HTTP 429");
}

TEST_F(AdminServiceTest, TakesAProviderOutForTheTimeAskedForAndPutsItBack) {
  ASSERT_TRUE(cool("a", 5min).ok());
  EXPECT_EQ(cooled_.status().provider(), "a");
  EXPECT_EQ(cooled_.status().state(), v1::PROVIDER_STATE_COOLING);
  EXPECT_EQ(cooled_.status().remaining_cooldown().seconds(), 300);
  EXPECT_EQ(list_providers().providers(0).status().state(), v1::PROVIDER_STATE_COOLING);

  ASSERT_TRUE(restore("a").ok());

  EXPECT_EQ(restored_.status().provider(), "a");
  EXPECT_EQ(restored_.status().state(), v1::PROVIDER_STATE_HEALTHY);
  EXPECT_EQ(list_providers().providers(0).status().state(), v1::PROVIDER_STATE_HEALTHY);
}

TEST_F(AdminServiceTest, TakesAProviderOutForASecondToADay) {
  for (const std::chrono::milliseconds duration : {std::chrono::milliseconds(-1h), 0ms, 999ms,
                                                   std::chrono::milliseconds(24h + 1ms),
                                                   std::chrono::milliseconds(1'000'000h)}) {
    EXPECT_EQ(cool("a", duration).error_code(), grpc::StatusCode::INVALID_ARGUMENT) << duration.count();
  }
  EXPECT_EQ(list_providers().providers(0).status().state(), v1::PROVIDER_STATE_HEALTHY);

  EXPECT_TRUE(cool("a", 1s).ok());
  EXPECT_TRUE(cool("a", 24h).ok());
}

TEST_F(AdminServiceTest, NamesTheProviderThatWasPerhapsMeant) {
  served_.next_load.config = sample_config({"anthropic", "backup"});
  reload();

  const grpc::Status near = cool("anthopic", 1min);
  const grpc::Status far = restore("x\x1b[31m");

  EXPECT_EQ(near.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_THAT(near.error_message(), HasSubstr("did you mean anthropic?"));
  EXPECT_EQ(far.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_THAT(far.error_message(), HasSubstr("there are: anthropic, backup"));
  EXPECT_THAT(far.error_message(), Not(HasSubstr("\x1b")));
}

TEST_F(ExplainRouteTest, NamesTheRouteAndEveryTargetInOrder) {
  served_.control_plane.hold_provider("a", 1min);

  const v1::ExplainRouteResponse response = explain(question("claude"));

  EXPECT_EQ(response.route(), "*");
  EXPECT_EQ(response.selection_strategy(), v1::SELECTION_STRATEGY_PRIORITY);
  EXPECT_EQ(response.rejection(), "");
  ASSERT_EQ(response.targets_size(), 3);
  EXPECT_EQ(response.targets(0).provider(), "b");
  EXPECT_EQ(response.targets(0).upstream_model(), "model-at-b");
  EXPECT_EQ(response.targets(0).position(), 1);
  EXPECT_EQ(response.targets(0).verdict(), v1::TARGET_VERDICT_USABLE);
  EXPECT_FALSE(response.targets(0).has_remaining_cooldown());
  EXPECT_EQ(response.targets(1).provider(), "c");
  EXPECT_EQ(response.targets(1).position(), 2);
  EXPECT_EQ(response.targets(2).provider(), "a");
  EXPECT_EQ(response.targets(2).position(), 0);
  EXPECT_EQ(response.targets(2).verdict(), v1::TARGET_VERDICT_COOLING);
  EXPECT_EQ(response.targets(2).remaining_cooldown().seconds(), 60);
  EXPECT_THAT(response.targets(2).last_error(), HasSubstr("operator"));
}

TEST_F(ExplainRouteTest, GivesTheErrorOfTheModelWhenItAloneCools) {
  routing::AttemptReport report = attempt_report("b", AttemptOutcome::kModelMissing);
  report.upstream_model = "model-at-b";
  report.detail = "HTTP 404";
  served_.control_plane.record(report, served_.ledger);

  const v1::ExplainRouteResponse response = explain(question("claude"));

  EXPECT_EQ(response.targets(2).provider(), "b");
  EXPECT_EQ(response.targets(2).verdict(), v1::TARGET_VERDICT_COOLING);
  EXPECT_EQ(response.targets(2).last_error(), "HTTP 404");
  EXPECT_EQ(response.targets(0).last_error(), "");
}

TEST_F(ExplainRouteTest, TellsWhichProviderASessionHas) {
  decide(served_, routing::session_key("", routing::SessionEvidence::kId, "s1"));
  served_.control_plane.hold_provider("a", 1min);

  EXPECT_EQ(explain(question("claude", "s1")).session_provider(), "a");
  EXPECT_EQ(explain(question("claude", "s2")).session_provider(), "");
  EXPECT_EQ(explain(question("claude", "s1")).targets(0).provider(), "b");
}

TEST_F(ExplainRouteTest, ChangesNothing) {
  for (int i = 0; i < 3; ++i) explain(question("claude", "s1"));

  EXPECT_EQ(explain(question("claude", "s1")).session_provider(), "");
  EXPECT_EQ(served_.control_plane.provider_status("a")->in_flight_count, 0);
}

TEST_F(ExplainRouteTest, SaysWhyNobodyWouldServe) {
  v1::ExplainRouteRequest pinned = question("claude");
  pinned.set_pinned_provider("b");
  const v1::ExplainRouteResponse one = explain(pinned);
  EXPECT_EQ(one.targets(0).provider(), "b");
  EXPECT_EQ(one.targets(1).verdict(), v1::TARGET_VERDICT_NOT_PINNED);
  EXPECT_EQ(one.targets(1).position(), 0);

  Config config = sample_config({"a"});
  config.snapshot.routing.routes[0].pattern = "other-*";
  served_.next_load.config = config;
  served_.control_plane.reload();
  const v1::ExplainRouteResponse none = explain(question("claude"));

  EXPECT_EQ(none.route(), "");
  EXPECT_EQ(none.targets_size(), 0);
  EXPECT_THAT(none.rejection(), HasSubstr("claude"));
}

TEST_F(ExplainRouteTest, RefusesAQuestionAboutNamesThatNobodyHas) {
  v1::ExplainRouteRequest pinned = question("claude");
  pinned.set_pinned_provider("d");

  EXPECT_EQ(refusal(served_, question("")).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(refusal(served_, pinned).error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(refusal(served_, question("claude", "s", "team")).error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(ExplainRouteTest, KeepsTheSessionsOfClientKeysApart) {
  ServedControlPlane served(config_with_client_keys());
  decide(served, routing::session_key("team", routing::SessionEvidence::kId, "s1"));
  v1::ExplainRouteResponse own;
  v1::ExplainRouteResponse other;

  EXPECT_TRUE(ask(served, question("claude", "s1", "team"), own).ok());
  EXPECT_TRUE(ask(served, question("claude", "s1", "nightly"), other).ok());
  const grpc::Status unknown = refusal(served, question("claude", "s1", "taem"));
  const grpc::Status nobodys = refusal(served, question("claude", "s1"));

  EXPECT_EQ(own.session_provider(), "a");
  EXPECT_EQ(other.session_provider(), "");
  EXPECT_EQ(unknown.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_THAT(unknown.error_message(), HasSubstr("did you mean team?"));
  EXPECT_EQ(nobodys.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

}  // namespace
}  // namespace balancer::controlplane
