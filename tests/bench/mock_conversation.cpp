#include "tests/bench/mock_conversation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace balancer::bench {
namespace {

constexpr std::size_t kTailBytes = 256;
constexpr std::size_t kMaxHeadBytes = 64 * 1024;
constexpr std::size_t kMessageBytes = 2048;

std::string whole_answer() {
  constexpr std::string_view kBefore =
      R"({"id":"msg_01BenchBenchBenchBenchBe","type":"message","role":"assistant","model":"claude-bench",)"
      R"("content":[{"type":"text","text":")";
  constexpr std::string_view kAfter =
      R"("}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":25,)"
      R"("cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":500}})";
  const std::string text(kMessageBytes - kBefore.size() - kAfter.size(), 'a');
  return fmt::format(
      "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nrequest-id: req_bench\r\ncontent-length: {}\r\n\r\n{}{}{}",
      kMessageBytes, kBefore, text, kAfter);
}

std::string chunk(std::string_view bytes) { return fmt::format("{:x}\r\n{}\r\n", bytes.size(), bytes); }

std::string stream_begin() {
  return "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ncache-control: no-cache\r\n"
         "request-id: req_bench\r\ntransfer-encoding: chunked\r\n\r\n" +
         chunk("event: message_start\n"
               R"(data: {"type":"message_start","message":{"id":"msg_01BenchBenchBenchBenchBe","type":"message",)"
               R"("role":"assistant","model":"claude-bench","content":[],"stop_reason":null,"stop_sequence":null,)"
               R"("usage":{"input_tokens":25,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,)"
               R"("output_tokens":1}}})"
               "\n\nevent: content_block_start\n"
               R"(data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}})"
               "\n\nevent: ping\ndata: {\"type\":\"ping\"}\n\n");
}

std::string stream_delta() {
  return chunk("event: content_block_delta\n"
               R"(data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" a few words"}})"
               "\n\n");
}

std::string stream_end() {
  return chunk("event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n"
               "event: message_delta\n"
               R"(data: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},)"
               R"("usage":{"input_tokens":25,"output_tokens":500}})"
               "\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n") +
         "0\r\n\r\n";
}

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
    head_.clear();
    tail_.clear();
    body_left_ = *length;
    state_ = State::kBody;
  }
  if (state_ != State::kBody || bytes.size() > body_left_) return false;
  keep_tail(bytes);
  body_left_ -= bytes.size();
  if (body_left_ == 0) begin_answer(now);
  return true;
}

void MockConversation::keep_tail(std::string_view body) {
  if (body.size() >= kTailBytes) {
    tail_.assign(body.substr(body.size() - kTailBytes));
    return;
  }
  tail_.append(body);
  if (tail_.size() > kTailBytes) tail_.erase(0, tail_.size() - kTailBytes);
}

void MockConversation::begin_answer(Clock::time_point now) {
  due_ = now;
  if (tail_.find(R"("stream":true)") == std::string::npos) {
    state_ = State::kWhole;
    return;
  }
  state_ = State::kStream;
  stream_begun_ = false;
  events_left_ = number_after(tail_, "events=", 100);
  pace_ = std::chrono::microseconds(number_after(tail_, "pace_us=", 0));
}

std::optional<MockConversation::Clock::time_point> MockConversation::next_due() const {
  if (state_ == State::kWhole || state_ == State::kStream) return due_;
  return std::nullopt;
}

std::string_view MockConversation::take_piece(Clock::time_point now) {
  static const std::string whole = whole_answer();
  static const std::string begin = stream_begin();
  static const std::string delta = stream_delta();
  static const std::string end = stream_end();
  if (state_ == State::kWhole) {
    state_ = State::kHead;
    return whole;
  }
  due_ = std::max(due_ + pace_, now);
  if (!stream_begun_) {
    stream_begun_ = true;
    return begin;
  }
  if (events_left_ > 0) {
    --events_left_;
    return delta;
  }
  state_ = State::kHead;
  return end;
}

}  // namespace balancer::bench
