// One client's way through a shared answer, at its own pace.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "common/async/asio.hpp"
#include "gateway/coalescing/shared_answer.hpp"

namespace balancer::gateway {

// Stays on one thread. Joins the answer's readers when made, leaves them when destroyed.
class AnswerReader {
 public:
  enum class Kind {
    // The one who asked first.
    kLeader,
    // Asked the same, and takes the bytes as they come.
    kFollower,
    // Asked the same, and can use nothing but the whole. Never holds up the making.
    kFollowerOfTheWhole,
  };

  struct Event {
    AnswerState state = AnswerState::kPending;
    // The next bytes, if any; take() says how many of them were used. They stay as long as this.
    AnswerBuffer::Piece piece;
    // Bytes that were handed over are still to be sent.
    bool owes = false;
    // It will never get the rest: it was too far behind, or the answer is not for others.
    bool given_up = false;
  };

  AnswerReader(std::shared_ptr<SharedAnswer> answer, Kind kind);
  ~AnswerReader();
  AnswerReader(const AnswerReader&) = delete;
  AnswerReader& operator=(const AnswerReader&) = delete;

  // For the leader, whose thread is the maker's: while it waits and has all that came before, bytes are handed to
  // `hand_over` as they come, in place of waking it (a third of the cost of an event that comes alone). False from it means
  // that some of them are still to be sent: next() completes then, and settle() says that they have been.
  void take_at_once(std::function<bool(std::string_view)> hand_over) { hand_over_ = std::move(hand_over); }
  void settle();

  // Completes when there are bytes to take, the state is another one than at the last time, or wake() was called; at the end,
  // at once. For a follower of the whole: at the end alone. One at a time.
  asio::awaitable<Event> next();
  void take(std::size_t count);
  // The client is about to be sent the last of it. Taken back by the reader's end, unless all was taken.
  void begin_last();
  // All that is there was used.
  void take_rest();
  // Ends the wait, or the next one.
  void wake();

  // Tells the maker that this reader's connection is to end soon.
  void ask_maker_to_end();

  [[nodiscard]] const SharedAnswer& answer() const { return *answer_; }

 private:
  friend class SharedAnswer;

  // These are called with the answer's mutex held.
  [[nodiscard]] bool has_news() const;
  [[nodiscard]] bool has_bytes() const;
  void note_if_taken();
  void resume();

  const std::shared_ptr<SharedAnswer> answer_;
  const Kind kind_;
  std::function<bool(std::string_view)> hand_over_;

  // Guarded by the answer's mutex.
  std::uint64_t position_ = 0;
  AnswerState seen_ = AnswerState::kPending;
  bool woken_ = false;
  bool given_up_ = false;
  bool takes_last_ = false;
  bool owes_ = false;
  std::optional<SharedAnswer::Resumption> waits_;
};

}  // namespace balancer::gateway
