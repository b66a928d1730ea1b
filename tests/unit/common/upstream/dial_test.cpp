#include "common/upstream/dial.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <mutex>

#include "tests/fakes/loopback_server.hpp"
#include "tests/unit/common/upstream/upstream_fixture.hpp"

namespace balancer {
namespace {

using Kind = UpstreamFailureKind;
using Addresses = std::vector<asio::ip::address>;

class DialTest : public UpstreamFixture {
 protected:
  // Every name has these addresses.
  static Resolver names_at(const std::vector<std::string>& addresses) {
    Addresses found;
    for (const std::string& address : addresses) found.push_back(asio::ip::make_address(address));
    return {[found](const std::string&) -> UpstreamResult<Addresses> { return found; }, 1, std::chrono::hours(1)};
  }

  UpstreamResult<asio::ip::tcp::socket> dialled(Resolver& resolver, const DialTarget& target) {
    return run(dial(wheel_, resolver, target, wheel_.now() + kLong));
  }

  std::atomic<std::size_t> connected_ = 0;
  fakes::LoopbackServer server_{[this](fakes::Socket, const fakes::Latch&) { ++connected_; }};
};

TEST_F(DialTest, GuardedAddressesOfANameAreLeftOut) {
  const std::string host = "provider.example";
  Resolver resolver = names_at({"169.254.169.254", "fe80::1", "fd00:ec2::254", "127.0.0.1"});

  const auto socket = dialled(resolver, {.host = host, .port = server_.port()});

  ASSERT_TRUE(socket);
  EXPECT_EQ(socket->remote_endpoint().address(), asio::ip::make_address("127.0.0.1"));
}

TEST_F(DialTest, ANameWithGuardedAddressesOnlyIsRefusedWithoutAConnection) {
  const std::string host = "provider.example";

  for (const char* address : {"169.254.169.254", "169.254.0.1", "100.100.100.200", "192.0.0.192", "fe80::1",
                              "fd00:ec2::254", "fd20:ce::254", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe",
                              "2002:a9fe:a9fe::1"}) {
    Resolver resolver = names_at({address});
    const auto socket = dialled(resolver, {.host = host, .port = 80});

    ASSERT_FALSE(socket) << address;
    EXPECT_EQ(socket.error().kind, Kind::kConnect) << address;
    EXPECT_THAT(socket.error().detail, testing::HasSubstr("allow_link_local")) << address;
  }
}

TEST_F(DialTest, ANameThatMovesToAGuardedAddressIsRefusedFromThenOn) {
  struct NameService {
    std::mutex mutex;
    std::string address = "127.0.0.1";
  };
  const auto names = std::make_shared<NameService>();
  const auto look_up = [names](const std::string&) -> UpstreamResult<Addresses> {
    const std::lock_guard lock(names->mutex);
    return Addresses{asio::ip::make_address(names->address)};
  };
  Resolver resolver(look_up, 1, std::chrono::seconds(0));
  const std::string host = "provider.example";
  ASSERT_TRUE(dialled(resolver, {.host = host, .port = server_.port()}));

  {
    const std::lock_guard lock(names->mutex);
    names->address = "169.254.169.254";
  }
  // A stale answer may serve once more, until the new one is known.
  run_until([&] { return !dialled(resolver, {.host = host, .port = server_.port()}); });

  EXPECT_THAT(dialled(resolver, {.host = host, .port = server_.port()}).error().detail,
              testing::HasSubstr("link-local or metadata"));
}

TEST_F(DialTest, LiteralsAreJudgedTheSame) {
  Resolver resolver = names_at({"127.0.0.1"});
  const std::string host = "169.254.169.254";

  const auto socket = dialled(resolver, {.host = host, .port = 80});

  ASSERT_FALSE(socket);
  EXPECT_THAT(socket.error().detail, testing::HasSubstr("allow_link_local"));
}

TEST_F(DialTest, PermissionIsPartOfWhatMakesConnectionsInterchangeable) {
  UpstreamEndpoint permitted = plain(80);
  permitted.allow_link_local = true;

  EXPECT_FALSE(permitted == plain(80));
}

}  // namespace
}  // namespace balancer
