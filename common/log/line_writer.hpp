// One destination of the log: a bounded queue, and a thread of its own that formats and writes what is in it.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "common/log/queued_line.hpp"

namespace balancer::log {

// Thread-safe.
class LineWriter {
 public:
  // More lines than that do not wait: the oldest are dropped.
  static constexpr std::size_t kQueueLength = 8192;
  // A line waits so long for others to be written with: one wake-up and one system call for all of them.
  static constexpr std::chrono::milliseconds kGathering{5};

  // A line without its end; called on the thread.
  using Format = std::function<std::string(const Line&)>;
  // `descriptor` must outlive this.
  LineWriter(int descriptor, Format format);
  // Writes out what is queued.
  ~LineWriter();
  LineWriter(const LineWriter&) = delete;
  LineWriter& operator=(const LineWriter&) = delete;

  void push(std::shared_ptr<const QueuedLine> line);
  // To be called when nobody pushes any more. False if what is queued is not written within that time: the destination
  // takes nothing, and the destructor would wait until it does.
  [[nodiscard]] bool finish(std::chrono::milliseconds within);
  // Lines that were pushed out of a full queue, or that the destination did not take, like a full disk.
  [[nodiscard]] std::uint64_t dropped_count() const { return dropped_; }

 private:
  using Lines = std::vector<std::shared_ptr<const QueuedLine>>;

  void run();
  // The oldest that wait, a bounded number of them; with mutex_ held.
  [[nodiscard]] Lines take();
  void write(const Lines& lines);

  const int descriptor_;
  const Format format_;
  std::atomic<std::uint64_t> dropped_{0};
  std::mutex mutex_;
  std::condition_variable news_;
  std::deque<std::shared_ptr<const QueuedLine>> queue_;
  // The thread waits for a first line.
  bool idle_ = false;
  bool ending_ = false;
  bool ended_ = false;
  std::condition_variable end_;
  std::thread thread_;
};

}  // namespace balancer::log
