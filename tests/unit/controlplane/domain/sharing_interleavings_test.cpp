// Whatever the order of events: every waiter is told exactly once, unless it left, and with what it ought to be told.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "controlplane/domain/shared_responses.hpp"
#include "tests/fakes/fake_clock.hpp"
#include "tests/unit/controlplane/domain/sharing_parties.hpp"

namespace balancer::controlplane {
namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t kSignatures = 3;
constexpr std::size_t kOwners = 3;

ResponseSharing coalescing_alone() {
  ResponseSharing sharing;
  sharing.coalescing = true;
  return sharing;
}

// What ought to happen, in the plainest terms.
struct ExpectedLead {
  std::size_t owner = 0;
  SharedAnswer answer;
  std::set<std::size_t> waiters;
  bool wanted = false;
};

class Interleaving {
 public:
  explicit Interleaving(unsigned seed) : random_(seed) {
    responses_.configure({}, coalescing_alone());
    for (auto& owner : owners_) owner = std::make_shared<RecordingOwner>();
  }

  void step() {
    const std::uint32_t number = pick(kSignatures);
    switch (pick(10)) {
      case 0:
      case 1: return begin(number);
      case 2:
      case 3:
      case 4: return join(number);
      case 5: return leave();
      case 6: return store(number);
      case 7:
      case 8: return end(number);
      default: return abandon();
    }
  }
  void finish() {
    for (std::size_t owner = 0; owner < kOwners; ++owner) abandon(owner);
    for (std::size_t i = 0; i < waiters_.size(); ++i) {
      EXPECT_EQ(waiters_[i]->told_count, left_.contains(i) ? 0 : 1) << "waiter " << i;
      EXPECT_EQ(waiters_[i]->answer, expected_[i]) << "waiter " << i;
    }
    for (std::size_t owner = 0; owner < kOwners; ++owner) {
      EXPECT_EQ(owners_[owner]->wanted, wanted_[owner]) << "owner " << owner;
    }
    EXPECT_EQ(responses_.stats().lead_count, 0);
  }

 private:
  std::uint32_t pick(std::uint32_t count) { return static_cast<std::uint32_t>(random_() % count); }

  void begin(std::uint32_t number) {
    const std::size_t owner = pick(kOwners);
    const SharingOutcome outcome =
        responses_.look_up({.signature = signature(number)}, "model-at-a", owners_[owner]).outcome;
    const auto lead = leads_.find(number);
    if (lead == leads_.end()) {
      EXPECT_EQ(outcome, SharingOutcome::kLead);
      leads_[number].owner = owner;
    } else {
      EXPECT_EQ(outcome, SharingOutcome::kJoin);
    }
  }
  void join(std::uint32_t number) {
    auto waiter = std::make_unique<RecordingWaiter>();
    const bool joined = responses_.join(signature(number), *waiter);
    const auto lead = leads_.find(number);
    ASSERT_EQ(joined, lead != leads_.end());
    if (!joined) {
      EXPECT_EQ(waiter->told_count, 0);
      return;
    }
    const std::size_t index = waiters_.size();
    waiters_.push_back(std::move(waiter));
    numbers_.push_back(number);
    expected_.push_back(lead->second.answer);
    if (lead->second.answer != nullptr) {
      EXPECT_EQ(waiters_.back()->told_count, 1);
      return;
    }
    lead->second.waiters.insert(index);
    if (!std::exchange(lead->second.wanted, true)) wanted_[lead->second.owner].push_back(signature(number));
  }
  void leave() {
    if (waiters_.empty()) return;
    const std::size_t index = pick(static_cast<std::uint32_t>(waiters_.size()));
    const auto lead = leads_.find(numbers_[index]);
    const bool waits = lead != leads_.end() && lead->second.waiters.erase(index) > 0;
    EXPECT_EQ(responses_.leave(signature(numbers_[index]), *waiters_[index]), waits);
    if (waits) left_.insert(index);
  }
  void store(std::uint32_t number) {
    const SharedAnswer answer = answer_of("a");
    responses_.store(signature(number), answer, /*cacheable=*/true);
    const auto lead = leads_.find(number);
    if (lead == leads_.end()) return;
    lead->second.answer = answer;
    for (const std::size_t waiter : std::exchange(lead->second.waiters, {})) expected_[waiter] = answer;
  }
  void end(std::uint32_t number) {
    const std::size_t owner = pick(kOwners);
    responses_.end_lead({.signature = signature(number)}, *owners_[owner]);
    if (const auto lead = leads_.find(number); lead != leads_.end() && lead->second.owner == owner) leads_.erase(lead);
  }
  void abandon() { abandon(pick(kOwners)); }
  void abandon(std::size_t owner) {
    responses_.abandon(*owners_[owner]);
    std::erase_if(leads_, [&](const auto& lead) { return lead.second.owner == owner; });
  }

  std::mt19937 random_;
  FakeClock clock_;
  SharedResponses responses_{clock_};
  std::array<std::shared_ptr<RecordingOwner>, kOwners> owners_;
  std::vector<std::unique_ptr<RecordingWaiter>> waiters_;

  std::map<std::uint32_t, ExpectedLead> leads_;
  // One a waiter each.
  std::vector<std::uint32_t> numbers_;
  std::vector<SharedAnswer> expected_;
  std::set<std::size_t> left_;
  std::array<std::vector<RequestSignature>, kOwners> wanted_;
};

TEST(SharingInterleavingsTest, EveryWaiterIsToldExactlyOnceWhateverTheOrder) {
  for (unsigned seed = 1; seed <= 1'000; ++seed) {
    SCOPED_TRACE(seed);
    Interleaving interleaving(seed);

    for (int i = 0; i < 60; ++i) interleaving.step();

    interleaving.finish();
    if (testing::Test::HasFailure()) return;
  }
}

class CountingOwner final : public LeadOwner {
 public:
  void on_wanted(const RequestSignature&) override { ++wanted_count; }

  std::atomic<int> wanted_count = 0;
};

// Waited for by one thread, told by any.
class CountingWaiter final : public AnswerWaiter {
 public:
  void on_answer(const SharedAnswer& answer) override {
    if (answer != nullptr && answer->provider != "a") ++wrong_count;
    ++told_count;
    told_count.notify_all();
  }
  void wait_until_told() const { told_count.wait(0); }

  std::atomic<int> told_count = 0;
  std::atomic<int> wrong_count = 0;
};

TEST(SharingInterleavingsTest, ThreadsThatLeadJoinStoreAndLeaveLoseNobody) {
  constexpr int kThreads = 4;
  constexpr int kRounds = 5'000;
  FakeClock clock;
  SharedResponses responses(clock);
  ResponseSharing sharing = coalescing_alone();
  sharing.caching = true;
  responses.configure({.max_entries = 2, .max_bytes = 1 << 20, .time_to_live = 5ms}, sharing);
  std::atomic<int> trouble = 0;
  // One a thread. They outlive all threads: who tells a waiter may still do so when that waits no longer.
  std::array<std::deque<CountingWaiter>, kThreads> waiters;
  std::vector<std::thread> threads;

  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      std::mt19937 random(static_cast<unsigned>(t));
      auto owner = std::make_shared<CountingOwner>();
      for (int round = 0; round < kRounds; ++round) {
        const RequestSignature asked = signature(static_cast<std::uint32_t>(random() % kSignatures));
        const Sharing sharing = responses.look_up({.signature = asked}, "model-at-a", owner);
        const SharingOutcome outcome = sharing.outcome;
        if (outcome == SharingOutcome::kHit) {
          if (!sharing.found || sharing.found->answer->provider != "a") ++trouble;
          const auto fetched = responses.fetch(asked);
          if (fetched && fetched->answer->provider != "a") ++trouble;
        } else if (outcome == SharingOutcome::kJoin) {
          CountingWaiter& waiter = waiters[static_cast<std::size_t>(t)].emplace_back();
          if (!responses.join(asked, waiter)) continue;
          const bool left = random() % 2 == 0 && responses.leave(asked, waiter);
          if (!left) waiter.wait_until_told();
          if (waiter.told_count != (left ? 0 : 1) || waiter.wrong_count != 0) ++trouble;
        } else if (outcome == SharingOutcome::kLead) {
          if (random() % 4 == 0) std::this_thread::yield();
          if (random() % 2 == 0) responses.store(asked, answer_of("a"), random() % 2 == 0);
          if (random() % 4 == 0) {
            responses.abandon(*owner);
          } else {
            responses.end_lead({.signature = asked}, *owner);
          }
        }
        if (round % 50 == 0) clock.advance(1ms);
        if (round % 500 == 0) responses.flush();
      }
      responses.abandon(*owner);
    });
  }
  for (std::thread& thread : threads) thread.join();

  EXPECT_EQ(trouble, 0);
  EXPECT_EQ(responses.stats().lead_count, 0);
}

}  // namespace
}  // namespace balancer::controlplane
