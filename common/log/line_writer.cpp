#include "common/log/line_writer.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <string_view>
#include <utility>

namespace balancer::log {
namespace {

// Lines that leave the queue at once: those are lost to a destination that has stopped for good.
constexpr std::size_t kBatch = 256;
// So many are not kept waiting for more.
constexpr std::size_t kManyLines = LineWriter::kQueueLength / 4;

// Returns what could not be written: what goes wrong while writing a log can only be counted.
std::string_view write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {
      pollfd writable{.fd = descriptor, .events = POLLOUT, .revents = 0};
      ::poll(&writable, 1, /*timeout=*/-1);
    } else if (errno != EINTR) {
      return text;
    }
  }
  return text;
}

}  // namespace

LineWriter::LineWriter(int descriptor, Format format)
    : descriptor_(descriptor), format_(std::move(format)), thread_([this] { run(); }) {}

LineWriter::~LineWriter() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  news_.notify_one();
  thread_.join();
}

bool LineWriter::finish(std::chrono::milliseconds within) {
  std::unique_lock lock(mutex_);
  ending_ = true;
  news_.notify_one();
  return end_.wait_for(lock, within, [this] { return ended_; });
}

void LineWriter::push(std::shared_ptr<const QueuedLine> line) {
  bool wake = false;
  // Freed outside the lock.
  std::shared_ptr<const QueuedLine> dropped;
  {
    const std::lock_guard lock(mutex_);
    if (queue_.size() >= kQueueLength) {
      dropped = std::move(queue_.front());
      queue_.pop_front();
      ++dropped_;
    }
    queue_.push_back(std::move(line));
    wake = std::exchange(idle_, false) || queue_.size() == kManyLines;
  }
  if (wake) news_.notify_one();
}

void LineWriter::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    idle_ = true;
    news_.wait(lock, [this] { return ending_ || !queue_.empty(); });
    idle_ = false;
    news_.wait_for(lock, kGathering, [this] { return ending_ || queue_.size() >= kManyLines; });
    while (!queue_.empty()) {
      const Lines lines = take();
      lock.unlock();
      write(lines);
      lock.lock();
    }
    if (!ending_) continue;
    ended_ = true;
    end_.notify_all();
    return;
  }
}

LineWriter::Lines LineWriter::take() {
  const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(std::min(queue_.size(), kBatch));
  Lines lines(std::make_move_iterator(queue_.begin()), std::make_move_iterator(end));
  queue_.erase(queue_.begin(), end);
  return lines;
}

void LineWriter::write(const Lines& lines) {
  std::string text;
  for (const auto& queued : lines) {
    text += format_(queued->line());
    text += '\n';
  }
  const std::string_view lost = write_all(descriptor_, text);
  dropped_ += static_cast<std::uint64_t>(std::count(lost.begin(), lost.end(), '\n'));
}

}  // namespace balancer::log
