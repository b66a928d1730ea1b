// One answer that is made once and read by everybody who asked for it: the client that asked first, and those that asked
// the same while it was being made.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/async/asio.hpp"
#include "common/http/response_head.hpp"
#include "gateway/coalescing/answer_buffer.hpp"
#include "gateway/coalescing/replay_budget.hpp"

namespace balancer::gateway {

class AnswerReader;

enum class AnswerForm {
  // Server-sent events, as they come.
  kEvents,
  // One document, there as a whole.
  kDocument,
};

// What the answer was asked for with, as far as signatures do not say it.
struct AskedFor {
  AnswerForm form = AnswerForm::kDocument;
  // The client's max_tokens; 0 for none.
  std::int64_t max_tokens = 0;
};

// Where the answer comes from.
struct AnswerOrigin {
  enum class Source { kProvider, kCache, kOtherGateway };
  Source source = Source::kProvider;
  // Configured name, and the model that it was asked for.
  std::string provider;
  std::string upstream_model;
  // Since it was stored; of kCache.
  std::chrono::milliseconds age{0};
};

enum class AnswerState {
  // Nothing for anybody yet.
  kPending,
  // Its beginning is there, more comes.
  kOpen,
  // All of it is there, as it was meant to end (which may be an error event).
  kWhole,
  // It ends where it should not; nothing more comes.
  kBroken,
  // There is none: an error, for the one who asked first alone.
  kFailed,
};

// Hears, on the maker's executor, what concerns the making of an answer.
class AnswerMaker {
 public:
  virtual ~AnswerMaker() = default;
  // The last reader has left, or the first one has come back.
  virtual void on_readers_changed() = 0;
  // A reader's connection is to end soon: a last word is due.
  virtual void on_asked_to_end() = 0;
};

// Thread-safe, but for what is said to be the maker's own. The mutex is held for a few instructions at a time, and shared
// only when the answer is.
class SharedAnswer : public std::enable_shared_from_this<SharedAnswer> {
 public:
  // What is kept of an answer for readers to come. Longer ones are passed on to those who read them already.
  static constexpr std::size_t kReplayLimit = 4 * 1024 * 1024;
  // A reader that is further behind than this, when the answer is no longer kept whole, is given up.
  static constexpr std::uint64_t kLagLimit = 4 * 1024 * 1024;

  // `budget` outlives the answer; `maker` is where the maker runs.
  SharedAnswer(asio::any_io_executor maker, AskedFor asked_for, ReplayBudget& budget);
  ~SharedAnswer();
  SharedAnswer(const SharedAnswer&) = delete;
  SharedAnswer& operator=(const SharedAnswer&) = delete;

  [[nodiscard]] const AskedFor& asked_for() const { return asked_for_; }
  // Whether one more reader would get it from its beginning. Once a client has it, or is being sent its last bytes, it is
  // an answer of the past: who asks after it was given asks anew.
  [[nodiscard]] bool joinable() const;

  // The maker's own, on its executor. Null when the maker is gone, which must say so.
  void set_maker(AnswerMaker* maker);
  [[nodiscard]] bool made_by(const AnswerMaker* maker) const { return maker_ == maker; }
  void set_origin(AnswerOrigin origin);
  // `head` is for the one who asked first; others get one of their own. Then either of two ways: events, piece by piece,
  // and their end (kWhole or kBroken) ...
  void open_events(const http::ResponseHead& head);
  // True when some reader has taken, or needs not take, all of it already, or nobody reads.
  bool append(std::string_view bytes);
  void end(AnswerState state);
  // ... or all at once.
  void put_document(const http::ResponseHead& head, std::string_view body);
  // There will be no answer.
  void fail(const http::ResponseHead& head, std::string_view error_body);
  // Completes when some reader has taken, or needs not take, all that was appended, or nobody reads. One at a time.
  asio::awaitable<void> wait_until_taken();

  // From now on nobody may join.
  void seal();
  // It is for the one who asked first alone: others are given up.
  void make_private();
  [[nodiscard]] std::size_t reader_count() const;
  // How many others were waiting for its end when it came.
  [[nodiscard]] std::size_t follower_count() const;
  // It is whole, nobody has got it, and somebody who comes could.
  [[nodiscard]] bool awaits_reader() const;
  // Valid once it is kWhole and nothing of it was released; nothing otherwise.
  [[nodiscard]] std::optional<std::string> whole_text() const;

  // Fixed once the state is past kPending.
  [[nodiscard]] AnswerOrigin origin() const;
  [[nodiscard]] AnswerForm form() const;
  [[nodiscard]] http::ResponseHead head() const;

 private:
  friend class AnswerReader;
  using Resumption = asio::async_result<asio::use_awaitable_t<>, void()>::handler_type;

  // These are called with mutex_ held.
  void wake_readers();
  void wake_maker_if_taken();
  void tell_maker(void (AnswerMaker::*news)());
  void set_state(AnswerState state);
  void keep(std::string_view bytes);
  [[nodiscard]] bool taken() const;
  // The leader, if it can be handed bytes here and now, which are the next it needs; else null.
  [[nodiscard]] AnswerReader* open_handed() const;
  void let_go_of_read_bytes();
  void give_up_replay();

  const asio::any_io_executor maker_executor_;
  const AskedFor asked_for_;

  mutable std::mutex mutex_;
  // Changed on the maker's executor alone.
  AnswerMaker* maker_ = nullptr;
  AnswerState state_ = AnswerState::kPending;
  AnswerForm form_ = AnswerForm::kDocument;
  AnswerOrigin origin_;
  http::ResponseHead head_{200};
  AnswerBuffer buffer_;
  ReplayBudget::Share share_;
  // All bytes are there for whoever comes.
  bool replayable_ = true;
  bool sealed_ = false;
  // Some reader has taken all of it; so many are taking the last of it.
  bool was_taken_ = false;
  unsigned last_takers_ = 0;
  std::size_t follower_count_ = 0;
  std::vector<AnswerReader*> readers_;
  std::optional<Resumption> maker_waits_;
};

}  // namespace balancer::gateway
