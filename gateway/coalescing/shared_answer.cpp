#include "gateway/coalescing/shared_answer.hpp"

#include <algorithm>
#include <utility>

#include "gateway/coalescing/answer_reader.hpp"

namespace balancer::gateway {

SharedAnswer::SharedAnswer(asio::any_io_executor maker, AskedFor asked_for, ReplayBudget& budget)
    : maker_executor_(std::move(maker)), asked_for_(asked_for), share_(budget) {}

SharedAnswer::~SharedAnswer() = default;

bool SharedAnswer::joinable() const {
  const std::lock_guard lock(mutex_);
  const bool given = was_taken_ || last_takers_ > 0;
  return !sealed_ && replayable_ && !given && state_ != AnswerState::kFailed && state_ != AnswerState::kBroken;
}

void SharedAnswer::set_maker(AnswerMaker* maker) {
  const std::lock_guard lock(mutex_);
  maker_ = maker;
}

void SharedAnswer::set_origin(AnswerOrigin origin) {
  const std::lock_guard lock(mutex_);
  origin_ = std::move(origin);
}

void SharedAnswer::open_events(const http::ResponseHead& head) {
  const std::lock_guard lock(mutex_);
  head_ = head;
  form_ = AnswerForm::kEvents;
  set_state(AnswerState::kOpen);
}

bool SharedAnswer::append(std::string_view bytes) {
  AnswerReader* leader = nullptr;
  {
    const std::lock_guard lock(mutex_);
    leader = open_handed();
    keep(bytes);
    if (leader != nullptr) leader->position_ = buffer_.end();
    let_go_of_read_bytes();
    wake_readers();
    if (leader == nullptr) return taken();
  }
  // The leader is of this thread, so that it stays meanwhile.
  if (leader->hand_over_(bytes)) return true;
  const std::lock_guard lock(mutex_);
  leader->owes_ = true;
  leader->resume();
  return taken();
}

AnswerReader* SharedAnswer::open_handed() const {
  if (state_ != AnswerState::kOpen) return nullptr;
  const auto ready = std::find_if(readers_.begin(), readers_.end(), [&](const AnswerReader* reader) {
    return reader->hand_over_ && reader->waits_ && !reader->has_news() && reader->position_ == buffer_.end();
  });
  return ready != readers_.end() ? *ready : nullptr;
}

void SharedAnswer::end(AnswerState state) {
  const std::lock_guard lock(mutex_);
  set_state(state);
}

void SharedAnswer::put_document(const http::ResponseHead& head, std::string_view body) {
  const std::lock_guard lock(mutex_);
  head_ = head;
  form_ = AnswerForm::kDocument;
  keep(body);
  set_state(AnswerState::kWhole);
}

void SharedAnswer::fail(const http::ResponseHead& head, std::string_view error_body) {
  const std::lock_guard lock(mutex_);
  head_ = head;
  form_ = AnswerForm::kDocument;
  keep(error_body);
  set_state(AnswerState::kFailed);
}

void SharedAnswer::set_state(AnswerState state) {
  state_ = state;
  if (state == AnswerState::kWhole) {
    const auto served = std::count_if(readers_.begin(), readers_.end(), [](const AnswerReader* reader) {
      return reader->kind_ != AnswerReader::Kind::kLeader && !reader->given_up_;
    });
    follower_count_ = static_cast<std::size_t>(served);
  }
  wake_readers();
}

void SharedAnswer::keep(std::string_view bytes) {
  buffer_.append(bytes);
  const bool affordable = share_.resize(buffer_.held());
  if (replayable_ && (!affordable || buffer_.held() > kReplayLimit)) give_up_replay();
}

// Whoever needs all of it in one piece cannot be served any more.
void SharedAnswer::give_up_replay() {
  replayable_ = false;
  for (AnswerReader* const reader : readers_) {
    if (reader->kind_ == AnswerReader::Kind::kFollowerOfTheWhole) reader->given_up_ = true;
  }
}

void SharedAnswer::let_go_of_read_bytes() {
  if (replayable_) return;
  std::uint64_t fastest = 0;
  for (const AnswerReader* const reader : readers_) fastest = std::max(fastest, reader->position_);
  std::uint64_t slowest = buffer_.end();
  for (AnswerReader* const reader : readers_) {
    // The fastest one is waited for: it cannot be late.
    if (reader->position_ < fastest && buffer_.end() - reader->position_ > kLagLimit) reader->given_up_ = true;
    if (!reader->given_up_) slowest = std::min(slowest, reader->position_);
  }
  buffer_.release_before(slowest);
  share_.resize(buffer_.held());
}

bool SharedAnswer::taken() const {
  const auto in_use = [](const AnswerReader* reader) { return !reader->given_up_; };
  if (std::none_of(readers_.begin(), readers_.end(), in_use)) return true;
  return std::any_of(readers_.begin(), readers_.end(), [&](const AnswerReader* reader) {
    if (reader->given_up_ || reader->owes_) return false;
    return reader->kind_ == AnswerReader::Kind::kFollowerOfTheWhole || reader->position_ == buffer_.end();
  });
}

asio::awaitable<void> SharedAnswer::wait_until_taken() {
  {
    const std::lock_guard lock(mutex_);
    if (taken()) co_return;
  }
  co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(
      [this](Resumption resumption) {
        const std::lock_guard lock(mutex_);
        maker_waits_.emplace(std::move(resumption));
        wake_maker_if_taken();
      },
      asio::use_awaitable);
}

void SharedAnswer::wake_maker_if_taken() {
  if (!maker_waits_ || !taken()) return;
  asio::post(std::move(*maker_waits_));
  maker_waits_.reset();
}

void SharedAnswer::tell_maker(void (AnswerMaker::*news)()) {
  if (maker_ == nullptr) return;
  asio::post(maker_executor_, [self = shared_from_this(), news] {
    if (self->maker_ != nullptr) (self->maker_->*news)();
  });
}

void SharedAnswer::seal() {
  const std::lock_guard lock(mutex_);
  sealed_ = true;
}

void SharedAnswer::make_private() {
  const std::lock_guard lock(mutex_);
  sealed_ = true;
  for (AnswerReader* const reader : readers_) {
    if (reader->kind_ != AnswerReader::Kind::kLeader) reader->given_up_ = true;
  }
  wake_readers();
}

std::size_t SharedAnswer::reader_count() const {
  const std::lock_guard lock(mutex_);
  return readers_.size();
}

std::size_t SharedAnswer::follower_count() const {
  const std::lock_guard lock(mutex_);
  return follower_count_;
}

bool SharedAnswer::awaits_reader() const {
  const std::lock_guard lock(mutex_);
  return state_ == AnswerState::kWhole && !sealed_ && replayable_ && !was_taken_;
}

std::optional<std::string> SharedAnswer::whole_text() const {
  const std::lock_guard lock(mutex_);
  if (state_ != AnswerState::kWhole || buffer_.begin() != 0) return std::nullopt;
  return buffer_.text();
}

AnswerOrigin SharedAnswer::origin() const {
  const std::lock_guard lock(mutex_);
  return origin_;
}

AnswerForm SharedAnswer::form() const {
  const std::lock_guard lock(mutex_);
  return form_;
}

http::ResponseHead SharedAnswer::head() const {
  const std::lock_guard lock(mutex_);
  return head_;
}

void SharedAnswer::wake_readers() {
  for (AnswerReader* const reader : readers_) {
    if (reader->waits_ && reader->has_news()) reader->resume();
  }
}

}  // namespace balancer::gateway
