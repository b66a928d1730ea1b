// Steady traffic in the background of a test: what an event must not disturb.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/fakes/http_connection.hpp"

namespace balancer::integration {

struct LoadOptions {
  // Of the gateways; the clients are dealt out to them in turn.
  std::vector<std::uint16_t> ports;
  std::size_t clients = 8;
  // From one client's answer to its next question.
  std::chrono::milliseconds pause{10};
  // A later answer is a failure.
  std::chrono::milliseconds client_timeout{5'000};
};

struct LoadResult {
  std::size_t answer_count = 0;
  // Each answer that was no 200, broke off, or came late, in words.
  std::vector<std::string> failures;
  std::chrono::milliseconds slowest{0};
};

// Runs from construction until stop(). Each client keeps its connection, as real ones do, and asks for a message by
// turns whole and as a stream. No two questions are the same.
class SteadyLoad {
 public:
  explicit SteadyLoad(LoadOptions options);
  ~SteadyLoad();
  SteadyLoad(const SteadyLoad&) = delete;
  SteadyLoad& operator=(const SteadyLoad&) = delete;

  // Returns once so many answers to questions asked after this call have come, or have failed to come.
  void wait_for_answers(std::size_t count);
  LoadResult stop();

 private:
  void run_client(std::uint16_t port);
  void record(std::string failure, std::chrono::steady_clock::duration took);
  // False once stopped.
  bool pause();

  const LoadOptions options_;
  std::atomic<std::size_t> question_count_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  LoadResult result_;
  std::vector<std::thread> clients_;
};

}  // namespace balancer::integration
