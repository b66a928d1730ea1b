#include "common/upstream/resolver.hpp"

#include <gmock/gmock.h>

#include <condition_variable>
#include <map>
#include <mutex>
#include <set>

#include "tests/unit/common/upstream/upstream_fixture.hpp"

namespace balancer {
namespace {

using namespace std::chrono_literals;
using asio::ip::tcp;
using testing::ElementsAre;
using Endpoints = UpstreamResult<std::vector<tcp::endpoint>>;
using Kind = UpstreamFailureKind;

// A name service in the test's hands. Shared with the resolver's threads, which may outlive the test.
class NameService {
 public:
  UpstreamResult<std::vector<asio::ip::address>> look_up(const std::string& host) {
    std::unique_lock lock(mutex_);
    ++look_ups_[host];
    changed_.wait(lock, [&] { return !hanging_.contains(host); });
    const auto known = addresses_.find(host);
    if (known == addresses_.end()) return UpstreamFailure{Kind::kResolve, "unknown name"};
    return std::vector{asio::ip::make_address(known->second)};
  }

  void answer(const std::string& host, const std::string& address) {
    const std::lock_guard lock(mutex_);
    addresses_[host] = address;
  }
  void hang(const std::string& host) {
    const std::lock_guard lock(mutex_);
    hanging_.insert(host);
  }
  void release() {
    const std::lock_guard lock(mutex_);
    hanging_.clear();
    changed_.notify_all();
  }
  int look_ups(const std::string& host) {
    const std::lock_guard lock(mutex_);
    return look_ups_[host];
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, std::string> addresses_;
  std::set<std::string> hanging_;
  std::map<std::string, int> look_ups_;
};

class ResolverTest : public UpstreamFixture {
 protected:
  ~ResolverTest() override { names_->release(); }

  Resolver make_resolver(std::chrono::steady_clock::duration fresh_for = 1h) const {
    return {[names = names_](const std::string& host) { return names->look_up(host); }, 2, fresh_for};
  }

  std::shared_ptr<NameService> names_ = std::make_shared<NameService>();
};

TEST_F(ResolverTest, LiteralsNeedNoLookUp) {
  Resolver resolver = make_resolver();

  EXPECT_THAT(run(resolver.resolve("192.0.2.1", 80, 0ms)).value(),
              ElementsAre(tcp::endpoint(asio::ip::make_address("192.0.2.1"), 80)));
  EXPECT_THAT(run(resolver.resolve("2001:db8::1", 443, 0ms)).value(),
              ElementsAre(tcp::endpoint(asio::ip::make_address("2001:db8::1"), 443)));
}

TEST_F(ResolverTest, SystemKnowsLocalhost) {
  Resolver resolver;

  const Endpoints endpoints = run(resolver.resolve("localhost", 80, kLong));

  ASSERT_TRUE(endpoints) << endpoints.error().detail;
  for (const tcp::endpoint& endpoint : *endpoints) EXPECT_TRUE(endpoint.address().is_loopback());
}

TEST_F(ResolverTest, FreshAnswersAreNotAskedForAgain) {
  names_->answer("a.example", "192.0.2.1");
  Resolver resolver = make_resolver();

  const Endpoints first = run(resolver.resolve("a.example", 80, kLong));
  const Endpoints second = run(resolver.resolve("a.example", 443, kLong));

  EXPECT_THAT(first.value(), ElementsAre(tcp::endpoint(asio::ip::make_address("192.0.2.1"), 80)));
  EXPECT_THAT(second.value(), ElementsAre(tcp::endpoint(asio::ip::make_address("192.0.2.1"), 443)));
  EXPECT_EQ(names_->look_ups("a.example"), 1);
}

TEST_F(ResolverTest, StaleAnswerIsServedWhileANewOneIsFetched) {
  names_->answer("a.example", "192.0.2.1");
  Resolver resolver = make_resolver(0s);
  ASSERT_TRUE(run(resolver.resolve("a.example", 80, kLong)));
  names_->answer("a.example", "192.0.2.2");
  names_->hang("a.example");

  const Endpoints stale = run(resolver.resolve("a.example", 80, 0ms));
  names_->release();
  const tcp::endpoint renewed(asio::ip::make_address("192.0.2.2"), 80);

  EXPECT_THAT(stale.value(), ElementsAre(tcp::endpoint(asio::ip::make_address("192.0.2.1"), 80)));
  run_until([&] { return run(resolver.resolve("a.example", 80, kLong)).value().front() == renewed; });
}

TEST_F(ResolverTest, SimultaneousQuestionsAreAskedOnce) {
  names_->answer("a.example", "192.0.2.1");
  names_->hang("a.example");
  Resolver resolver = make_resolver();
  std::optional<Endpoints> first;
  std::optional<Endpoints> second;
  start(resolver.resolve("a.example", 80, kLong), first);
  start(resolver.resolve("a.example", 80, kLong), second);
  run_until([this] { return names_->look_ups("a.example") == 1; });

  names_->release();
  run_until([&] { return first && second; });

  EXPECT_EQ(names_->look_ups("a.example"), 1);
}

TEST_F(ResolverTest, HangingNameDelaysNobodyElse) {
  names_->hang("slow.example");
  names_->answer("quick.example", "192.0.2.1");
  Resolver resolver = make_resolver();
  std::optional<Endpoints> slow;
  start(resolver.resolve("slow.example", 80, 1h), slow);
  run_until([this] { return names_->look_ups("slow.example") == 1; });

  EXPECT_TRUE(run(resolver.resolve("quick.example", 80, kLong)));

  EXPECT_FALSE(slow.has_value());
  names_->release();
  run_until([&slow] { return slow.has_value(); });
  EXPECT_EQ(slow->error().kind, Kind::kResolve);
}

TEST_F(ResolverTest, HangingNameEndsWithTheTimeout) {
  names_->hang("slow.example");
  Resolver resolver = make_resolver();

  EXPECT_EQ(run(resolver.resolve("slow.example", 80, 20ms)).error().kind, Kind::kConnectTimeout);
}

TEST_F(ResolverTest, UnknownNameIsAResolveFailureAndAskedForAgain) {
  Resolver resolver = make_resolver();

  EXPECT_EQ(run(resolver.resolve("a.example", 80, kLong)).error().kind, Kind::kResolve);
  names_->answer("a.example", "192.0.2.1");
  EXPECT_TRUE(run(resolver.resolve("a.example", 80, kLong)));
}

TEST_F(ResolverTest, HangingNameDoesNotHoldUpTheEnd) {
  names_->hang("slow.example");
  {
    Resolver resolver = make_resolver();
    ASSERT_FALSE(run(resolver.resolve("slow.example", 80, 5ms)));
  }

  EXPECT_EQ(names_->look_ups("slow.example"), 1);
}

}  // namespace
}  // namespace balancer
