// HTTPS to providers: verified against name and authority, or not spoken at all (promises.md T40).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/fake_provider.hpp"
#include "tests/fakes/test_certificate.hpp"
#include "tests/integration/edge/edge_config.hpp"
#include "tests/integration/support/eventually.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {
namespace {

using fakes::FakeProvider;
using fakes::HttpResponse;
using fakes::TlsIdentity;

class ProviderTlsTest : public testing::Test {
 protected:
  // By name, so that there is an SNI and a name to check.
  static std::string url_of(const FakeProvider& provider) {
    return "https://localhost:" + std::to_string(provider.port());
  }
  [[nodiscard]] std::string trusted(const std::string& name, const FakeProvider& provider) const {
    return provider_entry(name, url_of(provider), {"ca_file: " + authority_file_});
  }

  fakes::TestAuthority authority_;
  TempDir directory_;
  std::string authority_file_ = directory_.write("authority.pem", authority_.certificate_pem()).string();
};

TEST_F(ProviderTlsTest, ServesOverOneConnectionThatNamesTheServer) {
  FakeProvider provider(authority_.valid());
  provider.always(fakes::json_message("hello"));
  const StackOptions one_thread{
      .environment = {}, .gateway_arguments = {"--threads", "1"}, .controlplane_arguments = {}};
  const Standalone stack(edge_config({trusted("a", provider)}), one_thread);

  for (int i = 0; i < 3; ++i) EXPECT_EQ(stack.client().post("/v1/messages", small_request()).status, 200);

  EXPECT_EQ(provider.connections_accepted(), 1u);
  EXPECT_EQ(provider.requests().at(0).server_name, "localhost");
  EXPECT_EQ(provider.requests().at(0).body, small_request());
}

TEST_F(ProviderTlsTest, StreamsOverTls) {
  FakeProvider provider(authority_.valid());
  provider.always(fakes::sse_stream({"Hel", "lo"}).in_pieces_of(7));
  const Standalone stack(edge_config({trusted("a", provider)}));

  const HttpResponse response = stack.client().post("/v1/messages", R"({"model":"m","stream":true,"messages":[]})");

  EXPECT_EQ(response.streamed_text(), "Hello");
}

TEST_F(ProviderTlsTest, AnAddressInTheUrlIsCheckedToo) {
  FakeProvider provider(authority_.valid());
  provider.always(fakes::json_message("hello"));
  const Standalone stack(
      edge_config({provider_entry("a", provider.base_url(), {"ca_file: " + authority_file_})}));

  EXPECT_EQ(stack.client().post("/v1/messages", small_request()).status, 200);
}

struct Mistrusted {
  const char* name;
  // What the provider shows, given an authority that the gateway trusts and one that it does not.
  TlsIdentity (*identity)(const fakes::TestAuthority& trusted, const fakes::TestAuthority& other);
};

std::string name_of(const testing::TestParamInfo<Mistrusted>& info) { return info.param.name; }

class MistrustedProviderTest : public ProviderTlsTest, public testing::WithParamInterface<Mistrusted> {
 protected:
  fakes::TestAuthority other_;
  FakeProvider mistrusted_{GetParam().identity(authority_, other_)};
};

TEST_P(MistrustedProviderTest, GetsNoRequestAndTheClientA502) {
  mistrusted_.always(fakes::json_message("hello"));
  const Standalone stack(edge_config({trusted("a", mistrusted_)}));

  const HttpResponse response = stack.client().post("/v1/messages", small_request());

  EXPECT_EQ(response.status, 502);
  EXPECT_EQ(response.error_type(), "api_error");
  EXPECT_EQ(mistrusted_.request_count(), 0u);
}

TEST_P(MistrustedProviderTest, IsPassedOverForTheNextProvider) {
  FakeProvider good(authority_.valid());
  good.always(fakes::json_message("from b"));
  const Standalone stack(edge_config({trusted("a", mistrusted_), trusted("b", good)}));

  const HttpResponse response = stack.client().post("/v1/messages", small_request());

  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(good.request_count(), 1u);
  EXPECT_EQ(mistrusted_.request_count(), 0u);
}

using fakes::TestAuthority;

INSTANTIATE_TEST_SUITE_P(
    All, MistrustedProviderTest,
    testing::Values(
        Mistrusted{"Untrusted", [](const TestAuthority&, const TestAuthority& other) { return other.valid(); }},
        Mistrusted{"Expired", [](const TestAuthority& trusted, const TestAuthority&) { return trusted.expired(); }},
        Mistrusted{"WrongName", [](const TestAuthority& trusted, const TestAuthority&) { return trusted.wrong_name(); }},
        Mistrusted{"SelfSigned", [](const TestAuthority&, const TestAuthority&) { return TestAuthority::self_signed(); }},
        Mistrusted{"WithoutItsIntermediate",
                   [](const TestAuthority& trusted, const TestAuthority&) { return trusted.without_intermediate(); }},
        Mistrusted{"OnlyTls11",
                   [](const TestAuthority& trusted, const TestAuthority&) {
                     TlsIdentity identity = trusted.valid();
                     identity.versions = fakes::TlsVersions::kOnly11;
                     return identity;
                   }}),
    name_of);

// What the refusal of such a server means: nothing else is wrong with it.
TEST_F(ProviderTlsTest, AServerOfTls11ServesWhoSpeaksThatStill) {
  TlsIdentity identity = authority_.valid();
  identity.versions = fakes::TlsVersions::kOnly11;
  FakeProvider provider(identity);
  provider.always(fakes::json_message("hello"));
  fakes::TlsTrust trust{authority_.certificate_pem(), "localhost"};
  trust.versions = fakes::TlsVersions::kOnly11;

  EXPECT_EQ(fakes::HttpClient({.port = provider.port(), .tls = trust}).post("/", "{}").status, 200);
}

TEST_F(ProviderTlsTest, AChainThroughAnIntermediateIsFollowed) {
  FakeProvider provider(authority_.chained());
  provider.always(fakes::json_message("hello"));
  const Standalone stack(edge_config({trusted("a", provider)}));

  EXPECT_EQ(stack.client().post("/v1/messages", small_request()).status, 200);
}

TEST_F(ProviderTlsTest, AChangedCaFileIsReadAgain) {
  const fakes::TestAuthority next;
  FakeProvider provider(next.valid());
  provider.always(fakes::json_message("hello"));
  const Standalone stack(edge_config({trusted("a", provider)}));
  ASSERT_EQ(stack.client().post("/v1/messages", small_request()).status, 502);

  directory_.write("authority.pem", "no certificate at all");
  EXPECT_EQ(stack.client().post("/v1/messages", small_request()).status, 502);
  directory_.write("authority.pem", next.certificate_pem());

  // The refusals before have put the provider on a cooldown.
  EXPECT_TRUE(eventually([&] { return stack.client().post("/v1/messages", small_request()).status == 200; }));
}

TEST_F(ProviderTlsTest, WithoutACaFileAPrivateAuthorityIsNotTrusted) {
  FakeProvider provider(authority_.valid());
  const Standalone stack(edge_config({provider_entry("a", url_of(provider))}));

  EXPECT_EQ(stack.client().post("/v1/messages", small_request()).status, 502);
  EXPECT_EQ(provider.request_count(), 0u);
}

TEST_F(ProviderTlsTest, AProviderThatSpeaksPlainHttpIsA502) {
  FakeProvider provider;
  provider.always(fakes::json_message("hello"));
  const Standalone stack(edge_config({trusted("a", provider)}));

  EXPECT_EQ(stack.client().post("/v1/messages", small_request()).status, 502);
}

}  // namespace
}  // namespace balancer::integration
