#include "tests/bench/mock_conversation.hpp"

#include <algorithm>
#include <charconv>

namespace balancer::bench {
namespace {

// Of a body: "model" stands at its beginning and "stream" near its end, in both dialects.
constexpr std::size_t kEdgeBytes = 256;
constexpr std::string_view kChatPath = "POST /v1/chat/completions ";
constexpr std::size_t kMaxHeadBytes = 64 * 1024;
// The number after `key` in `text`, or `otherwise`.
int number_after(std::string_view text, std::string_view key, int otherwise) {
  const auto at = text.find(key);
  if (at == std::string_view::npos) return otherwise;
  int value = otherwise;
  std::from_chars(text.data() + at + key.size(), text.data() + text.size(), value);
  return value;
}

// The body's length, if the head says it. Proxies may write the name in any case.
std::optional<std::size_t> content_length(std::string_view head) {
  constexpr std::string_view kName = "\r\ncontent-length:";
  for (std::size_t at = 0; at + kName.size() < head.size(); ++at) {
    std::size_t matched = 0;
    while (matched < kName.size()) {
      const char c = head[at + matched];
      if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c) != kName[matched]) break;
      ++matched;
    }
    if (matched < kName.size()) continue;
    at += matched;
    while (at < head.size() && head[at] == ' ') ++at;
    std::size_t length = 0;
    const auto parsed = std::from_chars(head.data() + at, head.data() + head.size(), length);
    return parsed.ec == std::errc{} ? std::optional(length) : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

bool MockConversation::feed(std::string_view bytes, Clock::time_point now) {
  if (state_ == State::kHead) {
    const std::size_t searched = head_.size() < 3 ? 0 : head_.size() - 3;
    const std::size_t had = head_.size();
    head_.append(bytes);
    const auto end = head_.find("\r\n\r\n", searched);
    if (end == std::string::npos) return head_.size() <= kMaxHeadBytes;
    const auto length = content_length(std::string_view(head_).substr(0, end + 2));
    if (!length) return false;
    bytes.remove_prefix(end + 4 - had);
    answers_ = head_.starts_with(kChatPath) ? &chat_answers() : &anthropic_answers();
    head_.clear();
    beginning_.clear();
    tail_.clear();
    body_left_ = *length;
    state_ = State::kBody;
  }
  if (state_ != State::kBody || bytes.size() > body_left_) return false;
  keep_edges(bytes);
  body_left_ -= bytes.size();
  if (body_left_ == 0) begin_answer(now);
  return true;
}

void MockConversation::keep_edges(std::string_view body) {
  if (beginning_.size() < kEdgeBytes) beginning_.append(body.substr(0, kEdgeBytes - beginning_.size()));
  if (body.size() >= kEdgeBytes) {
    tail_.assign(body.substr(body.size() - kEdgeBytes));
    return;
  }
  tail_.append(body);
  if (tail_.size() > kEdgeBytes) tail_.erase(0, tail_.size() - kEdgeBytes);
}

void MockConversation::begin_answer(Clock::time_point now) {
  due_ = now;
  if (tail_.find(R"("stream":true)") == std::string::npos) {
    state_ = State::kWhole;
    return;
  }
  state_ = State::kStream;
  stream_begun_ = false;
  events_left_ = number_after(beginning_, "events=", 100);
  pace_ = std::chrono::microseconds(number_after(beginning_, "pace_us=", 0));
}

std::optional<MockConversation::Clock::time_point> MockConversation::next_due() const {
  if (state_ == State::kWhole || state_ == State::kStream) return due_;
  return std::nullopt;
}

std::string_view MockConversation::take_piece(Clock::time_point now) {
  if (state_ == State::kWhole) {
    state_ = State::kHead;
    return answers_->whole;
  }
  due_ = std::max(due_ + pace_, now);
  if (!stream_begun_) {
    stream_begun_ = true;
    return answers_->stream_begin;
  }
  if (events_left_ > 0) {
    --events_left_;
    return answers_->stream_delta;
  }
  state_ = State::kHead;
  return answers_->stream_end;
}

}  // namespace balancer::bench
