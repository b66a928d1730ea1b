#include "gateway/telemetry/request_record.hpp"

#include <gtest/gtest.h>

#include "tests/unit/gateway/telemetry/records.hpp"

namespace balancer::gateway {
namespace {

using namespace std::chrono_literals;
using enum routing::AttemptOutcome;

TEST(OverheadTest, IsWhatReadingAndTheAttemptLeaveOver) {
  EXPECT_EQ(overhead_of(answered_record()), 150ms);
}

TEST(OverheadTest, EveryAttemptIsSubtracted) {
  RequestRecord record = answered_record();
  record.attempts.push_back(failure_at("second", kTransient));

  EXPECT_EQ(overhead_of(record), 50ms);
}

TEST(OverheadTest, IsNeverBelowNothing) {
  RequestRecord record = answered_record();
  record.attempts.front().duration = 10s;

  EXPECT_EQ(overhead_of(record), 0us);
}

TEST(OverheadTest, AnAnswerThatWasWaitedForHasNone) {
  RequestRecord record = answered_record();
  record.cache = CacheOutcome::kJoin;

  EXPECT_EQ(overhead_of(record), std::nullopt);
}

TEST(OverheadTest, ARequestWithoutAttemptsHasNone) {
  RequestRecord record = answered_record();
  record.attempts.clear();

  EXPECT_EQ(overhead_of(record), std::nullopt);
}

TEST(OverheadTest, ARequestWhoseAnswerIsSharedWithNobodyHasOne) {
  RequestRecord record = answered_record();
  record.cache = CacheOutcome::kBypass;
  EXPECT_EQ(overhead_of(record), 150ms);

  record.cache = std::nullopt;
  EXPECT_EQ(overhead_of(record), 150ms);
}

TEST(IsProbeTest, OnlyTheProbesAre) {
  RequestRecord record;
  for (const char* endpoint : {"messages", "count_tokens", "models", "providers", "reload", "other", ""}) {
    record.endpoint = endpoint;
    EXPECT_FALSE(is_probe(record)) << endpoint;
  }

  record.endpoint = "probes";
  EXPECT_TRUE(is_probe(record));
}

struct Verdict {
  int status;
  routing::AttemptOutcome outcome;
  bool failure;
};

TEST(IsFailureTest, TheClientDidNotGetWhatItAskedForAndNotByItsOwnFault) {
  for (const Verdict& verdict : {
           Verdict{200, kSuccess, false},
           Verdict{200, kAnswering, false},
           // A stream that broke off.
           Verdict{200, kTransient, true},
           Verdict{200, kTimeout, true},
           Verdict{200, kRateLimited, true},
           Verdict{200, kTooLarge, false},
           // The client left in the midst of its stream.
           Verdict{200, kClientGone, false},
           Verdict{499, kClientGone, false},
           // It left while a provider was failing.
           Verdict{499, kTransient, false},
           Verdict{400, kRequestFault, false},
           Verdict{401, kRequestFault, false},
           Verdict{404, kModelMissing, false},
           Verdict{429, kRateLimited, false},
           Verdict{500, kSuccess, true},
           Verdict{500, kTransient, true},
           Verdict{502, kTransient, true},
           Verdict{503, kNotSent, true},
           Verdict{504, kTimeout, true},
           Verdict{529, kRateLimited, true},
       }) {
    RequestRecord record;
    record.status = verdict.status;
    record.outcome = verdict.outcome;

    EXPECT_EQ(is_failure(record), verdict.failure) << verdict.status << " " << to_string(verdict.outcome);
  }
}

}  // namespace
}  // namespace balancer::gateway
