#include "deploy/standalone/in_process_response_client.hpp"

#include <boost/asio/detached.hpp>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "tests/unit/controlplane/domain/sharing_parties.hpp"
#include "tests/unit/deploy/standalone/in_process_fixture.hpp"

namespace balancer::standalone {
namespace {

using namespace std::chrono_literals;
using controlplane::RecordingOwner;
using controlplane::RecordingWaiter;
using controlplane::SharedAnswer;
using controlplane::SharingOutcome;
using controlplane::answer_of;
using controlplane::sample_config;
using controlplane::signature;

// What goes over the channel in spite of all.
class RecordingChannel final : public gateway::ResponseClient {
 public:
  asio::awaitable<Result<FoundAnswer>> fetch(RequestSignature) override {
    ++other_call_count;
    co_return Error{};
  }
  asio::awaitable<Result<FoundAnswer>> join(RequestSignature signature, std::chrono::milliseconds limit,
                                            std::function<void(std::function<void()>)> on_started) override {
    joined.push_back(signature);
    limits.push_back(limit);
    on_started([this] { ++cancel_count; });
    co_return FoundAnswer{answer_of("joined")};
  }
  asio::awaitable<Result<void>> store(RequestSignature, StoredAnswer, bool) override {
    ++other_call_count;
    co_return Error{};
  }

  std::vector<RequestSignature> joined;
  std::vector<std::chrono::milliseconds> limits;
  int cancel_count = 0;
  int other_call_count = 0;
};

class InProcessResponseClientTest : public InProcessFixture {
 protected:
  static controlplane::Config cached_by_all() {
    controlplane::Config config = shared_by_all(sample_config({"a"}));
    config.cache.max_entries = 100;
    return config;
  }
  ~InProcessResponseClientTest() override { EXPECT_EQ(channel_.other_call_count, 0); }

  controlplane::SharedResponses& responses() { return control_plane_->responses(); }
  Result<FoundAnswer> fetch(std::uint32_t number = 1) { return io_.spawn(client_.fetch(signature(number))).get(); }
  Result<void> store(StoredAnswer answer, bool cacheable = true) {
    return io_.spawn(client_.store(signature(1), std::move(answer), cacheable)).get();
  }

  RecordingChannel channel_;
  InProcessResponseClient client_{serve(cached_by_all()).responses(), channel_};
  gateway::IoThread io_;
};

TEST_F(InProcessResponseClientTest, FetchesWhatTheControlPlaneHasWithoutACopy) {
  const SharedAnswer answer = answer_of("a");
  responses().store(signature(1), answer, /*cacheable=*/true);

  const Result<FoundAnswer> fetched = fetch();

  ASSERT_TRUE(fetched) << fetched.error().message;
  EXPECT_EQ(fetched->answer, answer);
  EXPECT_GE(fetched->age, 0ms);
}

TEST_F(InProcessResponseClientTest, SaysThatThereIsNoSuchAnswer) {
  EXPECT_EQ(fetch().error().code, ErrorCode::kNotFound);
}

TEST_F(InProcessResponseClientTest, NeitherFetchingNorStoringSuspendsTheCaller) {
  bool done = false;
  const auto store_and_fetch = [&]() -> asio::awaitable<void> {
    StoredAnswer answer = *answer_of("a");
    (void)co_await client_.store(signature(1), std::move(answer), true);
    (void)co_await client_.fetch(signature(1));
    done = true;
  };

  asio::io_context context;
  asio::co_spawn(context, store_and_fetch, asio::detached);
  // The start of the coroutine, and nothing else.
  context.run_one();

  EXPECT_TRUE(done);
}

TEST_F(InProcessResponseClientTest, WhatIsStoredIsAHitForEverybody) {
  ASSERT_TRUE(store(*answer_of("a")));

  Served gateway(*control_plane_);
  const routing::RoutingDecision decision = gateway.decide(request(signature(1)), snapshot());

  const auto& elsewhere = std::get<routing::AnswerElsewhere>(decision);
  EXPECT_EQ(elsewhere.where, routing::AnswerElsewhere::Where::kCached);
  ASSERT_TRUE(elsewhere.found);
  EXPECT_EQ(elsewhere.found->answer->message, answer_of("a")->message);
  EXPECT_EQ(elsewhere.found->answer, fetch()->answer) << "no copy is made";
}

TEST_F(InProcessResponseClientTest, TheLongestAnswerComesWithTheDecisionToo) {
  StoredAnswer longest = *answer_of("a");
  longest.message.assign(kMaxStoredMessageBytes, 'x');
  ASSERT_TRUE(store(longest));

  Served gateway(*control_plane_);
  const routing::RoutingDecision decision = gateway.decide(request(signature(1)), snapshot());

  const auto& found = std::get<routing::AnswerElsewhere>(decision).found;
  ASSERT_TRUE(found);
  EXPECT_EQ(found->answer->message, longest.message);
  EXPECT_EQ(responses().stats().fetch_count, 0);
}

TEST_F(InProcessResponseClientTest, WhatMayNotBeKeptIsForThoseWhoWait) {
  const auto owner = std::make_shared<RecordingOwner>();
  ASSERT_EQ(responses().look_up({.signature = signature(1)}, "model-at-a", owner).outcome, SharingOutcome::kLead);
  RecordingWaiter waiter;
  ASSERT_TRUE(responses().join(signature(1), waiter));

  ASSERT_TRUE(store(*answer_of("a"), /*cacheable=*/false));

  ASSERT_NE(waiter.answer, nullptr);
  EXPECT_EQ(waiter.answer->message, answer_of("a")->message);
  EXPECT_EQ(fetch().error().code, ErrorCode::kNotFound);
}

TEST_F(InProcessResponseClientTest, TakesNoMoreRoomInTheCacheThanTheAnswerIsLong) {
  StoredAnswer answer = *answer_of("a");
  const std::uint64_t cost = controlplane::ResponseCache::cost(answer);
  answer.message.reserve(100'000);

  ASSERT_TRUE(store(std::move(answer)));

  EXPECT_EQ(static_cast<std::uint64_t>(responses().stats().byte_count), cost);
}

TEST_F(InProcessResponseClientTest, RefusesWhatTheControlPlaneWouldRefuseOverTheChannel) {
  for (const auto& spoil : std::vector<std::function<void(StoredAnswer&)>>{
           [](StoredAnswer& bad) { bad.message.clear(); },
           [](StoredAnswer& bad) { bad.message.assign(kMaxStoredMessageBytes + 1, 'x'); },
           [](StoredAnswer& bad) { bad.input_token_count = -1; },
           [](StoredAnswer& bad) { bad.output_token_count = -1; },
           [](StoredAnswer& bad) { bad.upstream_model = "claude\xff"; }}) {
    StoredAnswer bad = *answer_of("a");
    spoil(bad);
    EXPECT_FALSE(store(std::move(bad)));
  }
  EXPECT_EQ(responses().stats().stored_count, 0);
}

TEST_F(InProcessResponseClientTest, BringsCountsIntoBounds) {
  StoredAnswer boundless = *answer_of("a");
  boundless.input_token_count = boundless.output_token_count = std::numeric_limits<std::int64_t>::max();

  ASSERT_TRUE(store(std::move(boundless)));

  EXPECT_EQ(fetch()->answer->input_token_count, kMaxTokenCount);
  EXPECT_EQ(fetch()->answer->output_token_count, kMaxTokenCount);
}

TEST_F(InProcessResponseClientTest, AnAnswerUnderWayIsWaitedForOverTheChannel) {
  std::function<void()> cancel;
  std::function<void(std::function<void()>)> on_started = [&](std::function<void()> given) { cancel = std::move(given); };

  const Result<FoundAnswer> joined = io_.spawn(client_.join(signature(7), 30s, std::move(on_started))).get();
  cancel();

  ASSERT_TRUE(joined);
  EXPECT_EQ(joined->answer->provider, "joined");
  EXPECT_THAT(channel_.joined, testing::ElementsAre(signature(7)));
  EXPECT_THAT(channel_.limits, testing::ElementsAre(30s));
  EXPECT_EQ(channel_.cancel_count, 1);
}

}  // namespace
}  // namespace balancer::standalone
