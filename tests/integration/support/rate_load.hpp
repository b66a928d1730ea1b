// Traffic at a fixed rate in the background of a test: for promises that name a rate, or a latency under one.
//
// Open loop: when a question is to be asked stands fixed beforehand, and its latency counts from then, even if it could
// not be asked at once. So a stall delays all questions that fall into it, as it would those of clients that know
// nothing of each other; a SteadyLoad's clients would just ask less.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace balancer::integration {

struct RateOptions {
  // Of the gateways, which are asked in turn.
  std::vector<std::uint16_t> ports;
  // Questions a second, in all.
  std::size_t rate = 200;
  // A later answer is a failure, and its connection is given up.
  std::chrono::milliseconds client_timeout{5'000};
  // Opened as they are needed and kept; past them questions wait, as they do at a client's own limit.
  std::size_t most_connections = 256;
  std::string model = "claude-test";
};

struct RateFailure {
  // 0 when there was no answer.
  int status = 0;
  std::optional<std::string> retry_after;
  // In words.
  std::string what;
  // From when it was to be asked.
  std::chrono::microseconds after{0};
};

// Questions by the time of their end.
struct RateResult {
  // Failures included.
  std::size_t answer_count = 0;
  // Each that ended in no 200, broke off, or came late.
  std::vector<RateFailure> failures;
  // Of the answers that were no failures; 0 without any.
  std::chrono::microseconds p50{0};
  std::chrono::microseconds p99{0};
  std::chrono::microseconds slowest{0};

  // For failure messages: all figures in one line, and the first failures.
  [[nodiscard]] std::string summary() const;
};

// Runs from construction until stop(), on one thread. Asks for messages by turns whole and as streams; no two questions
// are the same.
class RateLoad {
 public:
  explicit RateLoad(RateOptions options);
  ~RateLoad();
  RateLoad(const RateLoad&) = delete;
  RateLoad& operator=(const RateLoad&) = delete;

  // Returns once so many questions more have ended, in whatever way.
  void wait_for_answers(std::size_t count);
  // What ended since the last take(), or since the start: one call a phase, so that a test can hold the phase with the
  // fault against the one without it.
  RateResult take();
  // Asks no more, waits for what is under way, and returns what ended since the last take().
  RateResult stop();

 private:
  class Run;
  struct Ended {
    std::chrono::microseconds latency;
    std::optional<RateFailure> failure;
  };
  void record(Ended ended);
  [[nodiscard]] bool stopping();

  const RateOptions options_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  // In all.
  std::size_t ended_count_ = 0;
  // Since the last take().
  std::vector<std::chrono::microseconds> latencies_;
  std::vector<RateFailure> failures_;
  std::thread thread_;
};

}  // namespace balancer::integration
