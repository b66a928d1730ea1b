// An answer is the same however its bytes are cut, and reading it takes bounded memory, whatever the provider sends.
//
// The first byte chooses how the bytes are cut. '~' stands for a thousand letters: limits lie far out.
#include <algorithm>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/upstream/response_decoder.hpp"
#include "tests/fuzz/finding.hpp"

namespace {

using namespace balancer;  // NOLINT(google-build-using-namespace)
using fuzz::complain;

struct Answer {
  std::optional<UpstreamFailureKind> failure;
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::optional<std::uint64_t> content_length;
  std::string body;
  bool complete = false;
  bool leaves_connection_reusable = false;
};

// An answer that arrives, read as an exchange reads it.
class Arrival {
 public:
  explicit Arrival(std::string_view bytes, std::size_t piece_size) : rest_(bytes), piece_size_(piece_size) {}

  Answer read() {
    while (!answer_.failure && !decoder_.complete() && !rest_.empty()) {
      take(receive());
      if (decoder_.head_complete()) take_body();
    }
    if (!answer_.failure && !decoder_.complete()) take(decoder_.end_of_stream());
    if (answer_.failure) return std::move(answer_);
    answer_.complete = decoder_.complete();
    answer_.leaves_connection_reusable = decoder_.leaves_connection_reusable();
    return std::move(answer_);
  }

 private:
  void take(const UpstreamResult<void>& step) {
    if (!step) answer_.failure = step.error().kind;
    if (buffer_.size() > ResponseParser::kHeadLimit + ResponseDecoder::kBodyWindow) complain("unbounded memory", rest_);
  }

  UpstreamResult<void> receive() {
    const bool had_head = decoder_.head_complete();
    const asio::mutable_buffer room = decoder_.prepare();
    const std::size_t size = std::min({room.size(), piece_size_, rest_.size()});
    if (size == 0) complain("no room", rest_);
    std::memcpy(room.data(), rest_.data(), size);
    rest_.remove_prefix(size);
    const UpstreamResult<void> received = decoder_.received(size);
    if (received && !had_head && decoder_.head_complete()) keep_head();
    return received;
  }

  void keep_head() {
    const UpstreamResponseHead& head = decoder_.head();
    answer_.status = head.status;
    answer_.content_length = head.content_length;
    for (const UpstreamHeader& header : head.headers) answer_.headers.emplace_back(header.name, header.value);
  }

  void take_body() {
    while (!answer_.failure) {
      const UpstreamResult<std::string_view> piece = decoder_.body();
      if (!piece) answer_.failure = piece.error().kind;
      if (!piece || piece->empty()) return;
      answer_.body += *piece;
    }
  }

  std::string_view rest_;
  const std::size_t piece_size_;
  ByteBuffer buffer_ = ByteBuffer(ResponseDecoder::kInitialBufferSize);
  ResponseDecoder decoder_{buffer_};
  Answer answer_;
};

// Which of two faults is told depends on which is seen first.
std::optional<UpstreamFailureKind> fault_of(const Answer& answer) {
  return answer.failure == UpstreamFailureKind::kTooLarge ? UpstreamFailureKind::kMalformed : answer.failure;
}

void compare(const Answer& pieces, const Answer& whole, std::string_view bytes) {
  if (fault_of(pieces) != fault_of(whole)) complain("another failure on pieces", bytes);
  if (pieces.status != whole.status || pieces.headers != whole.headers) complain("another head from pieces", bytes);
  if (pieces.content_length != whole.content_length) complain("another length from pieces", bytes);
  // What was delivered before a failure depends on when it came.
  const std::size_t common = std::min(pieces.body.size(), whole.body.size());
  if (pieces.body.compare(0, common, whole.body, 0, common) != 0) complain("another body from pieces", bytes);
  if (whole.failure) return;
  if (pieces.body.size() != whole.body.size()) complain("a body cut short", bytes);
  if (pieces.complete != whole.complete) complain("another end from pieces", bytes);
  // What follows the answer may not have been read yet.
  if (whole.leaves_connection_reusable && !pieces.leaves_connection_reusable) complain("a connection lost", bytes);
}

std::string unfold(std::string_view input) {
  std::string bytes;
  for (const char c : input) {
    if (c == '~') {
      bytes.append(1000, 'x');
    } else {
      bytes += c;
    }
  }
  return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::string_view input = fuzz::as_text(data + 1, size - 1);
  if (std::count(input.begin(), input.end(), '~') > 200) return 0;
  const std::string bytes = unfold(input);
  const Answer whole = Arrival(bytes, bytes.size() + 1).read();
  if (whole.status != 0 && (whole.status < 200 || whole.status > 599)) complain("a status that is none", bytes);
  if (whole.complete && whole.content_length && *whole.content_length != whole.body.size()) {
    complain("a body of another length", bytes);
  }
  const std::size_t smallest_piece = 1 + bytes.size() / 2000;
  for (const std::size_t piece_size : {smallest_piece, smallest_piece + 1 + data[0] % 64}) {
    compare(Arrival(bytes, piece_size).read(), whole, bytes);
  }
  return 0;
}
