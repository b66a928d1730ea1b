// promises.md T40: who is believed over TLS.
#include "common/upstream/tls_contexts.hpp"

#include <gmock/gmock.h>

#include "tests/fakes/fake_provider.hpp"
#include "tests/fakes/loopback_server.hpp"
#include "tests/fakes/temp_dir.hpp"
#include "tests/fakes/test_certificate.hpp"
#include "tests/unit/common/upstream/upstream_fixture.hpp"

namespace balancer {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using Kind = UpstreamFailureKind;

class TlsContextsTest : public UpstreamFixture {
 protected:
  UpstreamEndpoint secure(const fakes::FakeProvider& provider, std::string host) const {
    return {.url = {.tls = true, .host = std::move(host), .port = provider.port(), .path_prefix = ""},
            .proxy = {},
            .ca_file = ca_file_};
  }

  fakes::TestAuthority authority_;
  fakes::TempDir folder_;
  std::string ca_file_ = folder_.write("ca.pem", authority_.certificate_pem());
};

TEST_F(TlsContextsTest, CertificateOfATrustedAuthorityIsAcceptedAndItsConnectionKept) {
  fakes::FakeProvider provider(authority_.valid());
  provider.always(fakes::sse_stream({"Hel", "lo"}).in_pieces_of(7));
  ConnectionPool pool = pool_to(secure(provider, "localhost"));

  const auto first = run(fetch(pool, patient()));
  const auto second = run(fetch(pool, patient()));

  ASSERT_TRUE(first) << first.error().detail;
  EXPECT_EQ(first->body, fakes::sse_stream({"Hel", "lo"}).body());
  ASSERT_TRUE(second) << second.error().detail;
  EXPECT_EQ(provider.connections_accepted(), 1u);
}

TEST_F(TlsContextsTest, NamesAreSentToTheServerAndAddressesAreNot) {
  fakes::FakeProvider provider(authority_.valid());
  provider.always(fakes::json_message("hello"));
  ConnectionPool by_name = pool_to(secure(provider, "localhost"));
  ConnectionPool by_address = pool_to(secure(provider, "127.0.0.1"));

  ASSERT_TRUE(run(fetch(by_name, patient())));
  ASSERT_TRUE(run(fetch(by_address, patient())));

  EXPECT_EQ(provider.requests().at(0).server_name, "localhost");
  EXPECT_EQ(provider.requests().at(1).server_name, "");
}

TEST_F(TlsContextsTest, LargeBodiesPassBothWays) {
  const std::string large(1'000'000, 'x');
  fakes::FakeProvider provider(authority_.valid());
  provider.enqueue(fakes::ScriptedResponse().send(large));
  ConnectionPool pool = pool_to(secure(provider, "localhost"));

  const auto answer = run(fetch(pool, patient(), large));

  ASSERT_TRUE(answer) << answer.error().detail;
  EXPECT_EQ(answer->body, large);
  EXPECT_EQ(provider.requests().at(0).body, large);
}

TEST_F(TlsContextsTest, CertificatesThatProveNothingAreRefused) {
  const fakes::TestAuthority stranger;
  for (const fakes::TlsIdentity& identity :
       {stranger.valid(), authority_.expired(), authority_.wrong_name(), authority_.issue({.names = {"127.0.0.1"}}),
        fakes::TestAuthority::self_signed(), authority_.without_intermediate()}) {
    fakes::FakeProvider provider(identity);
    ConnectionPool pool = pool_to(secure(provider, "localhost"));

    const auto answer = run(fetch(pool, patient()));

    EXPECT_EQ(answer.error().kind, Kind::kTls);
    EXPECT_THAT(answer.error().detail, HasSubstr("certificate refused: "));
    EXPECT_EQ(provider.request_count(), 0u);
  }
}

TEST_F(TlsContextsTest, AServerThatKnowsNothingNewerThanTls11IsRefused) {
  fakes::TlsIdentity identity = authority_.valid();
  identity.versions = fakes::TlsVersions::kOnly11;
  fakes::FakeProvider provider(identity);
  ConnectionPool pool = pool_to(secure(provider, "localhost"));

  EXPECT_EQ(run(fetch(pool, patient())).error().kind, Kind::kTls);
}

TEST_F(TlsContextsTest, AChangedFileIsReadAgainAndAnUnreadableOneChangesNothing) {
  const fakes::TestAuthority next;
  fakes::FakeProvider provider(next.valid());
  provider.always(fakes::json_message("hello"));
  ConnectionPool pool = pool_to(secure(provider, "localhost"));
  ASSERT_FALSE(run(fetch(pool, patient())));

  folder_.write("ca.pem", next.certificate_pem());
  EXPECT_TRUE(run(fetch(pool, patient())));

  folder_.write("ca.pem", "no certificate at all");
  ConnectionPool another = pool_to(secure(provider, "localhost"));
  EXPECT_TRUE(run(fetch(another, patient())));
}

TEST_F(TlsContextsTest, CertificateOfANameIsRefusedForAnAddress) {
  fakes::FakeProvider provider(authority_.issue({.names = {"localhost"}}));
  ConnectionPool pool = pool_to(secure(provider, "127.0.0.1"));

  EXPECT_EQ(run(fetch(pool, patient())).error().kind, Kind::kTls);
}

TEST_F(TlsContextsTest, SystemAuthoritiesDoNotVouchForAPrivateOne) {
  fakes::FakeProvider provider(authority_.valid());
  UpstreamEndpoint endpoint = secure(provider, "localhost");
  endpoint.ca_file.clear();
  ConnectionPool pool = pool_to(endpoint);

  EXPECT_EQ(run(fetch(pool, patient())).error().kind, Kind::kTls);
}

TEST_F(TlsContextsTest, MissingAuthorityFileIsATlsFailure) {
  fakes::FakeProvider provider(authority_.valid());
  UpstreamEndpoint endpoint = secure(provider, "localhost");
  endpoint.ca_file = folder_ / "no such file.pem";
  ConnectionPool pool = pool_to(endpoint);

  EXPECT_EQ(run(fetch(pool, patient())).error().kind, Kind::kTls);
}

TEST_F(TlsContextsTest, ServerWithoutTlsIsATlsFailure) {
  fakes::LoopbackServer server([](fakes::Socket socket, const fakes::Latch& stop) {
    static_cast<void>(socket.read_some({.stop = &stop}));
    static_cast<void>(socket.write_all("HTTP/1.1 400 Bad Request\r\n\r\n", {.stop = &stop}));
  });
  UpstreamEndpoint endpoint = plain(server.port());
  endpoint.url.tls = true;
  ConnectionPool pool = pool_to(endpoint);

  EXPECT_EQ(run(fetch(pool, patient())).error().kind, Kind::kTls);
}

TEST_F(TlsContextsTest, SilentServerEndsWithTheHandshakeTimeout) {
  fakes::LoopbackServer server([](fakes::Socket socket, const fakes::Latch& stop) {
    while (socket.read_some({.stop = &stop}).status == fakes::IoStatus::kReady) {
    }
  });
  UpstreamEndpoint endpoint = plain(server.port());
  endpoint.url.tls = true;
  ConnectionPool pool = pool_to(endpoint);
  AttemptTimeouts timeouts = patient();
  timeouts.tls_handshake = 30ms;

  EXPECT_EQ(run(fetch(pool, timeouts)).error().kind, Kind::kTlsTimeout);
}

TEST_F(TlsContextsTest, EndlessBodyCutOffWithoutGoodbyeIsTruncation) {
  fakes::FakeProvider provider(authority_.valid());
  provider.enqueue(fakes::ScriptedResponse().until_close().send("half of it").reset());
  ConnectionPool pool = pool_to(secure(provider, "localhost"));

  EXPECT_EQ(run(fetch(pool, patient())).error().kind, Kind::kTruncated);
}

}  // namespace
}  // namespace balancer
