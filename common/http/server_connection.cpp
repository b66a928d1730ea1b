#include "common/http/server_connection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "common/error/http_error.hpp"
#include "common/http/date_header.hpp"
#include "common/http/request_check.hpp"
#include "common/http/request_id.hpp"
#include "common/log/log.hpp"

namespace balancer::http {
namespace {

constexpr std::size_t kInitialBuffer = 16 * 1024;
constexpr std::size_t kFirstChunkedRoom = 64 * 1024;
constexpr std::chrono::milliseconds kLinger{1'000};
constexpr std::string_view kHeadEnd = "\r\n\r\n";

Error body_too_large() {
  return {ErrorCode::kRequestTooLarge, "Request exceeds the maximum allowed number of bytes.", {}};
}

Error body_timeout() {
  return {ErrorCode::kRequestTimeout, "gateway: the request body stopped arriving", {}};
}

Error body_cut() { return {ErrorCode::kInvalidRequest, "gateway: the request body was cut short", {}}; }

}  // namespace

ServerConnection::ServerConnection(asio::ip::tcp::socket socket, TimerWheel& wheel, const ServerLimits& limits,
                                   const ExchangeServer& server)
    : socket_(std::move(socket)),
      limits_(limits),
      server_(server),
      timer_(wheel,
             [this] {
               timed_out_ = true;
               boost::system::error_code ignored;
               socket_.cancel(ignored);
             }),
      buffer_(kInitialBuffer) {}

asio::awaitable<void> ServerConnection::run() {
  boost::system::error_code ignored;
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  socket_.non_blocking(true, ignored);
  bool idle = true;
  while (!closing_) {
    const Result<std::size_t> head_size = co_await receive_head();
    idle = head_size && *head_size == 0;
    if (idle) break;
    in_exchange_ = true;
    answered_ = stream_open_ = false;
    body_state_ = BodyState::kNone;
    head_ = {};
    request_id_ = make_request_id();
    if (!head_size) {
      co_await answer_error(head_size.error());
      break;
    }
    head_size_ = *head_size;
    co_await serve_request();
    in_exchange_ = false;
    if (close_after_answer_ || client_gone_) break;
    discard_front(head_size_);
  }
  in_exchange_ = false;
  timer_.disarm();
  // Where nothing is on its way to the client, nothing can be lost.
  if (!idle) co_await linger();
  socket_.close(ignored);
}

asio::awaitable<void> ServerConnection::serve_request() {
  // Chunk framing is received behind the head, which must not move once it is parsed.
  const std::size_t framing_room = 2 * limits_.chunk_overhead_bytes;
  if (buffer_.size() < head_size_ + framing_room) buffer_.resize(head_size_ + framing_room);
  parser_.emplace(limits_);
  Result<RequestHead> head = parser_->parse_head({buffer_.data(), head_size_});
  if (!head) {
    close_after_answer_ = true;
    co_await answer_error(head.error());
    co_return;
  }
  head_ = std::move(*head);
  close_after_answer_ = !head_.keep_alive || closing_;
  const bool has_body = head_.chunked || head_.content_length.value_or(0) > 0;
  body_state_ = has_body ? BodyState::kUnread : BodyState::kNone;

  try {
    co_await server_(*this);
  } catch (const std::exception& exception) {
    log::error("request failed by a bug", {{"request_id", request_id_}, {"what", std::string_view(exception.what())}});
    close_after_answer_ = true;
  }
  stop_watching();
  if (!answered_) {
    const Error internal{ErrorCode::kInternal, "gateway: internal error", {}};
    co_await answer_error(internal);
  }
  if (stream_open_) close_after_answer_ = true;
  if (body_state_ == BodyState::kUnread || body_state_ == BodyState::kFailed) close_after_answer_ = true;
}

asio::awaitable<Result<std::size_t>> ServerConnection::receive_head() {
  timed_out_ = false;
  bool started = false;
  std::size_t searched = 0;
  timer_.arm_after(limits_.keep_alive_timeout);
  while (true) {
    if (filled_ > 0 && !started) {
      started = true;
      timer_.arm_after(limits_.head_timeout);
    }
    const std::string_view received(buffer_.data(), filled_);
    const std::size_t from = searched > kHeadEnd.size() ? searched - kHeadEnd.size() : 0;
    const std::size_t end = received.find(kHeadEnd, from);
    if (end != std::string_view::npos && end + kHeadEnd.size() <= limits_.head_bytes) {
      timer_.disarm();
      co_return end + kHeadEnd.size();
    }
    if (filled_ >= limits_.head_bytes) {
      timer_.disarm();
      co_return Error{ErrorCode::kHeadersTooLarge, "request header fields are too large", {}};
    }
    if (const auto error = check_partial_head(received, searched)) {
      timer_.disarm();
      co_return *error;
    }
    searched = filled_;
    if (filled_ == buffer_.size()) buffer_.resize(std::min(limits_.head_bytes, buffer_.size() * 2));
    if (co_await receive_more()) continue;
    timer_.disarm();
    if (timed_out_ && started) {
      co_return Error{ErrorCode::kRequestTimeout, "gateway: the request head did not arrive in time", {}};
    }
    co_return std::size_t{0};
  }
}

asio::awaitable<bool> ServerConnection::receive_more() {
  if (timed_out_) co_return false;
  const auto [error, count] = co_await socket_.async_read_some(
      asio::buffer(buffer_.data() + filled_, buffer_.size() - filled_), kAwaitTuple);
  filled_ += count;
  co_return !error;
}

asio::awaitable<Result<RequestBody>> ServerConnection::read_body(std::size_t limit) {
  if (body_state_ == BodyState::kNone) co_return RequestBody();
  body_state_ = BodyState::kFailed;
  if (head_.content_length && *head_.content_length > limit) co_return body_too_large();
  const bool nothing_arrived = filled_ == head_size_;
  if (head_.expects_continue && nothing_arrived && !co_await send_continue()) co_return body_cut();

  timed_out_ = false;
  if (head_.chunked) {
    Result<RequestBody> body = co_await read_chunked_body(limit);
    if (body) body_state_ = BodyState::kRead;
    timer_.disarm();
    co_return body;
  }
  Result<RequestBody> body = co_await read_sized_body(*head_.content_length);
  if (body) body_state_ = BodyState::kRead;
  timer_.disarm();
  co_return body;
}

asio::awaitable<Result<RequestBody>> ServerConnection::read_sized_body(std::uint64_t length) {
  RequestBody body;
  body.reserve(length);
  const std::size_t buffered = std::min<std::size_t>(filled_ - head_size_, length);
  body.append({buffer_.data() + head_size_, buffered});
  // What follows the body stays for the next request.
  std::copy(buffer_.data() + head_size_ + buffered, buffer_.data() + filled_, buffer_.data() + head_size_);
  filled_ -= buffered;
  while (body.size() < length) {
    timer_.arm_after(limits_.body_idle_timeout);
    const std::span<char> room = body.free_room();
    const auto [error, count] =
        co_await socket_.async_read_some(asio::buffer(room.data(), room.size()), kAwaitTuple);
    body.commit(count);
    if (error) {
      if (timed_out_) co_return body_timeout();
      client_gone_ = true;
      co_return body_cut();
    }
  }
  co_return body;
}

asio::awaitable<Result<RequestBody>> ServerConnection::read_chunked_body(std::size_t limit) {
  RequestBody body;
  body.reserve(std::min(limit, kFirstChunkedRoom));
  while (true) {
    const std::string_view pending(buffer_.data() + head_size_, filled_ - head_size_);
    const auto progress = parser_->parse_chunks(pending, body, limit);
    if (!progress) co_return progress.error();
    std::copy(buffer_.data() + head_size_ + progress->consumed, buffer_.data() + filled_,
              buffer_.data() + head_size_);
    filled_ -= progress->consumed;
    if (progress->complete) co_return body;
    // Chunk framing that fills the buffer without ending is not worth more memory.
    if (filled_ == buffer_.size()) {
      co_return Error{ErrorCode::kInvalidRequest, "chunk extension or trailer is too large", {}};
    }
    timer_.arm_after(limits_.body_idle_timeout);
    if (!co_await receive_more()) {
      if (timed_out_) co_return body_timeout();
      client_gone_ = true;
      co_return body_cut();
    }
  }
}

asio::awaitable<bool> ServerConnection::send_continue() {
  constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  std::vector<asio::const_buffer> buffers{asio::buffer(kContinue)};
  co_return co_await send(std::move(buffers));
}

asio::awaitable<void> ServerConnection::answer_error(const Error& error) {
  ResponseHead head(http_form(error.code).status);
  head.add("content-type", "application/json");
  head.add("request-id", request_id_);
  head.add("x-request-id", request_id_);
  close_after_answer_ = true;
  const std::string body = shared_error_body(error, request_id_);
  co_await respond(head, body);
}

std::string ServerConnection::framed_head(const ResponseHead& head, std::string_view framing) {
  std::string bytes = status_line(head.status());
  bytes.reserve(bytes.size() + head.field_lines().size() + framing.size() + 80);
  bytes += "date: ";
  bytes += current_http_date();
  bytes += "\r\n";
  bytes += head.field_lines();
  bytes += framing;
  if (close_after_answer_ || closing_) {
    bytes += "connection: close\r\n";
  } else if (head_.version < 11) {
    bytes += "connection: keep-alive\r\n";
  }
  bytes += "\r\n";
  return bytes;
}

asio::awaitable<bool> ServerConnection::respond(const ResponseHead& head, std::string_view body) {
  answered_ = true;
  if (closing_ || body_state_ == BodyState::kUnread || body_state_ == BodyState::kFailed) close_after_answer_ = true;
  const bool bodiless = head.status() == 204 || head.status() == 304;
  const std::string bytes =
      framed_head(head, bodiless ? std::string() : fmt::format("content-length: {}\r\n", body.size()));
  std::vector<asio::const_buffer> buffers{asio::buffer(bytes)};
  if (!bodiless && head_.method != "HEAD") buffers.push_back(asio::buffer(body));
  co_return co_await send(std::move(buffers));
}

void ServerConnection::begin_stream(const ResponseHead& head) {
  answered_ = true;
  stream_open_ = true;
  stream_chunked_ = head_.version >= 11;
  // HTTP/1.0 knows no chunks: the stream ends with the connection.
  if (!stream_chunked_) close_after_answer_ = true;
  unsent_ = framed_head(head, stream_chunked_ ? "transfer-encoding: chunked\r\n" : "");
}

asio::awaitable<bool> ServerConnection::write_piece(std::string_view piece) {
  const std::string unsent = std::exchange(unsent_, {});
  if (piece.empty() && unsent.empty()) co_return !client_gone_;
  std::vector<asio::const_buffer> buffers;
  buffers.reserve(4);
  if (!unsent.empty()) buffers.push_back(asio::buffer(unsent));
  if (piece.empty() || !stream_chunked_) {
    if (!piece.empty()) buffers.push_back(asio::buffer(piece));
    co_return co_await send(std::move(buffers));
  }
  char size_line[20];
  const auto end = fmt::format_to_n(size_line, sizeof size_line, "{:x}\r\n", piece.size()).out;
  buffers.push_back(asio::buffer(size_line, static_cast<std::size_t>(end - size_line)));
  buffers.push_back(asio::buffer(piece));
  buffers.push_back(asio::buffer("\r\n", 2));
  co_return co_await send(std::move(buffers));
}

void ServerConnection::push_piece(std::string_view piece) {
  if (client_gone_ || piece.empty()) return;
  if (stream_chunked_) fmt::format_to(std::back_inserter(unsent_), "{:x}\r\n", piece.size());
  unsent_ += piece;
  if (stream_chunked_) unsent_ += "\r\n";
  boost::system::error_code error;
  unsent_.erase(0, socket_.write_some(asio::buffer(unsent_), error));
}

asio::awaitable<bool> ServerConnection::finish_stream() {
  const std::string unsent = std::exchange(unsent_, {});
  std::vector<asio::const_buffer> buffers;
  if (!unsent.empty()) buffers.push_back(asio::buffer(unsent));
  constexpr std::string_view kLastChunk = "0\r\n\r\n";
  if (stream_chunked_) buffers.push_back(asio::buffer(kLastChunk));
  const bool sent = buffers.empty() || co_await send(std::move(buffers));
  if (sent) stream_open_ = false;
  co_return sent;
}

asio::awaitable<bool> ServerConnection::send(std::vector<asio::const_buffer> buffers) {
  std::size_t first = 0;
  if (client_gone_) co_return false;
  timed_out_ = false;
  while (first < buffers.size()) {
    const std::span<const asio::const_buffer> rest(buffers.data() + first, buffers.size() - first);
    boost::system::error_code error;
    // Nearly always taken at once; waiting is for clients slower than the provider.
    std::size_t count = socket_.write_some(rest, error);
    if (error == asio::error::would_block) {
      timer_.arm_after(limits_.write_stall_timeout);
      std::tie(error) = co_await socket_.async_wait(asio::socket_base::wait_write, kAwaitTuple);
      timer_.disarm();
      count = 0;
    }
    if (error) {
      client_gone_ = true;
      close_after_answer_ = true;
      co_return false;
    }
    while (count > 0) {
      const std::size_t taken = std::min(count, buffers[first].size());
      buffers[first] += taken;
      count -= taken;
      if (buffers[first].size() == 0) ++first;
    }
    while (first < buffers.size() && buffers[first].size() == 0) ++first;
  }
  co_return true;
}

void ServerConnection::watch_client(std::function<void()> on_gone) {
  on_gone_ = std::move(on_gone);
  ++watch_generation_;
  wait_for_client_event();
}

void ServerConnection::wait_for_client_event() {
  socket_.async_wait(asio::socket_base::wait_read, [self = shared_from_this(), generation = watch_generation_](
                                                       boost::system::error_code wait_error) {
    if (generation != self->watch_generation_ || !self->on_gone_ || wait_error) return;
    // Bytes of a pipelined request are kept; when no room is left for more, the client is no longer watched.
    if (self->filled_ == self->buffer_.size()) return;
    boost::system::error_code error;
    const std::size_t count = self->socket_.read_some(
        asio::buffer(self->buffer_.data() + self->filled_, self->buffer_.size() - self->filled_), error);
    if (error && error != asio::error::would_block) {
      self->client_gone_ = true;
      std::exchange(self->on_gone_, nullptr)();
      return;
    }
    self->filled_ += count;
    self->wait_for_client_event();
  });
}

void ServerConnection::stop_watching() {
  if (!on_gone_) return;
  on_gone_ = nullptr;
  ++watch_generation_;
  boost::system::error_code ignored;
  socket_.cancel(ignored);
}

void ServerConnection::discard_front(std::size_t count) {
  std::copy(buffer_.data() + count, buffer_.data() + filled_, buffer_.data());
  filled_ -= count;
}

void ServerConnection::close_gently() {
  closing_ = true;
  if (!in_exchange_) {
    boost::system::error_code ignored;
    socket_.cancel(ignored);
  }
}

void ServerConnection::end_exchange() {
  close_gently();
  if (on_gone_) std::exchange(on_gone_, nullptr)();
}

void ServerConnection::close_hard() {
  closing_ = true;
  client_gone_ = true;
  boost::system::error_code ignored;
  socket_.close(ignored);
  if (on_gone_) std::exchange(on_gone_, nullptr)();
}

asio::awaitable<void> ServerConnection::linger() {
  boost::system::error_code ignored;
  if (!client_gone_ && socket_.is_open()) {
    socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    // Closing with unread bytes would reset the connection and take the answer with it.
    timed_out_ = false;
    timer_.arm_after(kLinger);
    for (std::size_t drained = 0; drained < limits_.drain_bytes;) {
      const auto [error, count] = co_await socket_.async_read_some(asio::buffer(buffer_), kAwaitTuple);
      if (error) break;
      drained += count;
    }
    timer_.disarm();
  }
}

}  // namespace balancer::http
