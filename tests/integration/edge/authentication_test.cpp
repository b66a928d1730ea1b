// Who may use the gateway (promises.md T32, T38; protocol.md cases 108 and 109).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/fake_provider.hpp"
#include "tests/integration/edge/edge_config.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {
namespace {

using fakes::HeaderFields;
using fakes::HttpResponse;
using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kAlice = "alice-0123456789abcdef";
constexpr const char* kBob = "bob-0123456789abcdef";

class AuthenticationTest : public testing::Test {
 protected:
  AuthenticationTest() { provider_.always(fakes::json_message("hello")); }

  [[nodiscard]] std::string config() const {
    return edge_config({provider_entry("a", provider_.base_url())},
                       {"auth:", "  enabled: true", "  exempt_paths: [/docs]", "  keys:",
                        std::string("    - { name: alice, key: ") + kAlice + " }",
                        std::string("    - { name: bob, key: ") + kBob + " }"});
  }
  HttpResponse ask(const HeaderFields& headers) const {
    return stack_.client().post("/v1/messages", small_request(), headers);
  }

  fakes::FakeProvider provider_;
  Standalone stack_{config()};
};

TEST_F(AuthenticationTest, TakesAKeyFromEitherHeader) {
  EXPECT_EQ(ask({{"x-api-key", kAlice}}).status, 200);
  EXPECT_EQ(ask({{"Authorization", std::string("Bearer ") + kBob}}).status, 200);
  EXPECT_EQ(ask({{"authorization", std::string("bEARER  ") + kBob}}).status, 200);
  EXPECT_EQ(ask({{"x-api-key", "wrong"}, {"Authorization", std::string("Bearer ") + kBob}}).status, 200);
  EXPECT_EQ(ask({{"x-api-key", kAlice}, {"Authorization", "Bearer wrong"}}).status, 200);
}

TEST_F(AuthenticationTest, RefusesMissingAndWrongKeys) {
  const std::vector<HeaderFields> without = {
      {},
      {{"x-api-key", ""}},
      {{"x-api-key", "wrong-key"}},
      {{"x-api-key", std::string(kAlice) + "x"}},
      {{"x-api-key", "' OR 1=1 --"}},
      {{"Authorization", "Bearer"}},
      {{"Authorization", std::string("Basic ") + kAlice}},
      {{"Authorization", "Bearer wrong-key"}, {"x-api-key", "wrong-key"}},
      {{"api-key", kAlice}},
      {{"Cookie", std::string("x-api-key=") + kAlice}},
  };

  for (const HeaderFields& headers : without) {
    const HttpResponse response = ask(headers);

    EXPECT_EQ(response.status, 401);
    EXPECT_EQ(response.error_type(), "authentication_error");
    EXPECT_THAT(response.raw, Not(HasSubstr("wrong-key")));
  }
  EXPECT_EQ(stack_.client().post("/v1/messages?x-api-key=" + std::string(kAlice), small_request()).status, 401);
  EXPECT_EQ(provider_.request_count(), 0u);
}

TEST_F(AuthenticationTest, AKeyBeyondTheHeadLimitIsRefused) {
  EXPECT_EQ(ask({{"x-api-key", std::string(64 * 1024, 'k')}}).status, 431);
}

TEST_F(AuthenticationTest, RefusesBeforeTheBodyIsRead) {
  fakes::HttpConnection connection = stack_.client().connect();

  connection.send_request("POST", "/v1/messages", "", {{"Content-Length", "30000000"}});
  const HttpResponse response = connection.read_response();

  EXPECT_EQ(response.status, 401);
  EXPECT_EQ(response.headers.value("connection"), "close");
}

TEST_F(AuthenticationTest, DoesNotAskForABodyThatItWillNotServe) {
  fakes::HttpConnection connection = stack_.client().connect();

  connection.send_raw("POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
                      "Content-Length: 10\r\n\r\n");

  EXPECT_THAT(connection.read_until_close(), testing::StartsWith("HTTP/1.1 401 "));
}

TEST_F(AuthenticationTest, GuardsEveryRouteButTheProbes) {
  const std::vector<std::pair<std::string, std::string>> guarded = {
      {"POST", "/v1/messages"}, {"GET", "/v1/messages"},        {"POST", "/v1/messages/count_tokens"},
      {"GET", "/v1/models"},    {"GET", "/models"},             {"GET", "/v1/models/claude-x"},
      {"GET", "/providers"},    {"POST", "/providers/reload"},  {"GET", "/providers/reload"},
      {"GET", "/nope"},         {"POST", "/v1/chat/completions"}, {"GET", "/metrics"},
      {"POST", "/health"},      {"DELETE", "/"},                {"GET", "/debug/pprof"},
  };
  for (const auto& [method, path] : guarded) {
    EXPECT_EQ(stack_.client().request(method, path).status, 401) << method << ' ' << path;
  }

  for (const std::string method : {"GET", "HEAD"}) {
    for (const std::string path : {"/", "/api/hello", "/health", "/livez", "/readyz", "/livez/", "//"}) {
      EXPECT_EQ(stack_.client().request(method, path).status, 200) << method << ' ' << path;
    }
  }
  EXPECT_EQ(stack_.client().get("/docs").status, 404);
  EXPECT_EQ(provider_.request_count(), 0u);
}

TEST_F(AuthenticationTest, NoSpellingOfAPathReachesAProviderWithoutAKey) {
  std::vector<std::string> targets = {
      "//v1/messages",       "/v1//messages",          "/v1/messages//",      "///v1///messages",   "/./v1/messages",
      "/v1/./messages",      "/v1/x/../messages",      "/health/../v1/messages", "/docs/../v1/messages",
      "/health/..//v1/messages", "/health;/../v1/messages", "/docs;x/v1/messages", "/v1/messages;a=b",
      "/v1/messages;",
      "/v1/messages?",       "/v1/messages?/health",   "/v1/messages?a=/docs", "/v1/messages%3f/health",
      "/V1/MESSAGES",        "/v1/Messages",           "/v1/messages.",       "/v1/messages.json",  "/v1\\messages",
      "\\v1\\messages",      "/health\\..\\v1\\messages", "http://localhost/v1/messages",
      "HTTP://LOCALHOST/v1/messages",
      "http://localhost//v1/messages", "http://evil.example/v1/messages", "http://localhost@evil/v1/messages",
      "http://localhost:80/v1/messages", "https://localhost/v1/messages", "/v1/messages#/health",
      "/docs#/../v1/messages",
      "*", "v1/messages",    "localhost/v1/messages",  "/v1/messages%00",     "/v1/messages%0d%0a", "/v1/messages%",
      "/%",                  "/docs/v1/messages",      "/docs?/v1/messages/", "/docs%3f/../v1/messages",
  };
  for (const std::string dots : {"..", "%2e%2e", "%2E.", ".%2e", "%252e%252e", "..;", "%c0%ae%c0%ae"}) {
    for (const std::string slash : {"/", "%2f", "%2F", "%5c", "//", "%252f"}) {
      for (const std::string open : {"/docs", "/health", "/api/hello"}) {
        targets.push_back(open + slash + dots + slash + "v1" + slash + "messages");
      }
    }
  }
  for (const std::string v1 : {"/v1", "/%76%31", "/%761", "%2fv1", "/%2fv1", "/v%31"}) {
    for (const std::string messages : {"/messages", "%2fmessages", "%2Fmessages", "/%6d%65ssages", "/messages%2f"}) {
      targets.push_back(v1 + messages);
    }
  }
  ASSERT_GE(targets.size(), 190u);

  std::vector<int> statuses;
  for (const std::string& target : targets) {
    fakes::HttpConnection connection = stack_.client().connect();
    connection.send_raw("POST " + target + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " +
                        std::to_string(small_request().size()) + "\r\n\r\n" + small_request());
    statuses.push_back(connection.read_response().status);
    EXPECT_THAT(statuses.back(), AnyOf(400, 401, 404)) << target;
  }

  EXPECT_EQ(provider_.request_count(), 0u);
}

TEST_F(AuthenticationTest, EscapedSpellingsOfARouteAreThatRoute) {
  for (const char* target : {"/v1/messages/", "/%76%31/messages", "/v1%2Fmessages", "/v1/messages?beta=true"}) {
    EXPECT_EQ(stack_.client().post(target, small_request(), {{"x-api-key", kAlice}}).status, 200) << target;
  }
}

TEST_F(AuthenticationTest, ATrailerIsNoKey) {
  fakes::HttpConnection connection = stack_.client().connect();

  connection.send_raw("POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
                      "Trailer: x-api-key\r\n\r\n0\r\nx-api-key: " + std::string(kAlice) + "\r\n\r\n");

  EXPECT_EQ(connection.read_response().status, 401);
}

TEST_F(AuthenticationTest, TheClientsKeyNeverReachesTheProvider) {
  ask({{"x-api-key", kAlice}, {"Authorization", std::string("Bearer ") + kBob}, {"Cookie", kAlice}});

  ASSERT_TRUE(provider_.wait_for_requests(1));
  const fakes::RecordedRequest request = provider_.requests().front();
  EXPECT_THAT(request.raw, Not(HasSubstr(kAlice)));
  EXPECT_THAT(request.raw, Not(HasSubstr(kBob)));
  EXPECT_EQ(request.headers.value("x-api-key"), "key-of-a");
  EXPECT_FALSE(request.headers.contains("authorization"));
}

TEST_F(AuthenticationTest, OptionsIsRefusedWithoutCorsWhoeverAsks) {
  for (const char* path : {"/v1/messages", "/", "/nope"}) {
    const HttpResponse response =
        stack_.client().request("OPTIONS", path, "", {{"Access-Control-Request-Method", "POST"}});

    EXPECT_EQ(response.status, 405) << path;
    EXPECT_TRUE(response.headers.contains("allow"));
    EXPECT_THAT(response.raw, Not(HasSubstr("ccess-control")));
  }
}

TEST_F(AuthenticationTest, WebPagesAreNotServedEvenWithAKey) {
  EXPECT_EQ(ask({{"x-api-key", kAlice}, {"Origin", "http://evil.example"}}).status, 403);
  EXPECT_EQ(ask({{"x-api-key", kAlice}, {"Origin", "null"}}).status, 403);
  EXPECT_EQ(ask({{"x-api-key", kAlice}, {"Host", "127.0.0.1.evil.example"}}).status, 403);
  EXPECT_EQ(stack_.client().get("/", {{"Host", "evil.example"}}).status, 403);
  EXPECT_EQ(provider_.request_count(), 0u);
}

TEST_F(AuthenticationTest, UnknownPathsAndMethodsAreToldToThoseWhoMayAsk) {
  const HeaderFields key{{"x-api-key", kAlice}};

  const HttpResponse unknown = stack_.client().get("/nope", key);
  const HttpResponse wrong_method = stack_.client().get("/v1/messages", key);

  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(unknown.error_type(), "not_found_error");
  EXPECT_EQ(wrong_method.status, 405);
  EXPECT_EQ(wrong_method.headers.value("allow"), "POST");
  EXPECT_THAT(stack_.client().post("/v1/v1/messages", "{}", key).body, HasSubstr("must not end in /v1"));
}

}  // namespace
}  // namespace balancer::integration
