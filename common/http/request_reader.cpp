#include "common/http/request_reader.hpp"

#include <algorithm>
#include <utility>

#include "common/http/request_check.hpp"

namespace balancer::http {
namespace {

// A head of Claude Code's and a small body. Whatever it holds stays in memory while an answer lasts; larger bodies are
// received where they are kept.
constexpr std::size_t kInitialBuffer = 4 * 1024;
// For what a client sends ahead of its turn while it is watched.
constexpr std::size_t kRoomAhead = 1024;
// Nearly all bodies fit. A longer one gets more as it comes: an announced length is nothing yet.
constexpr std::size_t kFirstRoom = 512 * 1024;
constexpr std::size_t kFirstChunkedRoom = 64 * 1024;
constexpr std::string_view kHeadEnd = "\r\n\r\n";

Error no_memory() {
  return {ErrorCode::kOverloaded, "gateway: the requests under way hold all the memory that there is for their bodies", {}};
}

}  // namespace

RequestReader::RequestReader(ClientSocket& socket, const ServerLimits& limits)
    : socket_(socket), limits_(limits), buffer_(kInitialBuffer) {}

asio::awaitable<Result<std::optional<RequestHead>>> RequestReader::receive_head() {
  bool started = false;
  std::size_t searched = 0;
  socket_.limit_reading(limits_.keep_alive_timeout);
  while (true) {
    if (filled_ > 0 && !std::exchange(started, true)) socket_.limit_reading(limits_.head_timeout);
    const Result<bool> whole = find_head_end(searched);
    if (!whole) {
      socket_.unlimit_reading();
      co_return whole.error();
    }
    if (*whole) break;
    searched = filled_;
    if (filled_ == buffer_.size()) buffer_.resize(std::min(limits_.head_bytes, buffer_.size() * 2));
    const auto received = socket_.received(co_await socket_.receive(room()));
    filled_ += received.count;
    if (!received.ended) continue;
    socket_.unlimit_reading();
    if (started && socket_.timed_out()) {
      co_return Error{ErrorCode::kRequestTimeout, "gateway: the request head did not arrive in time", {}};
    }
    co_return std::optional<RequestHead>();
  }
  socket_.unlimit_reading();
  co_return parse_head();
}

Result<bool> RequestReader::find_head_end(std::size_t searched) {
  const std::string_view received(buffer_.data(), filled_);
  const std::size_t from = searched > kHeadEnd.size() ? searched - kHeadEnd.size() : 0;
  const std::size_t end = received.find(kHeadEnd, from);
  if (end != std::string_view::npos && end + kHeadEnd.size() <= limits_.head_bytes) {
    head_size_ = end + kHeadEnd.size();
    return true;
  }
  if (filled_ >= limits_.head_bytes) {
    return Error{ErrorCode::kHeadersTooLarge, "request header fields are too large", {}};
  }
  if (const auto error = check_partial_head(received, searched)) return *error;
  return false;
}

Result<std::optional<RequestHead>> RequestReader::parse_head() {
  reserve_behind_head(kRoomAhead);
  parser_.emplace(limits_);
  Result<RequestHead> head = parser_->parse_head({buffer_.data(), head_size_});
  if (!head) return head.error();
  // Chunk framing is received behind the head, which must not move once it is parsed.
  if (head->chunked && reserve_behind_head(2 * limits_.chunk_overhead_bytes)) {
    parser_.emplace(limits_);
    head = parser_->parse_head({buffer_.data(), head_size_});
  }
  return std::optional<RequestHead>(std::move(*head));
}

bool RequestReader::reserve_behind_head(std::size_t count) {
  if (buffer_.size() >= head_size_ + count) return false;
  buffer_.resize(head_size_ + count);
  return true;
}

asio::mutable_buffer RequestReader::room() {
  return asio::buffer(buffer_.data() + filled_, buffer_.size() - filled_);
}

std::optional<RequestBody> RequestReader::take_arrived_body(std::uint64_t length) {
  if (filled_ - head_size_ < length) return std::nullopt;
  RequestBody body;
  body.reserve(length);
  body.append({buffer_.data() + head_size_, length});
  if (!has_memory_for(body)) return std::nullopt;
  take_behind_head(length);
  return body;
}

asio::awaitable<Result<RequestBody>> RequestReader::read_sized_body(std::uint64_t length) {
  if (limits_.body_budget != nullptr && !limits_.body_budget->has_room_for(length)) co_return no_memory();
  RequestBody body;
  body.reserve(std::min<std::size_t>(length, kFirstRoom));
  const std::size_t buffered = std::min<std::size_t>(filled_ - head_size_, length);
  body.append({buffer_.data() + head_size_, buffered});
  take_behind_head(buffered);
  if (!has_memory_for(body)) co_return no_memory();
  while (body.size() < length) {
    if (body.free_room().empty()) body.reserve(std::min<std::size_t>(length, 2 * body.size()));
    socket_.limit_reading(limits_.body_idle_timeout);
    const std::span<char> room = body.free_room();
    const auto received = socket_.received(co_await socket_.receive(asio::buffer(room.data(), room.size())));
    body.commit(received.count);
    if (received.ended) co_return body_ended();
    if (!has_memory_for(body)) {
      socket_.unlimit_reading();
      co_return no_memory();
    }
  }
  socket_.unlimit_reading();
  co_return body;
}

asio::awaitable<Result<RequestBody>> RequestReader::read_chunked_body(std::size_t limit) {
  RequestBody body;
  body.reserve(std::min(limit, kFirstChunkedRoom));
  while (true) {
    const auto progress = parser_->parse_chunks({buffer_.data() + head_size_, filled_ - head_size_}, body, limit);
    socket_.unlimit_reading();
    if (!progress) co_return progress.error();
    if (!has_memory_for(body)) co_return no_memory();
    take_behind_head(progress->consumed);
    if (progress->complete) co_return body;
    // Chunk framing that fills the buffer without ending is not worth more memory.
    if (!has_room()) co_return Error{ErrorCode::kInvalidRequest, "chunk extension or trailer is too large", {}};
    socket_.limit_reading(limits_.body_idle_timeout);
    const auto received = socket_.received(co_await socket_.receive(room()));
    filled_ += received.count;
    if (received.ended) co_return body_ended();
  }
}

bool RequestReader::has_memory_for(RequestBody& body) const {
  return limits_.body_budget == nullptr || body.count_against(*limits_.body_budget);
}

bool RequestReader::receive_ahead() {
  const ClientSocket::Received received = socket_.receive_now(room());
  filled_ += received.count;
  return !received.ended;
}

void RequestReader::finish() {
  std::copy(buffer_.data() + head_size_, buffer_.data() + filled_, buffer_.data());
  filled_ -= head_size_;
  head_size_ = 0;
}

Error RequestReader::body_ended() const {
  if (socket_.timed_out()) {
    return {ErrorCode::kRequestTimeout, "gateway: the request body stopped arriving", {}};
  }
  return {ErrorCode::kInvalidRequest, "gateway: the request body was cut short", {}};
}

void RequestReader::take_behind_head(std::size_t count) {
  std::copy(buffer_.data() + head_size_ + count, buffer_.data() + filled_, buffer_.data() + head_size_);
  filled_ -= count;
}

}  // namespace balancer::http
