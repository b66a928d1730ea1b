#include "tests/fakes/fake_proxy.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/fake_provider.hpp"
#include "tests/fakes/http_client.hpp"

namespace balancer::fakes {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class FakeProxyTest : public testing::Test {
 protected:
  FakeProxyTest() { provider_.always(json_message("hi")); }

  FakeProvider provider_;
};

TEST_F(FakeProxyTest, ConnectLeadsAMappedNameToTheProvider) {
  FakeProxy proxy(FakeProxy::Protocol::kHttpConnect);
  proxy.map("provider.test", provider_.port());
  HttpConnection connection = HttpClient(proxy.port()).connect();

  connection.send_request("CONNECT", "provider.test:443", "", {{"Proxy-Authorization", "Basic dTpw"}});
  ASSERT_EQ(connection.read_head().status, 200);
  const HttpResponse response = connection.post("/v1/messages", "{}");

  EXPECT_EQ(response.status, 200);
  ASSERT_THAT(proxy.tunnels(), SizeIs(1));
  EXPECT_EQ(proxy.tunnels()[0].host, "provider.test");
  EXPECT_EQ(proxy.tunnels()[0].port, 443);
  EXPECT_EQ(proxy.tunnels()[0].credentials, (ProxyCredentials{"u", "p"}));
  EXPECT_TRUE(proxy.tunnels()[0].opened);
}

TEST_F(FakeProxyTest, ConnectWithoutRequiredCredentialsIsRefused) {
  FakeProxy proxy(FakeProxy::Protocol::kHttpConnect);
  proxy.require({"u", "p"});

  const HttpResponse response =
      HttpClient(proxy.port()).request("CONNECT", "127.0.0.1:" + std::to_string(provider_.port()));

  EXPECT_EQ(response.status, 407);
  EXPECT_THAT(provider_.requests(), IsEmpty());
}

TEST_F(FakeProxyTest, Socks5WithPasswordLeadsAMappedNameToTheProvider) {
  using namespace std::string_literals;
  FakeProxy proxy(FakeProxy::Protocol::kSocks5);
  proxy.map("provider.test", provider_.port());
  proxy.require({"u", "p"});
  Socket socket = Socket::connect(proxy.port(), std::chrono::steady_clock::now() + std::chrono::seconds(10));
  const WaitLimits limits{std::chrono::steady_clock::now() + std::chrono::seconds(10), nullptr};
  const auto exchange = [&](const std::string& bytes) {
    EXPECT_EQ(socket.write_all(bytes, limits), IoStatus::kReady);
    return socket.read_some(limits).bytes;
  };

  EXPECT_EQ(exchange("\x05\x02\x00\x02"s), "\x05\x02"s);
  EXPECT_EQ(exchange("\x01\x01u\x01p"s), "\x01\x00"s);
  EXPECT_EQ(exchange("\x05\x01\x00\x03\x0dprovider.test\x01\xbb"s), "\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00"s);
  const std::string answer = exchange("GET / HTTP/1.1\r\nHost: provider.test\r\n\r\n");

  EXPECT_THAT(answer, testing::StartsWith("HTTP/1.1 200 OK\r\n"));
  ASSERT_THAT(proxy.tunnels(), SizeIs(1));
  EXPECT_EQ(proxy.tunnels()[0].host, "provider.test");
  EXPECT_EQ(proxy.tunnels()[0].port, 443);
}

TEST_F(FakeProxyTest, Socks5RefusesAWrongPassword) {
  using namespace std::string_literals;
  FakeProxy proxy(FakeProxy::Protocol::kSocks5);
  proxy.require({"u", "p"});
  HttpConnection connection = HttpClient(proxy.port()).connect();

  connection.send_raw("\x05\x01\x02\x01\x01u\x01x"s);

  EXPECT_EQ(connection.read_until_close(), "\x05\x02\x01\x01"s);
}

}  // namespace
}  // namespace balancer::fakes
