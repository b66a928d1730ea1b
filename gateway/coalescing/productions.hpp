// The answers that one I/O thread is making, apart from the connections of those who asked.
#pragma once

#include <functional>
#include <list>

#include "common/async/task_group.hpp"
#include "common/signature/request_signature.hpp"
#include "gateway/coalescing/answer_recorder.hpp"

namespace balancer::gateway {

// Stays on its executor's thread.
class Productions {
 public:
  Productions(asio::any_io_executor executor, TaskGroup::OnException on_exception)
      : tasks_(std::move(executor), std::move(on_exception)) {}

  // One answer in the making, from construction to destruction; belongs to the task that makes it.
  class Entry {
   public:
    // The references outlive the entry.
    Entry(Productions& productions, const RequestSignature& signature, AnswerRecorder& recorder);
    ~Entry();
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;

    // Another gateway waits for the answer.
    [[nodiscard]] bool wanted() const { return wanted_; }

   private:
    friend class Productions;
    Productions& productions_;
    const RequestSignature signature_;
    AnswerRecorder& recorder_;
    bool wanted_ = false;
    std::list<Entry*>::iterator place_;
  };

  void spawn(asio::awaitable<void> task) { tasks_.spawn(std::move(task)); }
  void mark_wanted(const RequestSignature& signature);
  // From now on nothing is made that nobody reads.
  void stop_lingering();
  // Completes when none is left.
  asio::awaitable<void> join() { return tasks_.join(); }

 private:
  TaskGroup tasks_;
  std::list<Entry*> entries_;
  bool lingers_ = true;
};

}  // namespace balancer::gateway
