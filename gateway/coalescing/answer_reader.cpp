#include "gateway/coalescing/answer_reader.hpp"

#include <algorithm>
#include <utility>

namespace balancer::gateway {

AnswerReader::AnswerReader(std::shared_ptr<SharedAnswer> answer, Kind kind) : answer_(std::move(answer)), kind_(kind) {
  const std::lock_guard lock(answer_->mutex_);
  given_up_ = kind != Kind::kLeader && (answer_->sealed_ || !answer_->replayable_);
  answer_->readers_.push_back(this);
  if (kind != Kind::kLeader && answer_->readers_.size() == 1) answer_->tell_maker(&AnswerMaker::on_readers_changed);
}

AnswerReader::~AnswerReader() {
  const std::lock_guard lock(answer_->mutex_);
  std::erase(answer_->readers_, this);
  if (takes_last_) --answer_->last_takers_;
  answer_->let_go_of_read_bytes();
  answer_->wake_maker_if_taken();
  if (answer_->readers_.empty()) answer_->tell_maker(&AnswerMaker::on_readers_changed);
}

asio::awaitable<AnswerReader::Event> AnswerReader::next() {
  bool wait = false;
  {
    const std::lock_guard lock(answer_->mutex_);
    wait = !has_news();
  }
  if (wait) {
    co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(
        [this](SharedAnswer::Resumption resumption) {
          const std::lock_guard lock(answer_->mutex_);
          waits_.emplace(std::move(resumption));
          if (has_news()) resume();
        },
        asio::use_awaitable);
  }
  Event event;
  const std::lock_guard lock(answer_->mutex_);
  woken_ = false;
  seen_ = answer_->state_;
  event.state = answer_->state_;
  event.owes = owes_;
  event.given_up = given_up_;
  if (has_bytes()) event.piece = answer_->buffer_.at(position_);
  co_return event;
}

void AnswerReader::take(std::size_t count) {
  const std::lock_guard lock(answer_->mutex_);
  position_ = std::min(position_ + count, answer_->buffer_.end());
  note_if_taken();
  answer_->let_go_of_read_bytes();
  answer_->wake_maker_if_taken();
}

void AnswerReader::settle() {
  const std::lock_guard lock(answer_->mutex_);
  owes_ = false;
  answer_->wake_maker_if_taken();
}

void AnswerReader::begin_last() {
  const std::lock_guard lock(answer_->mutex_);
  if (!std::exchange(takes_last_, true)) ++answer_->last_takers_;
}

void AnswerReader::take_rest() {
  const std::lock_guard lock(answer_->mutex_);
  position_ = answer_->buffer_.end();
  note_if_taken();
}

void AnswerReader::wake() {
  const std::lock_guard lock(answer_->mutex_);
  woken_ = true;
  if (waits_) resume();
}

void AnswerReader::ask_maker_to_end() {
  const std::lock_guard lock(answer_->mutex_);
  answer_->tell_maker(&AnswerMaker::on_asked_to_end);
}

bool AnswerReader::has_news() const {
  const AnswerState state = answer_->state_;
  if (woken_ || owes_ || given_up_ || state >= AnswerState::kWhole) return true;
  return kind_ != Kind::kFollowerOfTheWhole && (state != seen_ || has_bytes());
}

// Bytes of an answer that has not begun, or of an error, are for nobody but the leader, who asks for them in one piece.
bool AnswerReader::has_bytes() const {
  return kind_ != Kind::kFollowerOfTheWhole && !given_up_ && answer_->state_ != AnswerState::kPending &&
         position_ < answer_->buffer_.end();
}

void AnswerReader::note_if_taken() {
  if (answer_->state_ == AnswerState::kWhole && position_ == answer_->buffer_.end()) answer_->was_taken_ = true;
}

void AnswerReader::resume() {
  asio::post(std::move(*waits_));
  waits_.reset();
}

}  // namespace balancer::gateway
