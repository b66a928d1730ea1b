#include "controlplane/domain/attempt_ledger.hpp"

#include <gtest/gtest.h>

namespace balancer::controlplane {
namespace {

using namespace std::chrono_literals;

constexpr Clock::TimePoint kStart{1h};

class AttemptLedgerTest : public testing::Test {
 protected:
  void take(ProbeId id, std::string provider, std::string model, Clock::TimePoint at) {
    ledger_.take_probe({.id = id, .provider = std::move(provider), .upstream_model = std::move(model), .taken_at = at});
  }

  AttemptLedger ledger_;
};

TEST_F(AttemptLedgerTest, CountsWhatIsUnderWay) {
  ledger_.begin("a");
  ledger_.begin("a");

  EXPECT_TRUE(ledger_.end("a"));
  EXPECT_TRUE(ledger_.end("a"));
  EXPECT_FALSE(ledger_.end("a"));
  EXPECT_FALSE(ledger_.end("b"));
  EXPECT_TRUE(ledger_.in_flight().empty());
}

TEST_F(AttemptLedgerTest, FindsAProbeByProviderAndModel) {
  take(1, "a", "opus", kStart);
  take(2, "a", "sonnet", kStart);

  EXPECT_EQ(ledger_.find_probe("a", "opus", kStart), 1u);
  EXPECT_EQ(ledger_.find_probe("a", "sonnet", kStart), 2u);
  EXPECT_EQ(ledger_.find_probe("a", "haiku", kStart), kNoProbe);
  EXPECT_EQ(ledger_.find_probe("b", "opus", kStart), kNoProbe);
}

TEST_F(AttemptLedgerTest, FindsTheNewestProbeWhenTheModelIsNotKnown) {
  take(1, "a", "opus", kStart);
  take(2, "a", "sonnet", kStart + 1s);

  EXPECT_EQ(ledger_.find_probe("a", "", kStart + 1s), 2u);
}

TEST_F(AttemptLedgerTest, TellsAFormerProbeFromThePresentOneByWhenItBegan) {
  take(1, "a", "opus", kStart);
  take(2, "a", "opus", kStart + 60s);

  EXPECT_EQ(ledger_.find_probe("a", "opus", kStart + 1ms), 1u);
  EXPECT_EQ(ledger_.find_probe("a", "opus", kStart + 60s), 2u);
}

TEST_F(AttemptLedgerTest, FindsAProbeEvenIfItSeemsToHaveBegunBeforeItWasTaken) {
  take(1, "a", "opus", kStart);

  EXPECT_EQ(ledger_.find_probe("a", "opus", kStart - 1ms), 1u);
}

TEST_F(AttemptLedgerTest, ForgetsAProbeThatIsOver) {
  take(1, "a", "opus", kStart);
  take(2, "a", "opus", kStart + 60s);

  ledger_.end_probe(1);

  EXPECT_EQ(ledger_.find_probe("a", "opus", kStart), 2u);
  EXPECT_EQ(ledger_.probes().size(), 1u);
}

}  // namespace
}  // namespace balancer::controlplane
