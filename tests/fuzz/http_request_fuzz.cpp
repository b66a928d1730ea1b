// A request has one reading or is refused: the same however its bytes are cut, and the one of a reader that only knows
// lines and colons. Nothing that could end a line gets into a name, a value or a path (promises.md 1.2).
//
// The first byte chooses how the bytes are cut.
#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/http/request_check.hpp"
#include "common/http/request_parser.hpp"
#include "common/http/request_target.hpp"
#include "common/text/ascii.hpp"
#include "tests/fuzz/finding.hpp"

namespace {

using namespace balancer;        // NOLINT(google-build-using-namespace)
using namespace balancer::http;  // NOLINT(google-build-using-namespace)
using fuzz::complain;

constexpr std::string_view kHeadEnd = "\r\n\r\n";
constexpr std::size_t kBodyLimit = 256;

// Small enough to be reached.
ServerLimits limits() {
  ServerLimits limits;
  limits.head_bytes = 1024;
  limits.header_fields = 8;
  limits.target_bytes = 128;
  limits.chunk_overhead_bytes = 64;
  return limits;
}

// What a connection makes of its first bytes.
struct Reading {
  std::optional<ErrorCode> refusal;
  // Absent when it is refused, or has no end.
  std::optional<RequestHead> head;
  // Of a chunked request.
  std::string body;
  std::size_t body_end = 0;
  bool complete = false;
};

void read_chunks(std::string_view bytes, std::size_t piece_size, RequestParser& parser, Reading& reading) {
  std::string waiting;
  while (!bytes.empty() && !reading.complete) {
    const std::size_t size = std::min(piece_size, bytes.size());
    waiting += bytes.substr(0, size);
    bytes.remove_prefix(size);
    const auto progress = parser.parse_chunks(waiting, reading.body, kBodyLimit);
    if (!progress) {
      reading.refusal = progress.error().code;
      return;
    }
    waiting.erase(0, progress->consumed);
    reading.body_end += progress->consumed;
    reading.complete = progress->complete;
  }
}

// As RequestReader does it: what can no longer become a head is not waited for.
Reading read(std::string_view bytes, std::size_t piece_size) {
  Reading reading;
  const std::size_t end = bytes.find(kHeadEnd);
  const std::size_t head_size = end == std::string_view::npos ? bytes.size() + 1 : end + kHeadEnd.size();
  std::size_t arrived = 0;
  while (arrived < bytes.size()) {
    const std::size_t searched = arrived;
    arrived = std::min(arrived + piece_size, bytes.size());
    if (arrived >= head_size) break;
    if (const auto error = check_partial_head(bytes.substr(0, arrived), searched)) {
      reading.refusal = error->code;
      return reading;
    }
  }
  if (arrived < head_size) return reading;
  RequestParser parser(limits());
  Result<RequestHead> head = parser.parse_head(bytes.substr(0, head_size));
  if (!head) {
    reading.refusal = head.error().code;
    return reading;
  }
  reading.head = std::move(*head);
  if (reading.head->chunked) read_chunks(bytes.substr(head_size), piece_size, parser, reading);
  return reading;
}

// Which of two faults is told depends on which is seen first: a head that is malformed may be too large as well.
std::optional<ErrorCode> fault_of(const Reading& reading) {
  return reading.refusal == ErrorCode::kHeadersTooLarge ? ErrorCode::kInvalidRequest : reading.refusal;
}

bool has_line_ender(std::string_view text) { return text.find_first_of(std::string_view("\r\n\0", 3)) != text.npos; }

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

bool same_fields(const RequestHead& left, const RequestHead& right) {
  return std::equal(left.fields.begin(), left.fields.end(), right.fields.begin(), right.fields.end(),
                    [](const HeaderField& a, const HeaderField& b) { return a.name == b.name && a.value == b.value; });
}

// Line by line, what the head says is what the bytes say.
void check_lines(const RequestHead& head, std::string_view bytes) {
  std::string_view rest = bytes;
  const auto next_line = [&rest] {
    const std::size_t end = rest.find("\r\n");
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 2);
    return line;
  };
  const std::string first = std::string(head.method) + ' ' + std::string(head.target) + " HTTP/1." +
                            static_cast<char>('0' + head.version - 10);
  if (next_line() != first) complain("another request line", bytes);
  for (const HeaderField& field : head.fields) {
    const std::string_view line = next_line();
    const std::size_t colon = line.find(':');
    if (colon != field.name.size() || !line.starts_with(field.name)) complain("another field name", bytes);
    if (trim_blanks(line.substr(colon + 1)) != field.value) complain("another field value", bytes);
    if (has_line_ender(field.name) || has_line_ender(field.value)) complain("a line end inside a field", bytes);
  }
  if (!next_line().empty()) complain("a line that is no field", bytes);
}

// A body is framed in one way, and the host is named once.
void check_framing(const RequestHead& head, std::string_view bytes) {
  const auto count = [&](std::string_view name) {
    return std::count_if(head.fields.begin(), head.fields.end(),
                         [&](const HeaderField& field) { return ascii_iequal(field.name, name); });
  };
  if (count("content-length") + count("transfer-encoding") > 1) complain("framed twice", bytes);
  if (head.chunked != (count("transfer-encoding") == 1)) complain("another transfer coding", bytes);
  if (head.content_length.has_value() != (count("content-length") == 1)) complain("another length", bytes);
  if (head.version == 11 && count("host") != 1) complain("not one host", bytes);
}

void check_target(std::string_view target, const std::string& path, std::string_view query) {
  if (path != "*" && !path.starts_with('/')) complain("a path that begins nowhere", target);
  if (path.size() > 1 && path.ends_with('/')) complain("a path with a slash at its end", target);
  if (std::any_of(path.begin(), path.end(), is_control)) complain("a control character in a path", target);
  if (!target.starts_with('/')) return;
  const std::string with_authority = "http://host" + std::string(target);
  const auto absolute = parse_request_target(with_authority);
  if (!absolute || absolute->path != path || absolute->query != query) complain("the absolute form is another", target);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::string_view bytes = fuzz::as_text(data + 1, size - 1);
  const Reading whole = read(bytes, bytes.size() + 1);
  for (const std::size_t piece_size : {std::size_t{1}, std::size_t{2} + data[0] % 16}) {
    const Reading pieces = read(bytes, piece_size);
    if (fault_of(pieces) != fault_of(whole)) complain("another verdict on pieces", bytes);
    if (pieces.head.has_value() != whole.head.has_value()) complain("a head from pieces only, or not", bytes);
    if (whole.refusal) continue;
    if (whole.head && !same_fields(*pieces.head, *whole.head)) complain("other fields from pieces", bytes);
    if (pieces.complete != whole.complete || pieces.body != whole.body) complain("another body from pieces", bytes);
    if (whole.complete && pieces.body_end != whole.body_end) complain("a body that ends elsewhere", bytes);
  }
  if (whole.body.size() > kBodyLimit) complain("a body past its limit", bytes);
  if (!whole.head) return 0;
  check_lines(*whole.head, bytes);
  check_framing(*whole.head, bytes);
  check_target(whole.head->target, whole.head->path, whole.head->query);
  return 0;
}
