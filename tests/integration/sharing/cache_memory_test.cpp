// However much there is to keep, the cache stays within its bounds, and so does the control plane.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/integration/sharing/control_words.hpp"
#include "tests/integration/sharing/shared_question.hpp"
#include "tests/integration/support/process_usage.hpp"
#include "tests/integration/support/stack.hpp"
#include "tests/integration/support/under_sanitizer.hpp"

namespace balancer::integration {
namespace {

constexpr std::size_t kMebibyte = 1024 * 1024;
constexpr std::size_t kCap = 8 * kMebibyte;

class CacheMemoryTest : public testing::Test {
 protected:
  CacheMemoryTest() { provider_.always(answers(std::string(16 * 1024, 'x'))); }

  [[nodiscard]] std::string config(std::string_view settings) const {
    return config_for({{"only", provider_.base_url()}}, settings);
  }

  // Questions that nobody asked before, from several clients at once; now and then the bounds are looked at.
  void flood(SplitStack& stack, std::size_t questions) {
    constexpr std::size_t kClients = 4;
    std::atomic<std::size_t> next = flooded_;
    flooded_ += questions;
    std::vector<std::future<void>> clients;
    for (std::size_t i = 0; i < kClients; ++i) {
      clients.push_back(std::async(std::launch::async, [&, client = stack.client(i % 2)] {
        fakes::HttpConnection connection = client.connect();
        for (std::size_t number = next++; number < flooded_; number = next++) {
          const std::string body = question(AnswerForm::kDocument, "question " + std::to_string(number));
          ASSERT_EQ(connection.post("/v1/messages", body).status, 200);
        }
      }));
    }
    for (std::future<void>& client : clients) client.get();
  }

  fakes::FakeProvider provider_;
  std::size_t flooded_ = 0;
};

TEST_F(CacheMemoryTest, StaysUnderItsCapInAFloodOfDistinctAnswers) {
  SplitStack stack(config("max_cache_size: 1000000, cache: {max_bytes: " + std::to_string(kCap) + "}"), gateways(2));
  // Filled once: from here on it can only make room.
  flood(stack, 2 * kCap / (16 * 1024));
  const std::size_t filled = resident_bytes(stack.control_plane());

  for (int round = 0; round < 4; ++round) {
    flood(stack, 1000);
    const nlohmann::json stats = cache_stats(stack);
    EXPECT_LE(stats.at("byte_count").get<std::size_t>(), kCap);
    EXPECT_GE(stats.at("byte_count").get<std::size_t>(), kCap / 2);
    EXPECT_EQ(stats.at("byte_limit"), kCap);
  }

  EXPECT_GT(cache_stats(stack).at("evicted_count"), 3000);
  if (kMemoryTells) {
    EXPECT_LE(resident_bytes(stack.control_plane()), filled + 16 * kMebibyte);
  }
}

TEST_F(CacheMemoryTest, HoldsNoMoreEntriesThanItMay) {
  SplitStack stack(config("max_cache_size: 50"), gateways(2));

  flood(stack, 500);

  EXPECT_LE(cache_stats(stack).at("entry_count"), 50);
  EXPECT_GE(cache_stats(stack).at("evicted_count"), 400);
}

}  // namespace
}  // namespace balancer::integration
