// What stands in for the client's connection while an answer is made for several: everything that is written becomes a
// SharedAnswer.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

#include "common/async/timer_wheel.hpp"
#include "common/http/exchange.hpp"
#include "gateway/coalescing/request_copy.hpp"
#include "gateway/coalescing/shared_answer.hpp"

namespace balancer::gateway {

// Stays on the wheel's thread. "The client is gone" once nobody has read the answer for `linger`, or nobody who comes
// could read it any more.
class AnswerRecorder final : public http::Exchange, private AnswerMaker {
 public:
  // `request` and the wheel outlive the recorder.
  AnswerRecorder(const RequestCopy& request, std::shared_ptr<SharedAnswer> answer, TimerWheel& wheel,
                 std::chrono::milliseconds linger);
  // What was not ended is broken off, what was not begun has failed without a word.
  ~AnswerRecorder() override;
  AnswerRecorder(const AnswerRecorder&) = delete;
  AnswerRecorder& operator=(const AnswerRecorder&) = delete;

  const http::RequestHead& request() const override { return request_.head(); }
  const std::string& request_id() const override { return request_.request_id(); }
  // Has been read: empty.
  asio::awaitable<Result<http::RequestBody>> read_body(std::size_t limit) override;
  // Anything but a 200 is for the one who asked first alone.
  asio::awaitable<bool> respond(const http::ResponseHead& head, std::string_view body) override;
  void begin_stream(const http::ResponseHead& head) override;
  // Completes when the fastest reader has taken `piece`.
  asio::awaitable<bool> write_piece(std::string_view piece) override;
  bool push_piece(std::string_view piece) override;
  asio::awaitable<bool> finish_stream() override;
  bool answered() const override { return progress_.status != 0; }
  // Of its own writing, not of any client's reading: has no times.
  const http::AnswerProgress& progress() const override { return progress_; }
  void watch_client(std::function<void()> on_gone) override;
  void stop_watching() override { on_gone_ = nullptr; }
  bool client_gone() const override { return abandoned_; }

  // The making goes on only while somebody reads: the process shuts down.
  void stop_lingering();
  // Completes when a reader has taken the whole answer, or `linger` has passed since the last one left.
  asio::awaitable<void> keep_for_retry();

 private:
  void on_readers_changed() override;
  void on_asked_to_end() override;
  void abandon();
  void tell_gone();

  const RequestCopy& request_;
  const std::shared_ptr<SharedAnswer> answer_;
  TimerWheel& wheel_;
  std::chrono::milliseconds linger_;
  http::AnswerProgress progress_;
  bool ended_ = false;
  bool abandoned_ = false;
  bool asked_to_end_ = false;
  std::function<void()> on_gone_;
  TimerWheel::Timer linger_timer_;
  // Ended when the answer need not be kept any longer.
  asio::steady_timer kept_;
};

}  // namespace balancer::gateway
