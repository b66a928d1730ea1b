// A provider's own forward proxy: used for that provider, with its credentials, which nobody else gets to see.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "tests/fakes/fake_provider.hpp"
#include "tests/fakes/fake_proxy.hpp"
#include "tests/fakes/test_certificate.hpp"
#include "tests/integration/edge/edge_config.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {
namespace {

using fakes::FakeProvider;
using fakes::FakeProxy;
using fakes::ProxyCredentials;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kUser = "proxy-user";
constexpr const char* kPassword = "canary-proxy-password";

std::string name_of(const testing::TestParamInfo<FakeProxy::Protocol>& info) {
  return info.param == FakeProxy::Protocol::kSocks5 ? "Socks5" : "HttpConnect";
}

class ProviderProxyTest : public testing::TestWithParam<FakeProxy::Protocol> {
 protected:
  ProviderProxyTest() { proxy_.require({kUser, kPassword}); }

  [[nodiscard]] std::string proxy_line(const std::string& password = kPassword) const {
    const bool socks = GetParam() == FakeProxy::Protocol::kSocks5;
    return std::string("proxy: ") + (socks ? "socks5://" : "http://") + kUser + ":" + password + "@127.0.0.1:" +
           std::to_string(proxy_.port());
  }

  FakeProxy proxy_{GetParam()};
};

TEST_P(ProviderProxyTest, LeadsToTheProviderByNameAndWithCredentials) {
  FakeProvider provider;
  provider.always(fakes::json_message("hello"));
  proxy_.map("provider.test", provider.port());
  const Standalone stack(edge_config({provider_entry("a", "http://provider.test", {proxy_line()})}));

  EXPECT_EQ(stack.client().post("/v1/messages", small_request()).status, 200);

  ASSERT_TRUE(proxy_.wait_for_tunnels(1));
  EXPECT_EQ(proxy_.tunnels().at(0).host, "provider.test");
  EXPECT_EQ(proxy_.tunnels().at(0).port, 80);
  EXPECT_EQ(proxy_.tunnels().at(0).credentials, (ProxyCredentials{kUser, kPassword}));
  EXPECT_THAT(proxy_.tunnels().at(0).raw, Not(HasSubstr("key-of-a")));
  EXPECT_THAT(provider.requests().at(0).raw, Not(HasSubstr(kPassword)));
  EXPECT_FALSE(provider.requests().at(0).headers.contains("proxy-authorization"));
}

TEST_P(ProviderProxyTest, TlsGoesThroughItEndToEnd) {
  const fakes::TestAuthority authority;
  const TempDir directory;
  const std::string ca_file = directory.write("authority.pem", authority.certificate_pem()).string();
  FakeProvider provider(authority.issue({.names = {"provider.test"}}));
  provider.always(fakes::json_message("hello"));
  proxy_.map("provider.test", provider.port());
  const Standalone stack(
      edge_config({provider_entry("a", "https://provider.test", {proxy_line(), "ca_file: " + ca_file})}));

  EXPECT_EQ(stack.client().post("/v1/messages", small_request()).status, 200);

  EXPECT_EQ(proxy_.tunnels().at(0).port, 443);
  EXPECT_EQ(provider.requests().at(0).server_name, "provider.test");
}

TEST_P(ProviderProxyTest, WrongCredentialsAreA502ThatTheNextProviderMakesGood) {
  FakeProvider direct;
  direct.always(fakes::json_message("from b"));
  const std::string through_proxy = provider_entry("a", "http://provider.test", {proxy_line("canary-wrong-password")});
  const Standalone alone(edge_config({through_proxy}));
  const Standalone both(edge_config({through_proxy, provider_entry("b", direct.base_url())}));

  const fakes::HttpResponse refused = alone.client().post("/v1/messages", small_request());

  EXPECT_EQ(refused.status, 502);
  EXPECT_THAT(refused.raw, Not(HasSubstr("canary")));
  EXPECT_EQ(both.client().post("/v1/messages", small_request()).status, 200);
  EXPECT_EQ(direct.request_count(), 1u);
}

TEST_P(ProviderProxyTest, CredentialsAppearNowhere) {
  proxy_.refuse_all();
  Standalone stack(edge_config({provider_entry("a", "http://provider.test", {proxy_line()})}, {"log_level: DEBUG"}));
  const fakes::HttpResponse failed = stack.client().post("/v1/messages", small_request());
  const fakes::HttpResponse providers = stack.client().get("/providers");

  stack.process().signal(SIGTERM);
  stack.process().wait_for_exit();

  EXPECT_EQ(failed.status, 502);
  EXPECT_THAT(providers.body, HasSubstr("127.0.0.1:" + std::to_string(proxy_.port())));
  for (const std::string& text : {failed.raw, providers.raw, stack.process().standard_error()}) {
    EXPECT_THAT(text, Not(HasSubstr(kPassword)));
    EXPECT_THAT(text, Not(HasSubstr(kUser)));
  }
}

INSTANTIATE_TEST_SUITE_P(Both, ProviderProxyTest,
                         testing::Values(FakeProxy::Protocol::kHttpConnect, FakeProxy::Protocol::kSocks5),
                         name_of);

TEST(StrayProxyVariableTest, IsNotObeyed) {
  FakeProvider provider;
  provider.always(fakes::json_message("hello"));
  const FakeProxy proxy(FakeProxy::Protocol::kHttpConnect);
  const std::map<std::string, std::string> environment{
      {"http_proxy", proxy.url()}, {"HTTP_PROXY", proxy.url()}, {"https_proxy", proxy.url()},
      {"all_proxy", proxy.url()}};
  const Standalone stack(edge_config({provider_entry("a", provider.base_url())}),
                         {.environment = environment, .gateway_arguments = {}, .controlplane_arguments = {}});

  EXPECT_EQ(stack.client().post("/v1/messages", small_request()).status, 200);

  EXPECT_TRUE(proxy.tunnels().empty());
}

}  // namespace
}  // namespace balancer::integration
