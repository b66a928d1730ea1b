#include "tests/fakes/message_reader.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace balancer::fakes {
namespace {

std::string trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return "";
  return std::string(text.substr(first, text.find_last_not_of(" \t") - first + 1));
}

}  // namespace

MessageReader::Status MessageReader::fill(const WaitLimits& limits) {
  ReadResult result = socket_->read_some(limits);
  switch (result.status) {
    case IoStatus::kReady:
      buffer_ += result.bytes;
      return Status::kMore;
    case IoStatus::kClosed:
      return Status::kClosed;
    case IoStatus::kStopped:
      return Status::kStopped;
    case IoStatus::kTimedOut:
      return Status::kTimedOut;
    default:
      return Status::kReset;
  }
}

std::string MessageReader::take(std::size_t size) {
  std::string taken;
  if (size == buffer_.size()) {
    taken = std::exchange(buffer_, {});
  } else {
    taken = buffer_.substr(0, size);
    buffer_.erase(0, size);
  }
  raw_ += taken;
  return taken;
}

MessageReader::Part MessageReader::read_line(const WaitLimits& limits) {
  std::size_t searched = 0;
  while (true) {
    const std::size_t end = buffer_.find('\n', searched);
    if (end != std::string::npos) {
      std::string line = take(end + 1);
      if (line.size() < 2 || line[line.size() - 2] != '\r') return {Status::kMalformed, ""};
      line.resize(line.size() - 2);
      return {Status::kMore, std::move(line)};
    }
    searched = buffer_.size();
    const Status status = fill(limits);
    if (status != Status::kMore) return {status, ""};
  }
}

MessageReader::Head MessageReader::read_head(const WaitLimits& limits) {
  Part line = read_line(limits);
  if (line.status != Status::kMore) return {line.status, {}};

  Head result{Status::kMore, {std::move(line.bytes), {}}};
  while (true) {
    line = read_line(limits);
    if (line.status != Status::kMore) return {line.status, {}};
    if (line.bytes.empty()) return result;
    const std::size_t colon = line.bytes.find(':');
    if (colon == std::string::npos || colon == 0) return {Status::kMalformed, {}};
    result.head.fields.append(line.bytes.substr(0, colon), trimmed(std::string_view(line.bytes).substr(colon + 1)));
  }
}

void MessageReader::begin_body(BodyKind kind, std::size_t length) {
  kind_ = kind;
  remaining_ = kind == BodyKind::kLength ? length : 0;
  chunk_open_ = false;
}

MessageReader::Part MessageReader::read_body(const WaitLimits& limits) {
  switch (kind_) {
    case BodyKind::kLength:
      return remaining_ == 0 ? Part{Status::kEnd, ""} : read_counted(limits);
    case BodyKind::kChunked:
      return read_chunked(limits);
    case BodyKind::kUntilClose: {
      if (buffer_.empty()) {
        const Status status = fill(limits);
        if (status != Status::kMore) return {status == Status::kClosed ? Status::kEnd : status, ""};
      }
      return {Status::kMore, take(buffer_.size())};
    }
    default:
      return {Status::kEnd, ""};
  }
}

MessageReader::Part MessageReader::read_counted(const WaitLimits& limits) {
  if (buffer_.empty()) {
    const Status status = fill(limits);
    if (status != Status::kMore) return {status, ""};
  }
  std::string bytes = take(std::min(remaining_, buffer_.size()));
  remaining_ -= bytes.size();
  return {Status::kMore, std::move(bytes)};
}

MessageReader::Part MessageReader::read_chunked(const WaitLimits& limits) {
  if (remaining_ == 0) {
    if (chunk_open_) {
      const Part line_end = read_line(limits);
      if (line_end.status != Status::kMore) return line_end;
      if (!line_end.bytes.empty()) return {Status::kMalformed, ""};
      chunk_open_ = false;
    }
    const Part line = read_line(limits);
    if (line.status != Status::kMore) return line;
    const std::string digits = line.bytes.substr(0, line.bytes.find(';'));
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), remaining_, 16);
    if (error != std::errc() || end != digits.data() + digits.size()) return {Status::kMalformed, ""};
    if (remaining_ == 0) return read_trailers(limits);
    chunk_open_ = true;
  }
  return read_counted(limits);
}

MessageReader::Part MessageReader::read_trailers(const WaitLimits& limits) {
  while (true) {
    const Part line = read_line(limits);
    if (line.status != Status::kMore) return line;
    if (line.bytes.empty()) {
      kind_ = BodyKind::kNone;
      return {Status::kEnd, ""};
    }
  }
}

}  // namespace balancer::fakes
