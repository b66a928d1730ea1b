// A provider's credential goes to the origin that was configured and to no other, whatever its answers, its name service
// or a client say (promises.md T39).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <nlohmann/json.hpp>

#include "tests/fakes/fake_provider.hpp"
#include "tests/fakes/openai_answers.hpp"
#include "tests/integration/edge/edge_config.hpp"
#include "tests/integration/support/controlled_system.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {
namespace {

using fakes::FakeProvider;
using fakes::HttpResponse;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string request(bool stream, const std::string& model = "claude-x") {
  return R"({"model":")" + model + R"(","max_tokens":16,"stream":)" + (stream ? "true" : "false") +
         R"(,"messages":[{"role":"user","content":"hi"}]})";
}

std::string authority_of(const FakeProvider& provider) { return "127.0.0.1:" + std::to_string(provider.port()); }

class RedirectTest : public testing::TestWithParam<int> {
 protected:
  // A server that answers whatever is asked of it.
  RedirectTest() {
    elsewhere_.always(fakes::json_message("from elsewhere"));
    system_.lead_elsewhere(elsewhere_.port());
  }

  [[nodiscard]] std::vector<std::string> locations() const {
    const std::string authority = authority_of(elsewhere_);
    return {"http://" + authority + "/v1/messages", "//" + authority + "/v1/messages", "http://" + authority,
            "http://user:password@" + authority + "/"};
  }
  [[nodiscard]] fakes::ScriptedResponse redirect(const std::string& location) const {
    return fakes::ScriptedResponse()
        .status(GetParam())
        .header("Location", location)
        .header("Refresh", "0; url=" + location);
  }

  FakeProvider provider_;
  FakeProvider elsewhere_;
  ControlledSystem system_;
};

TEST_P(RedirectTest, ToTheMetadataServiceIsNotFollowedInAnySpelling) {
  const Standalone stack(edge_config({provider_entry("a", provider_.base_url())}, {"failure_cooldown: 1ms"}),
                         {.environment = system_.environment(), .gateway_arguments = {}, .controlplane_arguments = {}});

  for (const char* host : {"169.254.169.254", "2852039166", "0xA9FEA9FE", "0251.0376.0251.0376", "169.254.43518",
                           "169.16689662", "169.254.169.254.", "[::ffff:169.254.169.254]", "[::ffff:a9fe:a9fe]",
                           "[64:ff9b::a9fe:a9fe]", "[fd00:ec2::254]", "169-254-169-254.is.test"}) {
    provider_.always(redirect(std::string("http://") + host + "/latest/meta-data/iam/security-credentials/"));
    EXPECT_EQ(stack.client().post("/v1/messages", request(false)).status, 502) << host;
  }

  EXPECT_EQ(elsewhere_.connections_accepted(), 0u);
}

TEST_P(RedirectTest, IsNotFollowed) {
  const std::string openai =
      "  - { name: c, type: openai, base_url: \"" + provider_.base_url() + "/v1\", auth_value: key-of-c }\n";
  const Standalone stack("providers:\n" + provider_entry("a", provider_.base_url()) + openai +
                         "model_routes:\n"
                         "  \"converted\": [{ provider: c, model: passthrough, priority: 1 }]\n"
                         "  \"*\": [{ provider: a, model: passthrough, priority: 1 }]\n"
                         "settings: { failure_cooldown: 1ms, deduplication: { enabled: false } }\n");
  std::size_t asked = 0;

  for (const std::string& location : locations()) {
    provider_.always(redirect(location));
    for (const std::string model : {"claude-x", "converted"}) {
      for (const bool stream : {false, true}) {
        const HttpResponse answer = stack.client().post("/v1/messages", request(stream, model));
        EXPECT_EQ(answer.status, 502) << location << ' ' << model;
        EXPECT_FALSE(answer.headers.contains("location"));
        EXPECT_FALSE(answer.headers.contains("refresh"));
        EXPECT_THAT(answer.body, Not(HasSubstr("from elsewhere")));
        ++asked;
      }
    }
    const HttpResponse counted = stack.client().post("/v1/messages/count_tokens", request(false));
    EXPECT_FALSE(counted.headers.contains("location"));
    EXPECT_THAT(counted.body, Not(HasSubstr("from elsewhere")));
  }

  EXPECT_GE(provider_.request_count(), asked);
  EXPECT_EQ(elsewhere_.connections_accepted(), 0u);
}

TEST_P(RedirectTest, LeavesTheRequestToTheNextProvider) {
  FakeProvider next;
  next.always(fakes::json_message("from next"));
  provider_.always(redirect(locations().front()));
  const Standalone stack(
      edge_config({provider_entry("a", provider_.base_url()), provider_entry("b", next.base_url())}));

  EXPECT_THAT(stack.client().post("/v1/messages", request(false)).body, HasSubstr("from next"));

  EXPECT_EQ(elsewhere_.connections_accepted(), 0u);
}

INSTANTIATE_TEST_SUITE_P(Statuses, RedirectTest, testing::Values(301, 302, 303, 307, 308),
                         testing::PrintToStringParamName());

// Ways in which other gateways let a client choose where its request goes.
class ClientsWishTest : public testing::Test {
 protected:
  ClientsWishTest() {
    provider_.always(fakes::json_message("from the configured one"));
    elsewhere_.always(fakes::json_message("from elsewhere"));
  }

  void expect_all_at_home(const std::vector<HttpResponse>& answers) {
    for (const HttpResponse& answer : answers) {
      EXPECT_NE(answer.status, 0);
      EXPECT_THAT(answer.body, Not(HasSubstr("from elsewhere")));
      served_ += answer.status == 200 ? 1 : 0;
    }
    EXPECT_EQ(elsewhere_.connections_accepted(), 0u);
    EXPECT_EQ(provider_.request_count(), served_);
    for (const fakes::RecordedRequest& sent : provider_.requests()) {
      EXPECT_THAT(sent.target, StartsWith("/v1/messages"));
      EXPECT_EQ(sent.headers.values("host"), std::vector<std::string>{authority_of(provider_)});
      EXPECT_EQ(sent.headers.values("x-api-key"), std::vector<std::string>{"key-of-a"});
    }
  }

  FakeProvider provider_;
  FakeProvider elsewhere_;
  Standalone stack_{edge_config({provider_entry("a", provider_.base_url())}, {"deduplication: { enabled: false }"})};
  std::size_t served_ = 0;
};

TEST_F(ClientsWishTest, InTheBodyMovesNoRequest) {
  std::vector<HttpResponse> answers;
  const auto ask = [&](const nlohmann::json& wish) {
    nlohmann::json body = nlohmann::json::parse(request(false));
    body.update(wish);
    answers.push_back(stack_.client().post("/v1/messages", body.dump(), {{"x-api-key", "mine"}}));
  };

  for (const char* name : {"api_base", "base_url", "api_url", "url", "endpoint", "host", "proxy", "target",
                           "provider_url", "azure_endpoint", "aws_bedrock_runtime_endpoint", "vertex_location",
                           "custom_llm_provider"}) {
    ask({{name, elsewhere_.base_url()}});
    ask({{"metadata", {{name, elsewhere_.base_url()}}}});
    ask({{"user_config", {{name, elsewhere_.base_url()}}}});
  }
  ask({{"extra_headers", {{"Host", authority_of(elsewhere_)}}}, {"api_key", "theirs"}});
  for (const std::string& model :
       {elsewhere_.base_url(), "openai/" + elsewhere_.base_url(), "claude-x@" + authority_of(elsewhere_),
        "../../" + authority_of(elsewhere_), std::string("claude\r\nHost: elsewhere")}) {
    ask({{"model", model}});
  }

  expect_all_at_home(answers);
  EXPECT_GE(served_, 40u);
}

TEST_F(ClientsWishTest, InTheHeadMovesNoRequest) {
  std::vector<HttpResponse> answers;

  for (const char* name :
       {"x-api-base", "api-base", "base-url", "x-base-url", "x-api-url", "x-target-url", "x-upstream-url",
        "x-portkey-custom-host", "x-portkey-config", "helicone-target-url", "helicone-openai-api-base",
        "x-forwarded-host", "x-forwarded-server", "x-original-url", "x-rewrite-url", "x-http-host-override",
        "forwarded", "proxy", "x-proxy-url", "destination", "referer"}) {
    for (const std::string& value : {elsewhere_.base_url(), authority_of(elsewhere_)}) {
      answers.push_back(stack_.client().post("/v1/messages", request(false), {{name, value}}));
    }
  }
  answers.push_back(stack_.client().post("/v1/messages", request(false), {{"Host", authority_of(elsewhere_)}}));

  expect_all_at_home(answers);
  EXPECT_GE(served_, 40u);
}

TEST_F(ClientsWishTest, InTheTargetMovesNoRequest) {
  std::vector<HttpResponse> answers;

  for (const char* name : {"api_base", "base_url", "url", "endpoint", "host", "target", "proxy"}) {
    const std::string query = std::string(name) + "=" + elsewhere_.base_url();
    answers.push_back(stack_.client().post("/v1/messages?" + query, request(false)));
  }
  for (const std::string& target :
       {elsewhere_.base_url() + "/v1/messages", "//" + authority_of(elsewhere_) + "/v1/messages",
        "/" + elsewhere_.base_url() + "/v1/messages", "/v1/messages@" + authority_of(elsewhere_),
        "@" + authority_of(elsewhere_) + "/v1/messages"}) {
    answers.push_back(stack_.client().post(target, request(false)));
  }
  answers.push_back(stack_.client().request("CONNECT", authority_of(elsewhere_)));

  expect_all_at_home(answers);
  EXPECT_GE(served_, 7u);
}

// The name service of a provider says that its host is where machines get their own credentials.
class ReboundNameTest : public testing::TestWithParam<const char*> {
 protected:
  ReboundNameTest() {
    metadata_service_.always(fakes::json_message("from the metadata service"));
    system_.lead_elsewhere(metadata_service_.port());
  }

  // Where the provider listens does not matter: the system leads every connection elsewhere to the metadata service.
  [[nodiscard]] static std::string url() { return "http://" + ControlledSystem::host_of({GetParam()}) + ":8080"; }
  [[nodiscard]] StackOptions options() const {
    return {.environment = system_.environment(), .gateway_arguments = {}, .controlplane_arguments = {}};
  }

  FakeProvider metadata_service_;
  ControlledSystem system_;
};

TEST_P(ReboundNameTest, IsNotConnectedTo) {
  Standalone stack(edge_config({provider_entry("a", url())}), options());

  const HttpResponse answer = stack.client().post("/v1/messages", small_request());
  stack.process().signal(SIGTERM);
  stack.process().wait_for_exit();

  EXPECT_EQ(answer.status, 502);
  EXPECT_THAT(stack.process().standard_error(), HasSubstr("link-local or metadata address"));
  EXPECT_EQ(metadata_service_.connections_accepted(), 0u);
}

TEST_P(ReboundNameTest, IsNotConnectedToAsAProxyEither) {
  const Standalone stack(edge_config({provider_entry("a", "http://provider.test", {"proxy: " + url()})}), options());

  EXPECT_EQ(stack.client().post("/v1/messages", small_request()).status, 502);

  EXPECT_EQ(metadata_service_.connections_accepted(), 0u);
}

TEST_P(ReboundNameTest, IsConnectedToWhereThatIsWrittenDown) {
  const SplitStack stack(edge_config({provider_entry("a", url(), {"allow_link_local: true"})}), options());

  EXPECT_EQ(stack.client().post("/v1/messages", small_request()).status, 200);

  EXPECT_EQ(metadata_service_.request_count(), 1u);
}

std::string name_of(const testing::TestParamInfo<const char*>& info) {
  std::string name;
  for (const char c : std::string(info.param)) name += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
  return "At_" + name;
}

INSTANTIATE_TEST_SUITE_P(Addresses, ReboundNameTest,
                         testing::Values("169.254.169.254", "169.254.170.2", "100.100.100.200", "192.0.0.192",
                                         "fe80::1", "fd00:ec2::254", "fd20:ce::254", "::ffff:a9fe:a9fe",
                                         "64:ff9b::a9fe:a9fe"),
                         name_of);

TEST(HalfReboundNameTest, TheOtherAddressesOfTheNameServe) {
  FakeProvider provider;
  provider.always(fakes::json_message("hello"));
  FakeProvider metadata_service;
  ControlledSystem system;
  system.lead_elsewhere(metadata_service.port());
  const std::string host = ControlledSystem::host_of({"169.254.169.254", "127.0.0.1"});
  const Standalone stack(
      edge_config({provider_entry("a", "http://" + host + ":" + std::to_string(provider.port()))}),
      {.environment = system.environment(), .gateway_arguments = {}, .controlplane_arguments = {}});

  EXPECT_EQ(stack.client().post("/v1/messages", small_request()).status, 200);

  EXPECT_EQ(provider.request_count(), 1u);
  EXPECT_EQ(metadata_service.connections_accepted(), 0u);
}

}  // namespace
}  // namespace balancer::integration
