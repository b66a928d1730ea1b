#include "common/http/server_connection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "common/error/http_error.hpp"
#include "common/http/date_header.hpp"
#include "common/http/request_id.hpp"
#include "common/log/log.hpp"
#include "common/log/rare_notice.hpp"
#include "common/tls/server_identity.hpp"

namespace balancer::http {
namespace {

// A client that leaves within it is noticed at its end. Waiting for a client to leave costs two operations and a system
// call (3 of a short exchange's 40 us).
constexpr std::chrono::milliseconds kWatchDelay{4};

void note_tls_in_clear() {
  static log::RareNotice notice;
  if (const auto count = notice.happened(std::chrono::steady_clock::now())) {
    log::warn("a client speaks TLS to a listener for plain HTTP: its URL must begin with http://", {{"times", *count}});
  }
}

Error body_too_large() {
  return {ErrorCode::kRequestTooLarge, "Request exceeds the maximum allowed number of bytes.", {}};
}

}  // namespace

ServerConnection::ServerConnection(asio::ip::tcp::socket socket, TimerWheel& wheel, const ServerLimits& limits,
                                   const ExchangeServer& server, const tls::ServerIdentity* tls)
    : limits_(limits),
      server_(server),
      tls_(tls),
      socket_(std::move(socket), wheel, limits.write_stall_timeout),
      reader_(socket_, limits_),
      watch_delay_(wheel, [this] { wait_for_client_event(); }) {}

asio::awaitable<void> ServerConnection::run() {
  bool secure = true;
  if (tls_ != nullptr) secure = co_await socket_.start_tls(*tls_, limits_.head_timeout);
  if (secure) {
    co_await serve_requests();
  } else if (!closing_) {
    // The client can read why.
    co_await socket_.linger(limits_.drain_bytes);
  }
  socket_.close();
}

asio::awaitable<void> ServerConnection::serve_requests() {
  bool idle = true;
  while (!closing_) {
    Result<std::optional<RequestHead>> head = co_await reader_.receive_head();
    idle = head && !*head;
    if (idle) break;
    in_exchange_ = true;
    progress_ = {};
    stream_open_ = false;
    body_state_ = BodyState::kNone;
    request_id_ = make_request_id();
    if (!head) {
      if (tls_ == nullptr && reader_.met_tls()) note_tls_in_clear();
      head_ = {};
      co_await answer_error(head.error());
      break;
    }
    head_ = std::move(**head);
    co_await serve_request();
    in_exchange_ = false;
    if (close_after_answer_ || client_gone_) break;
    reader_.finish();
  }
  in_exchange_ = false;
  if (client_gone_) co_return;
  // Where nothing is on its way to the client, nothing can be lost.
  if (idle) {
    socket_.say_goodbye();
  } else {
    co_await socket_.linger(limits_.drain_bytes);
  }
}

asio::awaitable<void> ServerConnection::serve_request() {
  close_after_answer_ = !head_.keep_alive || !limits_.keep_alive || closing_;
  const bool has_body = head_.chunked || head_.content_length.value_or(0) > 0;
  body_state_ = has_body ? BodyState::kUnread : BodyState::kNone;

  try {
    co_await server_(*this);
  } catch (const std::exception& exception) {
    log::error("request failed by a bug", {{"request_id", request_id_}, {"what", std::string_view(exception.what())}});
    close_after_answer_ = true;
  }
  stop_watching();
  if (!answered()) {
    const Error internal{ErrorCode::kInternal, "gateway: internal error", {}};
    co_await answer_error(internal);
  }
  if (stream_open_ || body_is_unread()) close_after_answer_ = true;
}

asio::awaitable<Result<RequestBody>> ServerConnection::read_body(std::size_t limit) {
  if (body_state_ == BodyState::kNone) co_return RequestBody();
  body_state_ = BodyState::kUnread;
  if (head_.content_length && *head_.content_length > limit) co_return body_too_large();
  if (head_.expects_continue && reader_.nothing_behind_head()) co_await send_continue();

  Result<RequestBody> body;
  if (!head_.chunked) {
    if (auto arrived = reader_.take_arrived_body(*head_.content_length)) {
      body_state_ = BodyState::kRead;
      co_return std::move(*arrived);
    }
  }
  if (head_.chunked) {
    body = co_await reader_.read_chunked_body(limit);
  } else {
    body = co_await reader_.read_sized_body(*head_.content_length);
  }
  if (body) body_state_ = BodyState::kRead;
  co_return body;
}

bool ServerConnection::body_is_unread() const { return body_state_ == BodyState::kUnread; }

asio::awaitable<bool> ServerConnection::send_continue() {
  constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  asio::const_buffer bytes = asio::buffer(kContinue);
  co_return co_await send_rest({&bytes, 1});
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

std::string ServerConnection::framed_head(const ResponseHead& head, std::string_view framing) const {
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
  progress_.status = head.status();
  if (closing_ || body_is_unread()) close_after_answer_ = true;
  const bool bodiless = head.status() == 204 || head.status() == 304;
  fmt::memory_buffer framing;
  if (!bodiless) fmt::format_to(std::back_inserter(framing), "content-length: {}\r\n", body.size());
  const std::string bytes = framed_head(head, {framing.data(), framing.size()});
  std::array<asio::const_buffer, 2> buffers{asio::buffer(bytes)};
  if (!bodiless && head_.method != "HEAD") buffers[1] = asio::buffer(body);
  std::span<asio::const_buffer> unsent(buffers);
  bool sent = send_now(unsent);
  if (sent && !unsent.empty()) sent = co_await send_rest(unsent);
  co_return sent;
}

void ServerConnection::begin_stream(const ResponseHead& head) {
  progress_.status = head.status();
  stream_open_ = true;
  stream_chunked_ = head_.version >= 11;
  // HTTP/1.0 knows no chunks: the stream ends with the connection.
  if (!stream_chunked_) close_after_answer_ = true;
  unsent_ = framed_head(head, stream_chunked_ ? "transfer-encoding: chunked\r\n" : "");
}

asio::awaitable<bool> ServerConnection::write_piece(std::string_view piece) {
  const std::string before = std::exchange(unsent_, {});
  char size_line[20];
  std::array<asio::const_buffer, 4> buffers{asio::buffer(before), {}, asio::buffer(piece), {}};
  if (stream_chunked_ && !piece.empty()) {
    const auto end = fmt::format_to_n(size_line, sizeof size_line, "{:x}\r\n", piece.size()).out;
    buffers[1] = asio::buffer(size_line, static_cast<std::size_t>(end - size_line));
    buffers[3] = asio::buffer("\r\n", 2);
  }
  std::span<asio::const_buffer> unsent(buffers);
  bool sent = send_now(unsent);
  if (sent && !unsent.empty()) sent = co_await send_rest(unsent);
  co_return sent;
}

bool ServerConnection::push_piece(std::string_view piece) {
  if (client_gone_) return false;
  if (piece.empty()) return true;
  if (stream_chunked_) fmt::format_to(std::back_inserter(unsent_), "{:x}\r\n", piece.size());
  unsent_ += piece;
  if (stream_chunked_) unsent_ += "\r\n";
  note_first_byte();
  asio::const_buffer bytes = asio::buffer(unsent_);
  std::span<asio::const_buffer> unsent(&bytes, 1);
  // Whether the client is gone is for the next write to find.
  static_cast<void>(socket_.send_now(unsent));
  unsent_.erase(0, unsent_.size() - asio::buffer_size(unsent));
  return unsent_.empty();
}

asio::awaitable<bool> ServerConnection::finish_stream() {
  const std::string before = std::exchange(unsent_, {});
  constexpr std::string_view kLastChunk = "0\r\n\r\n";
  std::array<asio::const_buffer, 2> buffers{asio::buffer(before)};
  if (stream_chunked_) buffers[1] = asio::buffer(kLastChunk);
  std::span<asio::const_buffer> unsent(buffers);
  bool sent = send_now(unsent);
  if (sent && !unsent.empty()) sent = co_await send_rest(unsent);
  if (sent) stream_open_ = false;
  co_return sent;
}

bool ServerConnection::send_now(std::span<asio::const_buffer>& buffers) {
  if (client_gone_) return false;
  if (asio::buffer_size(buffers) > 0) note_first_byte();
  return note_sent(socket_.send_now(buffers));
}

asio::awaitable<bool> ServerConnection::send_rest(std::span<asio::const_buffer> buffers) {
  co_return note_sent(co_await socket_.send(buffers));
}

bool ServerConnection::note_sent(bool sent) {
  if (!sent) client_gone_ = close_after_answer_ = true;
  return sent;
}

void ServerConnection::note_first_byte() {
  // "100 Continue" is no answer.
  if (progress_.status != 0 && !progress_.first_byte_time) progress_.first_byte_time = std::chrono::steady_clock::now();
}

void ServerConnection::watch_client(std::function<void()> on_gone) {
  on_gone_ = std::move(on_gone);
  ++watch_generation_;
  watch_delay_.arm_after(kWatchDelay);
}

void ServerConnection::wait_for_client_event() {
  watch_pending_ = true;
  socket_.wait_readable([self = shared_from_this(), generation = watch_generation_](boost::system::error_code error) {
    if (generation == self->watch_generation_) self->watch_pending_ = false;
    if (!error && generation == self->watch_generation_ && self->on_gone_) self->on_client_event();
  });
}

void ServerConnection::on_client_event() {
  // Bytes of a pipelined request are kept; when no room is left for more, the client is no longer watched.
  if (!reader_.has_room()) return;
  if (reader_.receive_ahead()) return wait_for_client_event();
  client_gone_ = true;
  std::exchange(on_gone_, nullptr)();
}

void ServerConnection::stop_watching() {
  if (!on_gone_) return;
  on_gone_ = nullptr;
  ++watch_generation_;
  watch_delay_.disarm();
  if (std::exchange(watch_pending_, false)) socket_.cancel();
}

void ServerConnection::close_gently() {
  closing_ = true;
  if (!in_exchange_) socket_.cancel();
}

void ServerConnection::end_exchange() {
  close_gently();
  if (on_gone_) std::exchange(on_gone_, nullptr)();
}

void ServerConnection::close_hard() {
  closing_ = true;
  client_gone_ = true;
  socket_.close();
  if (on_gone_) std::exchange(on_gone_, nullptr)();
}

}  // namespace balancer::http
