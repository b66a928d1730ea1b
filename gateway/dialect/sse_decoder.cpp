#include "gateway/dialect/sse_decoder.hpp"

#include <algorithm>

namespace balancer::gateway {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

// Two searches of the whole are much cheaper than one that looks at every byte (find_first_of).
std::size_t line_end_in(std::string_view bytes) {
  const std::size_t line_feed = bytes.find('\n');
  const std::size_t carriage_return = bytes.substr(0, line_feed).find('\r');
  return std::min(line_feed, carriage_return);
}

}  // namespace

std::string_view SseDecoder::take_line(std::string_view bytes) {
  line_complete_ = false;
  if (skip_line_feed_) {
    skip_line_feed_ = false;
    if (bytes.front() == '\n') {
      bytes.remove_prefix(1);
      if (bytes.empty()) return bytes;
    }
  }
  const std::size_t end = line_end_in(bytes);
  if (end == std::string_view::npos) {
    line_ += bytes;
    return {};
  }
  line_ += bytes.substr(0, end);
  line_complete_ = true;
  // A '\r' ends the line at once: waiting for a possible '\n' would hold the event back.
  skip_line_feed_ = bytes[end] == '\r';
  bytes.remove_prefix(end + 1);
  if (skip_line_feed_ && !bytes.empty()) {
    skip_line_feed_ = false;
    if (bytes.front() == '\n') bytes.remove_prefix(1);
  }
  return bytes;
}

bool SseDecoder::end_line() {
  std::string_view line = line_;
  if (at_start_) {
    at_start_ = false;
    if (line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
  }
  bool completes_event = false;
  if (line.empty()) {
    completes_event = has_data_;
    if (!completes_event) reset_event();
  } else if (line.front() != ':') {
    in_event_ = true;
    const std::size_t colon = line.find(':');
    const std::string_view field = line.substr(0, colon);
    std::string_view value = colon == std::string_view::npos ? std::string_view() : line.substr(colon + 1);
    if (value.starts_with(' ')) value.remove_prefix(1);
    if (field == "data") {
      if (has_data_) data_ += '\n';
      data_ += value;
      has_data_ = true;
    } else if (field == "event") {
      name_ = value;
    }
  }
  line_.clear();
  return completes_event;
}

SseEvent SseDecoder::finish() {
  if (!line_.empty()) {
    end_line();
    // Its line end never came: whatever follows would become part of it.
    in_event_ = true;
  }
  return has_data_ ? SseEvent{name_, data_} : SseEvent{};
}

bool SseDecoder::begins_next_event() {
  if (!has_data_ || !std::string_view(line_).starts_with("data:")) return false;
  balance_.feed(std::string_view(data_).substr(balanced_));
  balanced_ = data_.size();
  return data_ == "[DONE]" || balance_.complete();
}

void SseDecoder::reset_event() {
  name_.clear();
  data_.clear();
  has_data_ = false;
  in_event_ = false;
  if (balanced_ > 0) {
    balance_ = {};
    balanced_ = 0;
  }
}

}  // namespace balancer::gateway
