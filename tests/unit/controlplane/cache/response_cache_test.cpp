#include "controlplane/cache/response_cache.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace balancer::controlplane {
namespace {

using namespace std::chrono_literals;

RequestSignature signature(std::uint32_t number) {
  RequestSignature signature;
  std::memcpy(signature.digest.data(), &number, sizeof number);
  return signature;
}

SharedAnswer answer_of(std::size_t byte_count, char letter = 'x') {
  return std::make_shared<StoredAnswer>(StoredAnswer{.message = std::string(byte_count, letter),
                                                     .provider = "a",
                                                     .upstream_model = "model-at-a",
                                                     .input_token_count = 1,
                                                     .output_token_count = 1});
}

class ResponseCacheTest : public testing::Test {
 protected:
  void configure(std::uint32_t max_entries, std::uint64_t max_bytes = 1 << 20, std::chrono::milliseconds ttl = 60s) {
    cache_.configure({.max_entries = max_entries, .max_bytes = max_bytes, .time_to_live = ttl}, now_);
  }
  void store(std::uint32_t number, std::size_t byte_count = 100, char letter = 'x') {
    cache_.store(signature(number), answer_of(byte_count, letter), now_);
  }
  // As a request that takes what it finds.
  bool hit(std::uint32_t number) {
    if (cache_.find(signature(number), now_) == nullptr) return false;
    cache_.refresh(signature(number));
    return true;
  }
  bool holds(std::uint32_t number) { return cache_.find(signature(number), now_) != nullptr; }

  Clock::TimePoint now_{std::chrono::hours(1)};
  ResponseCache cache_;
};

TEST_F(ResponseCacheTest, HoldsNothingUntilItIsConfigured) {
  store(1);

  EXPECT_FALSE(holds(1));
  EXPECT_EQ(cache_.byte_count(), 0u);
}

TEST_F(ResponseCacheTest, FindsWhatWasStoredAndWhen) {
  configure(10);
  const SharedAnswer answer = answer_of(100);
  cache_.store(signature(1), answer, now_);
  const Clock::TimePoint stored_at = now_;
  now_ += 5s;

  const ResponseCache::Hit* const hit = cache_.find(signature(1), now_);

  ASSERT_NE(hit, nullptr);
  EXPECT_EQ(hit->answer, answer);
  EXPECT_EQ(hit->stored_at, stored_at);
  EXPECT_FALSE(holds(2));
}

TEST_F(ResponseCacheTest, SignaturesThatDifferInTheirLastByteAreTwo) {
  configure(10);
  RequestSignature other = signature(1);
  other.digest.back() = 1;
  store(1);

  EXPECT_EQ(cache_.find(other, now_), nullptr);
}

TEST_F(ResponseCacheTest, TheLeastRecentlyUsedMakesRoom) {
  configure(3);
  for (const std::uint32_t number : {1, 2, 3}) store(number);
  EXPECT_TRUE(hit(1));

  store(4);

  EXPECT_TRUE(holds(1));
  EXPECT_FALSE(holds(2));
  EXPECT_TRUE(holds(3));
  EXPECT_TRUE(holds(4));
  EXPECT_EQ(cache_.counts().evicted, 1);
}

TEST_F(ResponseCacheTest, FindingAloneIsNoUse) {
  configure(2);
  store(1);
  store(2);
  EXPECT_TRUE(holds(1));

  store(3);

  EXPECT_FALSE(holds(1));
}

TEST_F(ResponseCacheTest, AnAnswerIsFreshUntilItsTimeIsOver) {
  configure(10, 1 << 20, 60s);
  store(1);

  now_ += 60s - 1ns;
  EXPECT_TRUE(holds(1));
  now_ += 1ns;
  EXPECT_FALSE(holds(1));

  EXPECT_EQ(cache_.counts().expired, 1);
  EXPECT_EQ(cache_.entry_count(), 0u);
}

TEST_F(ResponseCacheTest, UseDoesNotMakeAnAnswerYounger) {
  configure(10, 1 << 20, 60s);
  store(1);

  for (int i = 0; i < 6; ++i, now_ += 10s) EXPECT_TRUE(hit(1)) << i;

  EXPECT_FALSE(hit(1));
}

TEST_F(ResponseCacheTest, WhatIsTooOldGoesBeforeAnythingFresh) {
  configure(3, 1 << 20, 60s);
  store(1);
  now_ += 30s;
  store(2);
  store(3);
  EXPECT_TRUE(hit(1)) << "used last";
  now_ += 30s;

  store(4);

  EXPECT_FALSE(holds(1));
  for (const std::uint32_t number : {2, 3, 4}) EXPECT_TRUE(holds(number)) << number;
  EXPECT_EQ(cache_.counts().evicted, 0);
  EXPECT_EQ(cache_.counts().expired, 1);
}

TEST_F(ResponseCacheTest, ANewAnswerOfTheSameSignatureReplacesTheOldOne) {
  configure(2, 1 << 20, 60s);
  store(1, 100, 'a');
  store(2);
  now_ += 30s;

  store(1, 50, 'b');

  EXPECT_EQ(cache_.entry_count(), 2u);
  EXPECT_EQ(cache_.find(signature(1), now_)->answer->message, std::string(50, 'b'));
  EXPECT_EQ(cache_.byte_count(), ResponseCache::cost(*answer_of(50)) + ResponseCache::cost(*answer_of(100)));
  EXPECT_EQ(cache_.counts().evicted, 0);
  now_ += 30s;
  EXPECT_TRUE(holds(1)) << "its age is that of the new one";
  EXPECT_FALSE(holds(2));
}

TEST_F(ResponseCacheTest, WhatAloneIsTooMuchIsNotStored) {
  const std::uint64_t limit = ResponseCache::cost(*answer_of(1'000));
  configure(10, limit);
  store(1);

  store(2, 1'001);
  EXPECT_TRUE(holds(1)) << "nothing made room for it";
  EXPECT_FALSE(holds(2));
  store(3, 1'000);

  EXPECT_TRUE(holds(3));
  EXPECT_FALSE(holds(1));
  EXPECT_EQ(cache_.byte_count(), limit);
}

TEST_F(ResponseCacheTest, AnAnswerThatIsTooMuchEndsTheOneThatItReplaces) {
  configure(10, ResponseCache::cost(*answer_of(1'000)));
  store(1, 100);

  store(1, 1'001);

  EXPECT_FALSE(holds(1));
}

TEST_F(ResponseCacheTest, CountsTheTextsAndMoreThanTheTexts) {
  EXPECT_GE(ResponseCache::cost(*answer_of(10'000)), 10'000 + ResponseCache::kEntryOverhead);
}

TEST_F(ResponseCacheTest, SmallerBoundsForgetTheLeastRecentlyUsed) {
  configure(10);
  for (std::uint32_t number = 0; number < 10; ++number) store(number);
  EXPECT_TRUE(hit(0));

  configure(3);
  EXPECT_EQ(cache_.entry_count(), 3u);
  for (const std::uint32_t number : {0, 8, 9}) EXPECT_TRUE(holds(number)) << number;
  configure(3, 2 * ResponseCache::cost(*answer_of(100)));
  EXPECT_EQ(cache_.entry_count(), 2u);
  configure(0);

  EXPECT_EQ(cache_.entry_count(), 0u);
  EXPECT_EQ(cache_.byte_count(), 0u);
  EXPECT_EQ(cache_.counts().flushed, 10);
  store(1);
  EXPECT_FALSE(holds(1));
}

TEST_F(ResponseCacheTest, ATimeToLiveThatChangesHoldsForWhatIsThere) {
  configure(10, 1 << 20, 60s);
  store(1);
  now_ += 30s;
  store(2);

  configure(10, 1 << 20, 20s);
  EXPECT_EQ(cache_.entry_count(), 1u);
  EXPECT_TRUE(holds(2));
  configure(10, 1 << 20, 100s);
  now_ += 99s;

  EXPECT_TRUE(holds(2));
}

TEST_F(ResponseCacheTest, ForgetsAllAtOnce) {
  configure(10);
  store(1);
  store(2);

  EXPECT_EQ(cache_.clear(), 2);

  EXPECT_FALSE(holds(1));
  EXPECT_EQ(cache_.byte_count(), 0u);
  EXPECT_EQ(cache_.clear(), 0);
  store(1);
  EXPECT_TRUE(holds(1));
}

TEST_F(ResponseCacheTest, AFloodOfDistinctAnswersStaysUnderTheCap) {
  constexpr std::uint64_t kCap = 200'000;
  configure(100, kCap);
  std::mt19937 random(1);

  for (std::uint32_t number = 0; number < 100'000; ++number) {
    store(number, random() % 20'000);
    ASSERT_LE(cache_.byte_count(), kCap);
    ASSERT_LE(cache_.entry_count(), 100u);
  }

  EXPECT_EQ(cache_.counts().stored, 100'000);
  EXPECT_EQ(cache_.counts().evicted + static_cast<std::int64_t>(cache_.entry_count()), 100'000);
}

TEST_F(ResponseCacheTest, AFloodOfSmallAnswersIsBoundByTheirOverhead) {
  configure(1'000'000, 1 << 20);

  for (std::uint32_t number = 0; number < 20'000; ++number) store(number, 1);

  EXPECT_LE(cache_.entry_count(), (1u << 20) / ResponseCache::kEntryOverhead);
}

// The plainest possible cache: a list in the order of use.
class PlainCache {
 public:
  PlainCache(std::size_t max_entries, std::uint64_t max_bytes, Clock::TimePoint::duration time_to_live)
      : max_entries_(max_entries), max_bytes_(max_bytes), time_to_live_(time_to_live) {}

  bool hit(std::uint32_t number, Clock::TimePoint now) {
    drop_expired(now);
    const auto found = find(number);
    if (found == entries_.end()) return false;
    std::rotate(entries_.begin(), found, found + 1);
    return true;
  }
  void store(std::uint32_t number, std::uint64_t cost, Clock::TimePoint now) {
    drop_expired(now);
    if (const auto found = find(number); found != entries_.end()) entries_.erase(found);
    if (cost > max_bytes_) return;
    entries_.insert(entries_.begin(), {number, cost, now});
    while (entries_.size() > max_entries_ || byte_count() > max_bytes_) entries_.pop_back();
  }
  [[nodiscard]] std::uint64_t byte_count() const {
    std::uint64_t sum = 0;
    for (const Entry& entry : entries_) sum += entry.cost;
    return sum;
  }

 private:
  struct Entry {
    std::uint32_t number;
    std::uint64_t cost;
    Clock::TimePoint stored_at;
  };
  std::vector<Entry>::iterator find(std::uint32_t number) {
    return std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) { return entry.number == number; });
  }
  void drop_expired(Clock::TimePoint now) {
    std::erase_if(entries_, [&](const Entry& entry) { return now - entry.stored_at >= time_to_live_; });
  }

  const std::size_t max_entries_;
  const std::uint64_t max_bytes_;
  const Clock::TimePoint::duration time_to_live_;
  std::vector<Entry> entries_;
};

TEST_F(ResponseCacheTest, DoesWhatThePlainestCacheWouldDo) {
  constexpr std::uint64_t kMaxBytes = 30'000;
  configure(20, kMaxBytes, 60s);
  PlainCache plain(20, kMaxBytes, 60s);
  std::mt19937 random(1);

  for (int step = 0; step < 50'000; ++step) {
    const std::uint32_t number = random() % 40;
    if (random() % 3 == 0) {
      const std::size_t byte_count = random() % 50 == 0 ? kMaxBytes : random() % 3'000;
      const SharedAnswer answer = answer_of(byte_count);
      cache_.store(signature(number), answer, now_);
      plain.store(number, ResponseCache::cost(*answer), now_);
    } else {
      ASSERT_EQ(hit(number), plain.hit(number, now_)) << step;
    }
    cache_.sweep(now_);
    plain.hit(1'000, now_);
    ASSERT_EQ(cache_.byte_count(), plain.byte_count()) << step;
    now_ += std::chrono::milliseconds(random() % 2'000);
  }
}

}  // namespace
}  // namespace balancer::controlplane
