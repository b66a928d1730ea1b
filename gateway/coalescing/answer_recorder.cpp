#include "gateway/coalescing/answer_recorder.hpp"

#include <utility>

namespace balancer::gateway {

AnswerRecorder::AnswerRecorder(const RequestCopy& request, std::shared_ptr<SharedAnswer> answer, TimerWheel& wheel,
                               std::chrono::milliseconds linger)
    : request_(request),
      answer_(std::move(answer)),
      wheel_(wheel),
      linger_(linger),
      linger_timer_(wheel, [this] { abandon(); }),
      kept_(wheel.context(), asio::steady_timer::time_point::max()) {
  answer_->set_maker(this);
  // Whoever asked may have left before this began.
  on_readers_changed();
}

AnswerRecorder::~AnswerRecorder() {
  answer_->set_maker(nullptr);
  if (ended_) return;
  if (answered()) {
    answer_->end(AnswerState::kBroken);
  } else {
    answer_->fail(http::ResponseHead(500), {});
  }
}

asio::awaitable<Result<http::RequestBody>> AnswerRecorder::read_body(std::size_t) { co_return http::RequestBody(); }

asio::awaitable<bool> AnswerRecorder::respond(const http::ResponseHead& head, std::string_view body) {
  progress_.status = head.status();
  ended_ = true;
  if (head.status() == 200 && !abandoned_) {
    answer_->put_document(head, body);
  } else {
    answer_->fail(head, body);
  }
  co_return !abandoned_;
}

void AnswerRecorder::begin_stream(const http::ResponseHead& head) {
  progress_.status = head.status();
  // What is compressed can be neither read nor ended by us.
  if (head.status() != 200 || !head.find("content-encoding").empty()) answer_->make_private();
  answer_->open_events(head);
}

asio::awaitable<bool> AnswerRecorder::write_piece(std::string_view piece) {
  if (abandoned_) co_return false;
  if (!answer_->append(piece)) co_await answer_->wait_until_taken();
  co_return !abandoned_;
}

bool AnswerRecorder::push_piece(std::string_view piece) {
  answer_->append(piece);
  return true;
}

asio::awaitable<bool> AnswerRecorder::finish_stream() {
  if (!std::exchange(ended_, true)) answer_->end(AnswerState::kWhole);
  co_return !abandoned_;
}

void AnswerRecorder::watch_client(std::function<void()> on_gone) {
  on_gone_ = std::move(on_gone);
  if (abandoned_ || asked_to_end_) tell_gone();
}

// Not at once: the watcher may be half made.
void AnswerRecorder::tell_gone() {
  asio::post(wheel_.context(), [answer = answer_, this] {
    // The recorder lives as long as it is the answer's maker.
    if (answer->made_by(this) && on_gone_) std::exchange(on_gone_, nullptr)();
  });
}

void AnswerRecorder::stop_lingering() {
  linger_ = std::chrono::milliseconds(0);
  on_readers_changed();
}

asio::awaitable<void> AnswerRecorder::keep_for_retry() {
  while (!abandoned_ && answer_->awaits_reader()) {
    co_await kept_.async_wait(kAwaitTuple);
  }
}

void AnswerRecorder::on_readers_changed() {
  if (abandoned_) return;
  kept_.cancel();
  if (answer_->reader_count() > 0) {
    linger_timer_.disarm();
  } else if (linger_.count() == 0 || !answer_->joinable()) {
    abandon();
  } else if (!linger_timer_.armed()) {
    linger_timer_.arm_after(linger_);
  }
}

void AnswerRecorder::on_asked_to_end() {
  asked_to_end_ = true;
  if (on_gone_) std::exchange(on_gone_, nullptr)();
}

void AnswerRecorder::abandon() {
  abandoned_ = true;
  linger_timer_.disarm();
  answer_->seal();
  kept_.cancel();
  if (on_gone_) std::exchange(on_gone_, nullptr)();
}

}  // namespace balancer::gateway
