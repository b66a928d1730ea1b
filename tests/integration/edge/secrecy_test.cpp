// Distinctive credentials, sent through successes and every kind of failure at the most talkative log level, turn up
// nowhere that people or other programs look (promises.md T41).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/fakes/fake_provider.hpp"
#include "tests/fakes/fake_proxy.hpp"
#include "tests/fakes/unreachable_port.hpp"
#include "tests/integration/edge/edge_config.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {
namespace {

using fakes::HttpResponse;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kClientKey = "canary1-client-key-0123";
constexpr const char* kWrongKey = "canary2-wrong-client-key";
constexpr const char* kProviderKey = "canary3-provider-key";
constexpr const char* kProxyPassword = "canary4-proxy-password";
constexpr const char* kPrompt = "canary5-prompt";
constexpr const char* kQueryKey = "canary6-key-in-query";
constexpr const char* kProxiedKey = "canary7-key-behind-proxy";

std::string content_of(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

void expect_no_canary(const std::string& where, const std::string& text) {
  EXPECT_THAT(text, Not(HasSubstr("canary"))) << where;
}

class SecrecyTest : public testing::Test {
 protected:
  SecrecyTest() {
    proxy_.refuse_all();
    provider_.always(fakes::json_message("hello"));
  }

  // One key, one way to fail for each model.
  [[nodiscard]] std::string config(const std::string& log_file) const {
    const auto key = [](const char* value) { return std::string("auth_value: ") + value; };
    const std::string proxy =
        "proxy: http://user:" + std::string(kProxyPassword) + "@127.0.0.1:" + std::to_string(proxy_.port());
    return "providers:\n" + provider_entry("a", provider_.base_url(), {key(kProviderKey)}) +
           provider_entry("refusing", "http://127.0.0.1:" + std::to_string(refusing_.port()), {key(kProviderKey)}) +
           provider_entry("proxied", "http://provider.test", {key(kProxiedKey), proxy}) +
           "model_routes:\n"
           "  refused: [{ provider: refusing, model: passthrough, priority: 1 }]\n"
           "  proxied: [{ provider: proxied, model: passthrough, priority: 1 }]\n"
           "  failover:\n"
           "    - { provider: refusing, model: passthrough, priority: 1 }\n"
           "    - { provider: a, model: passthrough, priority: 2 }\n"
           "  \"m*\": [{ provider: a, model: passthrough, priority: 1 }]\n"
           "settings:\n  failure_cooldown: 1ms\n  log_level: DEBUG\n" +
           (log_file.empty() ? "" : "  log_file_path: " + log_file + "\n") +
           "  timeouts: { idle: 200ms, streaming: { first_byte: 200ms }, non_streaming: { first_byte: 200ms } }\n"
           "  auth: { enabled: true, keys: [{ name: tester, key: " + kClientKey + " }] }\n";
  }

  // Successes and failures of every kind; the answers.
  std::vector<HttpResponse> converse(const fakes::HttpClient& client) {
    const fakes::HeaderFields key{{"x-api-key", kClientKey}, {"Authorization", std::string("Bearer ") + kClientKey}};
    const auto body = [](const std::string& model, bool stream) {
      return R"({"model":")" + model + R"(","stream":)" + (stream ? "true" : "false") +
             R"(,"messages":[{"role":"user","content":")" + kPrompt + R"("}]})";
    };
    const std::string echo = std::string("bad key ") + kProviderKey;
    std::vector<HttpResponse> answers;
    const auto ask = [&](const std::string& model, bool stream) {
      answers.push_back(client.post("/v1/messages?key=" + std::string(kQueryKey), body(model, stream), key));
    };
    ask("m", false);
    provider_.enqueue(fakes::sse_stream({"Hel", "lo"}));
    ask("m", true);
    // Whatever a provider says about the gateway's own credential is not for its clients.
    for (const int status : {401, 403}) {
      provider_.enqueue(fakes::error_answer(status, "authentication_error", echo));
      ask("m", false);
    }
    for (const auto& script :
         {fakes::server_error(500), fakes::rate_limited(std::chrono::seconds(1)), fakes::overloaded(),
          fakes::reset_before_headers(), fakes::html_200(), fakes::hang(),
          fakes::reset_after_events(2, fakes::sse_stream({"a", "b"})), fakes::sse_error_first("overloaded_error"),
          fakes::raw_answer("garbage\r\n\r\n")}) {
      // The whole request may be tried again on the same provider.
      for (int attempt = 0; attempt < 4; ++attempt) provider_.enqueue(script);
      ask("m", true);
      provider_.clear_queue();
    }
    ask("refused", false);
    ask("proxied", false);
    ask("failover", false);
    ask("unknown", false);
    answers.push_back(client.post("/v1/messages", body("m", false), {{"x-api-key", kWrongKey}}));
    answers.push_back(
        client.post("/v1/messages", body("m", false), {{"Authorization", std::string("Basic ") + kWrongKey}}));
    answers.push_back(client.post("/v1/messages", std::string("{\"model\":\"") + kPrompt, key));
    answers.push_back(client.get(std::string("/nope?key=") + kQueryKey, key));
    answers.push_back(client.get("/v1/messages", key));
    answers.push_back(client.request("POST", "/v1/messages", kPrompt, {{"Host", "x"}, {"Cookie", kClientKey}}));
    answers.push_back(client.get("/", key));
    answers.push_back(client.get("/providers", key));
    answers.push_back(client.post("/providers/reload", "", key));
    return answers;
  }

  fakes::FakeProvider provider_;
  fakes::FakeProxy proxy_{fakes::FakeProxy::Protocol::kHttpConnect};
  fakes::RefusingPort refusing_;
  TempDir logs_;
};

TEST_F(SecrecyTest, AStandaloneKeepsThemOutOfAnswersLogsAndListings) {
  const std::filesystem::path log_file = logs_ / "log.jsonl";
  Standalone stack(config(log_file.string()));

  const std::vector<HttpResponse> answers = converse(stack.client());
  stack.process().signal(SIGTERM);
  EXPECT_EQ(stack.process().wait_for_exit().code, 0);

  EXPECT_EQ(answers.at(0).status, 200);
  for (const HttpResponse& answer : answers) expect_no_canary("answer", answer.raw);
  expect_no_canary("stdout", stack.process().standard_output());
  expect_no_canary("stderr", stack.process().standard_error());
  const std::string log = content_of(log_file);
  EXPECT_FALSE(log.empty());
  expect_no_canary("log file", log);
  for (const fakes::RecordedRequest& request : provider_.requests()) {
    EXPECT_THAT(request.headers.value("x-api-key"), kProviderKey);
    EXPECT_THAT(request.raw, Not(HasSubstr(kClientKey)));
    EXPECT_THAT(request.raw, Not(HasSubstr(kProxiedKey)));
  }
  for (const fakes::RequestedTunnel& tunnel : proxy_.tunnels()) EXPECT_THAT(tunnel.raw, Not(HasSubstr(kProxiedKey)));
}

TEST_F(SecrecyTest, TheTwoHalvesKeepThemToThemselvesAndTheCacheIsTheOwnersOnly) {
  const std::filesystem::path cache = logs_ / "snapshot.cache";
  SplitStack stack(config(""), {.environment = {},
                                .gateway_arguments = {"--snapshot-cache", cache.string(), "--log-level", "debug"},
                                .controlplane_arguments = {}});

  const std::vector<HttpResponse> answers = converse(stack.client());
  std::string told;
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"get", "providers", "-o", "json"}, {"get", "providers", "-o", "wide"}, {"get", "requests", "-o", "json"},
           {"get", "config", "-o", "json"}, {"get", "gateways", "-o", "yaml"}, {"describe", "provider", "proxied"},
           {"explain", "proxied"}, {"top"}}) {
    std::vector<std::string> arguments{"--server", stack.control_address()};
    arguments.insert(arguments.end(), words.begin(), words.end());
    const Ended ended = run({"balancerctl", std::move(arguments), {}});
    EXPECT_EQ(ended.code, 0) << ended.err;
    told += ended.out + ended.err;
  }
  const std::string page = stack.control_http().get("/dashboard/state").body;
  const std::string metrics = stack.control_http().get("/metrics").body + stack.gateway().admin().get("/metrics").body;
  for (Process* process : {&stack.gateway().process(), &stack.control_plane()}) {
    process->signal(SIGTERM);
    EXPECT_EQ(process->wait_for_exit().code, 0);
  }

  for (const HttpResponse& answer : answers) expect_no_canary("answer", answer.raw);
  expect_no_canary("gateway", stack.gateway().process().standard_error());
  expect_no_canary("control plane", stack.control_plane().standard_error());
  EXPECT_THAT(told, HasSubstr("credentials_rejected"));
  expect_no_canary("balancerctl", told);
  EXPECT_THAT(page, HasSubstr("credentials_rejected"));
  expect_no_canary("live page", page);
  expect_no_canary("metrics", metrics);
  using std::filesystem::perms;
  EXPECT_EQ(std::filesystem::status(cache).permissions(), perms::owner_read | perms::owner_write);
  for (const auto& entry : std::filesystem::directory_iterator(logs_.path())) {
    expect_no_canary("file name", entry.path().string());
  }
}

}  // namespace
}  // namespace balancer::integration
