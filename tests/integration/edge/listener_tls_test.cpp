// The clients' listener under TLS: who gets in, what happens to who does not, and how certificates are replaced
// (promises.md T40, T41).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>

#include "tests/fakes/fake_provider.hpp"
#include "tests/fakes/test_certificate.hpp"
#include "tests/integration/edge/edge_config.hpp"
#include "tests/integration/support/eventually.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {
namespace {

using fakes::FakeProvider;
using fakes::TlsIdentity;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kPlainClient = "a client speaks plain HTTP to the listener for TLS";
constexpr const char* kTlsClient = "a client speaks TLS to a listener for plain HTTP";
constexpr const char* kExpiry = "balancer_gateway_tls_certificate_expiry_timestamp_seconds";

std::size_t count(const std::string& text, const std::string& phrase) {
  std::size_t found = 0;
  for (std::size_t at = text.find(phrase); at != std::string::npos; at = text.find(phrase, at + 1)) ++found;
  return found;
}

class ListenerTlsTest : public testing::Test {
 protected:
  ListenerTlsTest() {
    provider_.always(fakes::json_message("hello"));
    show(authority_.valid());
  }

  // Puts it where the gateway's certificate is read from: the key first, as a careful tool does.
  void show(const TlsIdentity& identity) {
    directory_.write("key.pem", identity.key_pem);
    directory_.write("cert.pem", identity.certificate_pem);
  }
  [[nodiscard]] StackOptions with_tls(std::map<std::string, std::string> environment = {}) const {
    return {.environment = std::move(environment),
            .gateway_arguments = {"--tls-certificate", directory_ / "cert.pem", "--tls-key", directory_ / "key.pem",
                                  "--http-listen", "127.0.0.1:0"},
            .controlplane_arguments = {}};
  }
  [[nodiscard]] std::string config() const { return edge_config({provider_entry("a", provider_.base_url())}); }
  [[nodiscard]] static std::uint16_t port_of(Standalone& stack) { return stack.gateway().listening().port("http"); }
  // One that believes certificates of `authority` only.
  [[nodiscard]] static fakes::ClientOptions believing(const fakes::TestAuthority& authority, Standalone& stack) {
    return {.port = port_of(stack), .tls = fakes::TlsTrust{authority.certificate_pem(), "localhost"}};
  }
  // Whether such a client gets an answer.
  [[nodiscard]] static bool is_served(const fakes::ClientOptions& options) {
    try {
      return fakes::HttpClient(options).post("/v1/messages", small_request()).status == 200;
    } catch (const fakes::ConversationError&) {
      return false;
    }
  }
  [[nodiscard]] static double expiry_shown(Standalone& stack) {
    const fakes::HttpClient operators(stack.gateway().listening().port("control_http"));
    return metric_value(operators.get("/metrics").body, kExpiry, {{"use", "listener"}}).value_or(0);
  }

  fakes::TestAuthority authority_;
  TempDir directory_;
  FakeProvider provider_;
};

TEST_F(ListenerTlsTest, ServesWhoBelievesItsAuthorityAndLosesWhoDoesNot) {
  Standalone stack(config(), with_tls());
  const fakes::TestAuthority other;

  EXPECT_TRUE(is_served(believing(authority_, stack)));
  EXPECT_FALSE(is_served(believing(other, stack)));

  EXPECT_EQ(provider_.request_count(), 1u);
}

TEST_F(ListenerTlsTest, StreamsAndLargeBodiesPassAsInClear) {
  Standalone stack(config(), with_tls());
  fakes::HttpConnection connection(believing(authority_, stack));
  const std::string large(3'000'000, 'x');
  const std::string question = R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":")" + large + R"("}]})";

  provider_.enqueue(fakes::sse_stream({"Hel", "lo"}).in_pieces_of(7));
  EXPECT_EQ(connection.post("/v1/messages", R"({"model":"m","stream":true,"messages":[]})").streamed_text(), "Hello");
  provider_.enqueue(fakes::json_message(large));
  const fakes::HttpResponse answer = connection.post("/v1/messages", question);

  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.complete);
  EXPECT_THAT(answer.body, HasSubstr(large));
  EXPECT_EQ(provider_.requests().at(1).body, question);
}

TEST_F(ListenerTlsTest, TheEnvironmentNamesTheFilesToo) {
  Standalone stack(config(), {.environment = {{"BALANCER_TLS_CERTIFICATE", directory_ / "cert.pem"},
                                              {"BALANCER_TLS_KEY", directory_ / "key.pem"}},
                              .gateway_arguments = {},
                              .controlplane_arguments = {}});

  EXPECT_TRUE(is_served(believing(authority_, stack)));
}

TEST_F(ListenerTlsTest, PlainHttpIsClosedUnansweredAndSaidOnceInTheLog) {
  Standalone stack(config(), with_tls());

  for (int i = 0; i < 20; ++i) {
    fakes::HttpConnection plain({.port = port_of(stack)});
    plain.send_request("POST", "/v1/messages", small_request());
    EXPECT_EQ(plain.read_until_close(), "");
  }

  stack.process().signal(SIGTERM);
  stack.process().wait_for_exit();
  EXPECT_EQ(count(stack.process().standard_error(), kPlainClient), 1u);
  EXPECT_EQ(provider_.request_count(), 0u);
}

TEST_F(ListenerTlsTest, TlsToAListenerInClearIsClosedAndSaidOnceInTheLog) {
  Standalone stack(config());

  for (int i = 0; i < 20; ++i) EXPECT_FALSE(is_served(believing(authority_, stack)));

  stack.process().signal(SIGTERM);
  stack.process().wait_for_exit();
  EXPECT_EQ(count(stack.process().standard_error(), kTlsClient), 1u);
}

TEST_F(ListenerTlsTest, AChangedCertificateIsShownToNewConnectionsAndOldOnesGoOn) {
  const fakes::TestAuthority next;
  Standalone stack(config(), with_tls());
  fakes::HttpConnection old(believing(authority_, stack));
  ASSERT_EQ(old.post("/v1/messages", small_request()).status, 200);
  const double before = expiry_shown(stack);

  show(next.expired());
  ASSERT_TRUE(eventually([&] { return expiry_shown(stack) < before; }));
  show(next.valid());

  EXPECT_TRUE(eventually([&] { return is_served(believing(next, stack)); }));
  EXPECT_FALSE(is_served(believing(authority_, stack)));
  EXPECT_EQ(old.post("/v1/messages", small_request()).status, 200);
  EXPECT_GE(expiry_shown(stack), before);
  EXPECT_THAT(stack.process().standard_error(), HasSubstr("the TLS certificate has ended"));
}

TEST_F(ListenerTlsTest, ABadNewPairLeavesTheOldOneInUseAndTheLogSaysWhy) {
  Standalone stack(config(), with_tls());

  directory_.write("key.pem", authority_.valid().key_pem);

  EXPECT_TRUE(eventually([&] {
    return stack.process().standard_error().find("the former ones stay in use") != std::string::npos;
  }));
  EXPECT_THAT(stack.process().standard_error(), HasSubstr("key.pem"));
  EXPECT_TRUE(is_served(believing(authority_, stack)));
}

TEST_F(ListenerTlsTest, AKeyThatOthersMayReadIsWarnedOf) {
  std::filesystem::permissions(directory_ / "key.pem", std::filesystem::perms(0640));
  Standalone stack(config(), with_tls());

  EXPECT_TRUE(is_served(believing(authority_, stack)));
  stack.process().signal(SIGTERM);
  stack.process().wait_for_exit();
  EXPECT_THAT(stack.process().standard_error(), AllOf(HasSubstr("chmod 600"), HasSubstr("key.pem")));
}

TEST_F(ListenerTlsTest, WhatCannotBeUsedEndsTheStartWithoutShowingTheKey) {
  const std::string key = authority_.valid().key_pem;
  directory_.write("key.pem", key);
  const std::vector<std::string> start{"--config", directory_.write("config.yaml", config()), "--listen", "127.0.0.1:0",
                                       "--tls-certificate", directory_ / "cert.pem"};
  std::vector<std::string> with_key = start;
  with_key.insert(with_key.end(), {"--tls-key", directory_ / "key.pem"});

  const Ended mismatched = run({"balancer", with_key, {}});
  const Ended keyless = run({"balancer", start, {}});

  EXPECT_EQ(mismatched.code, 1);
  EXPECT_EQ(mismatched.out, "");
  EXPECT_THAT(mismatched.err, AllOf(HasSubstr("key.pem"), HasSubstr("cert.pem"), Not(HasSubstr(key.substr(40, 30)))));
  EXPECT_EQ(keyless.code, 2);
  EXPECT_THAT(keyless.err + keyless.out, HasSubstr("--tls-key"));
}

}  // namespace
}  // namespace balancer::integration
