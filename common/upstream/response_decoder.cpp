#include "common/upstream/response_decoder.hpp"

#include <algorithm>
#include <cstring>

namespace balancer {

asio::mutable_buffer ResponseDecoder::prepare() {
  // Before the head is complete nothing points into the buffer, so it may grow; later it has room enough.
  move_to_front(head_complete_ ? body_start_ : 0);
  if (end_ == buffer_.size()) buffer_.resize(std::min(2 * buffer_.size(), ResponseParser::kHeadLimit + kBodyWindow));
  return asio::buffer(buffer_.data() + end_, buffer_.size() - end_);
}

UpstreamResult<void> ResponseDecoder::received(std::size_t size) {
  end_ += size;
  if (head_complete_) return {};
  return take_heads();
}

UpstreamResult<void> ResponseDecoder::end_of_stream() {
  if (!head_complete_) {
    return UpstreamFailure{UpstreamFailureKind::kResetBeforeHead, "connection closed before the answer's head"};
  }
  return parser_->end_of_stream();
}

UpstreamResult<void> ResponseDecoder::take_heads() {
  while (!head_complete_) {
    const std::string_view bytes(buffer_.data() + begin_, end_ - begin_);
    const HeadScan scan = scanner_.scan(bytes);
    if (scan == HeadScan::kMalformed) {
      return UpstreamFailure{UpstreamFailureKind::kMalformed, "not the head of an HTTP answer"};
    }
    const std::size_t size = scan == HeadScan::kComplete ? scanner_.head_size() : bytes.size();
    if (size > ResponseParser::kHeadLimit) {
      return UpstreamFailure{UpstreamFailureKind::kTooLarge, "the answer's head is too long"};
    }
    if (scan == HeadScan::kIncomplete) return {};

    body_start_ = begin_ + size;
    make_room_for_body();
    parser_.emplace();
    if (auto parsed = parser_->parse_head({buffer_.data() + begin_, size}); !parsed) return parsed.error();
    begin_ = body_start_;
    if (parser_->interim()) {
      if (++interim_count_ > kInterimLimit) {
        return UpstreamFailure{UpstreamFailureKind::kMalformed, "too many interim answers"};
      }
      scanner_ = {};
      move_to_front(0);
      continue;
    }
    head_ = {.status = parser_->status(), .headers = parser_->headers(), .content_length = parser_->body_size()};
    head_complete_ = true;
  }
  return {};
}

void ResponseDecoder::move_to_front(std::size_t front) {
  if (begin_ == front) return;
  std::memmove(buffer_.data() + front, buffer_.data() + begin_, end_ - begin_);
  end_ = front + (end_ - begin_);
  begin_ = front;
}

void ResponseDecoder::make_room_for_body() {
  buffer_.resize(std::max(buffer_.size(), body_start_ + kBodyWindow));
}

UpstreamResult<std::string_view> ResponseDecoder::body() {
  if (begin_ == end_ || parser_->complete()) return std::string_view{};
  const auto decoded = parser_->decode({buffer_.data() + begin_, end_ - begin_});
  if (!decoded) return decoded.error();
  begin_ += decoded->consumed;
  return decoded->body;
}

bool ResponseDecoder::leaves_connection_reusable() const {
  return complete() && begin_ == end_ && parser_->keeps_connection();
}

}  // namespace balancer
