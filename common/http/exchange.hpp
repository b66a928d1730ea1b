// One request and its answer, as an endpoint sees them.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "common/async/asio.hpp"
#include "common/error/error.hpp"
#include "common/http/request_body.hpp"
#include "common/http/request_head.hpp"
#include "common/http/response_head.hpp"

namespace balancer::http {

// What the client was sent so far.
struct AnswerProgress {
  // 0 until an answer was begun.
  int status = 0;
  // When the system was given the first byte of it.
  std::optional<std::chrono::steady_clock::time_point> first_byte_time;
};

// Stays on one thread. The answer is either one respond(), or begin_stream(), any number of write_piece() and one
// finish_stream(). A write that returns false means that the client is gone: nothing more will reach it.
class Exchange {
 public:
  virtual ~Exchange() = default;

  [[nodiscard]] virtual const RequestHead& request() const = 0;
  [[nodiscard]] virtual const std::string& request_id() const = 0;

  // The whole body. Refuses more than `limit` bytes with kRequestTooLarge, before reading when the length is
  // declared; a body that stalls with kRequestTimeout. The connection is closed after the answer to a failure.
  virtual asio::awaitable<Result<RequestBody>> read_body(std::size_t limit) = 0;

  // Head and body in one go; `body` must live until completion. For HEAD requests the body is only measured.
  virtual asio::awaitable<bool> respond(const ResponseHead& head, std::string_view body) = 0;

  // The head leaves together with the first piece.
  virtual void begin_stream(const ResponseHead& head) = 0;
  // Completes when the system has taken all of `piece`: the caller's reading pauses while the client is slow.
  virtual asio::awaitable<bool> write_piece(std::string_view piece) = 0;
  // Without waiting: sends as much of `piece` as the system takes at once; the rest leaves with the next write, and false
  // says that there is some. Only while no write is pending.
  virtual bool push_piece(std::string_view piece) = 0;
  virtual asio::awaitable<bool> finish_stream() = 0;

  // True once begin_stream() or respond() was called.
  [[nodiscard]] virtual bool answered() const = 0;
  [[nodiscard]] virtual const AnswerProgress& progress() const = 0;

  // Calls `on_gone` once if the client closes or resets its connection, until stop_watching(). Must be stopped
  // before the exchange ends.
  virtual void watch_client(std::function<void()> on_gone) = 0;
  virtual void stop_watching() = 0;
  [[nodiscard]] virtual bool client_gone() const = 0;
};

// Serves one request. What it leaves unanswered is answered 500; what it throws is logged as a bug.
using ExchangeServer = std::function<asio::awaitable<void>(Exchange&)>;

}  // namespace balancer::http
