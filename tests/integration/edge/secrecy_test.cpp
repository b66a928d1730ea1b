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
constexpr const char* kKeyInFile = "canary8-key-in-file";
constexpr const char* kKeyInVariable = "canary9-key-in-variable";
constexpr const char* kClientsToken = "canary10-sk-ant-oat01-of-the-client";
constexpr const char* kCollectorKey = "canary11-collector-key";
constexpr const char* kCollectorPassword = "canary12-collector-password";

std::string content_of(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

// As every user of the machine sees it.
std::string arguments_of(const Process& process) {
  return content_of("/proc/" + std::to_string(process.id()) + "/cmdline");
}

void expect_no_canary(const std::string& where, const std::string& text) {
  EXPECT_THAT(text, Not(HasSubstr("canary"))) << where;
}

class SecrecyTest : public testing::Test {
 protected:
  SecrecyTest() {
    proxy_.refuse_all();
    provider_.always(fakes::json_message("hello"));
    keyed_.always(fakes::json_message("hello"));
    collector_.always(fakes::ScriptedResponse().status(200).header("content-type", "application/json").send("{}"));
  }

  [[nodiscard]] std::map<std::string, std::string> environment() const {
    const std::string collector = "http://user:" + std::string(kCollectorPassword) + "@127.0.0.1:" +
                                  std::to_string(collector_.port());
    return {{"CANARY_KEY", kKeyInVariable},
            {"OTEL_EXPORTER_OTLP_ENDPOINT", collector},
            {"OTEL_EXPORTER_OTLP_HEADERS", std::string("x-collector-key=") + kCollectorKey},
            {"OTEL_BSP_SCHEDULE_DELAY", "20"}};
  }

  // One key, one way to fail for each model.
  [[nodiscard]] std::string config(const std::string& log_file) const {
    const auto key = [](const char* value) { return std::string("auth_value: ") + value; };
    const std::string proxy =
        "proxy: http://user:" + std::string(kProxyPassword) + "@127.0.0.1:" + std::to_string(proxy_.port());
    return "providers:\n" + provider_entry("a", provider_.base_url(), {key(kProviderKey)}) +
           provider_entry("refusing", "http://127.0.0.1:" + std::to_string(refusing_.port()), {key(kProviderKey)}) +
           provider_entry("proxied", "http://provider.test", {key(kProxiedKey), proxy}) +
           provider_entry("filed", keyed_.base_url(), {"auth_value: file:" + key_file_.string()}) +
           provider_entry("variable", keyed_.base_url(), {"auth_value: ${CANARY_KEY}", "auth_type: auth_token"}) +
           provider_entry("through", keyed_.base_url(), {"auth_type: passthrough"}) +
           "model_routes:\n"
           "  refused: [{ provider: refusing, model: passthrough, priority: 1 }]\n"
           "  proxied: [{ provider: proxied, model: passthrough, priority: 1 }]\n"
           "  filed: [{ provider: filed, model: passthrough, priority: 1 }]\n"
           "  variable: [{ provider: variable, model: passthrough, priority: 1 }]\n"
           "  through: [{ provider: through, model: passthrough, priority: 1 }]\n"
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
    for (const auto& [model, value] : {std::pair{"filed", kKeyInFile}, std::pair{"variable", kKeyInVariable}}) {
      ask(model, false);
      for (const auto& script : {fakes::error_answer(401, "authentication_error", std::string("bad key ") + value),
                                 fakes::error_answer(400, "invalid_request_error", "no"),
                                 fakes::reset_before_headers()}) {
        for (int attempt = 0; attempt < 4; ++attempt) keyed_.enqueue(script);
        ask(model, true);
        keyed_.clear_queue();
      }
    }
    const fakes::HeaderFields token{{"x-api-key", kClientKey},
                                    {"Authorization", std::string("Bearer ") + kClientsToken}};
    answers.push_back(client.post("/v1/messages", body("through", false), token));
    keyed_.enqueue(fakes::reset_before_headers());
    answers.push_back(client.post("/v1/messages", body("through", true), token));
    keyed_.clear_queue();
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

  // What the other programs that were trusted with a secret got: theirs, and no other.
  void expect_each_secret_where_it_belongs() {
    ASSERT_TRUE(collector_.wait_for_requests(1));
    for (const fakes::RecordedRequest& request : collector_.requests()) {
      EXPECT_EQ(request.headers.value("x-collector-key"), kCollectorKey);
      EXPECT_TRUE(request.headers.contains("authorization"));
      expect_no_canary("trace", request.target + request.body);
    }
    bool file = false;
    bool variable = false;
    bool token = false;
    for (const fakes::RecordedRequest& request : keyed_.requests()) {
      file = file || request.headers.value("x-api-key") == kKeyInFile;
      variable = variable || request.headers.value("authorization") == std::string("Bearer ") + kKeyInVariable;
      token = token || request.headers.value("authorization") == std::string("Bearer ") + kClientsToken;
      EXPECT_THAT(request.raw, Not(HasSubstr(kClientKey)));
      EXPECT_THAT(request.raw, Not(HasSubstr(kProviderKey)));
      EXPECT_THAT(request.raw, Not(HasSubstr(kCollectorKey)));
    }
    EXPECT_TRUE(file);
    EXPECT_TRUE(variable);
    EXPECT_TRUE(token);
  }

  fakes::FakeProvider provider_;
  fakes::FakeProvider keyed_;
  fakes::FakeProvider collector_;
  fakes::FakeProxy proxy_{fakes::FakeProxy::Protocol::kHttpConnect};
  fakes::RefusingPort refusing_;
  TempDir logs_;
  TempDir secrets_;
  const std::filesystem::path key_file_ = secrets_.write("key", std::string(kKeyInFile) + "\n");
};

TEST_F(SecrecyTest, AStandaloneKeepsThemOutOfAnswersLogsAndListings) {
  const std::filesystem::path log_file = logs_ / "log.jsonl";
  Standalone stack(config(log_file.string()), {.environment = environment(),
                                               .gateway_arguments = {"--http-listen", "127.0.0.1:0"},
                                               .controlplane_arguments = {}});

  const std::vector<HttpResponse> answers = converse(stack.client());
  const fakes::HttpClient control(stack.gateway().listening().port("control_http"));
  for (const char* path : {"/", "/dashboard/", "/dashboard/state", "/metrics", "/nope"}) {
    expect_no_canary(path, control.get(path).raw);
  }
  expect_no_canary("arguments", arguments_of(stack.process()));
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
  expect_each_secret_where_it_belongs();
}

TEST_F(SecrecyTest, TheTwoHalvesKeepThemToThemselvesAndTheCacheIsTheOwnersOnly) {
  const std::filesystem::path cache = logs_ / "snapshot.cache";
  SplitStack stack(config(""), {.environment = environment(),
                                .gateway_arguments = {"--snapshot-cache", cache.string(), "--log-level", "debug"},
                                .controlplane_arguments = {}});

  const std::vector<HttpResponse> answers = converse(stack.client());
  std::string told;
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"get", "providers", "-o", "json"}, {"get", "providers", "-o", "wide"}, {"get", "requests", "-o", "json"},
           {"get", "config", "-o", "json"}, {"get", "gateways", "-o", "yaml"}, {"describe", "provider", "proxied"},
           {"describe", "provider", "through"}, {"explain", "proxied"}, {"top"}, {"reload"},
           {"config", "diff", (stack.directory() / "config.yaml").string()}}) {
    std::vector<std::string> arguments{"--server", stack.control_address()};
    arguments.insert(arguments.end(), words.begin(), words.end());
    const Ended ended = run({"balancerctl", std::move(arguments), environment()});
    EXPECT_EQ(ended.code, 0) << ended.err;
    told += ended.out + ended.err;
  }
  const fakes::HttpClient control = stack.control_http();
  const std::string page = control.get("/dashboard/state").body + control.get("/dashboard/").body;
  const std::string metrics = stack.control_http().get("/metrics").body + stack.gateway().admin().get("/metrics").body;
  const std::string kept = content_of(cache);
  for (Process* process : {&stack.gateway().process(), &stack.control_plane()}) {
    expect_no_canary("arguments", arguments_of(*process));
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
  // It holds what is needed to serve without a control plane, and nothing of clients or of the environment.
  EXPECT_THAT(kept, HasSubstr(kProviderKey));
  for (const char* const canary :
       {kClientKey, kWrongKey, kPrompt, kQueryKey, kClientsToken, kCollectorKey, kCollectorPassword}) {
    EXPECT_THAT(kept, Not(HasSubstr(canary)));
  }
  expect_each_secret_where_it_belongs();
  using std::filesystem::perms;
  EXPECT_EQ(std::filesystem::status(cache).permissions(), perms::owner_read | perms::owner_write);
  for (const auto& entry : std::filesystem::directory_iterator(logs_.path())) {
    expect_no_canary("file name", entry.path().string());
  }
}

}  // namespace
}  // namespace balancer::integration
