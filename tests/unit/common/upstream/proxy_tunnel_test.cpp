#include "common/upstream/proxy_tunnel.hpp"

#include <gmock/gmock.h>

#include "tests/fakes/fake_provider.hpp"
#include "tests/fakes/fake_proxy.hpp"
#include "tests/fakes/temp_dir.hpp"
#include "tests/fakes/test_certificate.hpp"
#include "tests/unit/common/upstream/upstream_fixture.hpp"

namespace balancer {
namespace {

using fakes::FakeProxy;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;
using Kind = UpstreamFailureKind;

constexpr std::string_view kPassword = "s3cret-p@ss";

class ProxyTunnelTest : public UpstreamFixture, public testing::WithParamInterface<ProxyProtocol> {
 protected:
  static FakeProxy::Protocol fake_protocol() {
    return GetParam() == ProxyProtocol::kSocks5 ? FakeProxy::Protocol::kSocks5 : FakeProxy::Protocol::kHttpConnect;
  }

  UpstreamEndpoint through_proxy(std::string username = "", std::string password = "") const {
    return {.url = {.tls = false, .host = "provider.invalid", .port = 80, .path_prefix = ""},
            .proxy = Proxy{.protocol = GetParam(),
                           .host = "127.0.0.1",
                           .port = proxy_.port(),
                           .username = std::move(username),
                           .password = Secret(std::move(password))},
            .ca_file = ""};
  }

  void SetUp() override {
    provider_.always(fakes::json_message("hello"));
    proxy_.map("provider.invalid", provider_.port());
  }

  fakes::FakeProvider provider_;
  FakeProxy proxy_{fake_protocol()};
};

INSTANTIATE_TEST_SUITE_P(Protocols, ProxyTunnelTest,
                         testing::Values(ProxyProtocol::kHttpConnect, ProxyProtocol::kSocks5),
                         [](const auto& protocol) {
                           return protocol.param == ProxyProtocol::kSocks5 ? "Socks5" : "HttpConnect";
                         });

TEST_P(ProxyTunnelTest, ProxyResolvesTheNameAndTheConnectionIsKept) {
  ConnectionPool pool = pool_to(through_proxy());

  ASSERT_TRUE(run(fetch(pool, patient())));
  ASSERT_TRUE(run(fetch(pool, patient())));

  ASSERT_THAT(proxy_.tunnels(), SizeIs(1));
  EXPECT_EQ(proxy_.tunnels()[0].host, "provider.invalid");
  EXPECT_EQ(proxy_.tunnels()[0].port, 80);
  EXPECT_EQ(proxy_.tunnels()[0].credentials, std::nullopt);
}

TEST_P(ProxyTunnelTest, CredentialsOpenTheTunnel) {
  proxy_.require({"user", std::string(kPassword)});
  ConnectionPool pool = pool_to(through_proxy("user", std::string(kPassword)));

  const auto answer = run(fetch(pool, patient()));

  EXPECT_TRUE(answer) << answer.error().detail;
}

TEST_P(ProxyTunnelTest, WrongCredentialsAreAProxyFailureThatDoesNotTellThem) {
  proxy_.require({"user", "another"});
  ConnectionPool pool = pool_to(through_proxy("user", std::string(kPassword)));

  const auto answer = run(fetch(pool, patient()));

  EXPECT_EQ(answer.error().kind, Kind::kProxy);
  EXPECT_THAT(answer.error().detail, Not(HasSubstr(std::string(kPassword))));
  EXPECT_EQ(provider_.request_count(), 0u);
}

TEST_P(ProxyTunnelTest, MissingCredentialsAreAProxyFailure) {
  proxy_.require({"user", "another"});
  ConnectionPool pool = pool_to(through_proxy());

  EXPECT_EQ(run(fetch(pool, patient())).error().kind, Kind::kProxy);
}

TEST_P(ProxyTunnelTest, RefusedTunnelIsAProxyFailure) {
  proxy_.refuse_all();
  ConnectionPool pool = pool_to(through_proxy());

  EXPECT_EQ(run(fetch(pool, patient())).error().kind, Kind::kProxy);
}

TEST_P(ProxyTunnelTest, ProxyThatAnswersNonsenseIsAProxyFailure) {
  for (const std::string_view nonsense : {std::string_view("220 smtp.example ready\r\n"),
                                          std::string_view("\x05\xff", 2), std::string_view("\x04\x00", 2)}) {
    fakes::LoopbackServer server([nonsense](fakes::Socket socket, const fakes::Latch& stop) {
      static_cast<void>(socket.read_some({.stop = &stop}));
      static_cast<void>(socket.write_all(nonsense, {.stop = &stop}));
    });
    UpstreamEndpoint endpoint = through_proxy();
    endpoint.proxy->port = server.port();
    ConnectionPool pool = pool_to(endpoint);

    EXPECT_EQ(run(fetch(pool, patient())).error().kind, Kind::kProxy);
  }
}

TEST_P(ProxyTunnelTest, CertificateIsCheckedThroughTheTunnel) {
  const fakes::TestAuthority authority;
  fakes::FakeProvider secure(authority.issue({.names = {"provider.invalid"}}));
  secure.always(fakes::json_message("hello"));
  proxy_.map("provider.invalid", secure.port());
  const fakes::TempDir folder;
  const std::string ca_file = folder.write("ca.pem", authority.certificate_pem());
  UpstreamEndpoint endpoint = through_proxy();
  endpoint.url.tls = true;
  endpoint.ca_file = ca_file;
  ConnectionPool pool = pool_to(endpoint);

  const auto answer = run(fetch(pool, patient()));

  ASSERT_TRUE(answer) << answer.error().detail;
  EXPECT_EQ(secure.requests().at(0).server_name, "provider.invalid");
}

}  // namespace
}  // namespace balancer
