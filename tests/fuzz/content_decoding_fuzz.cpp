// A compressed body becomes what was compressed, or is refused; it never grows past its limit.
//
// The first byte chooses the coding; an upper-case letter says that the rest has not been compressed yet.
#include <zlib.h>

#include <string>
#include <string_view>

#include "gateway/http/content_decoding.hpp"
#include "tests/fuzz/finding.hpp"

namespace {

using namespace balancer;           // NOLINT(google-build-using-namespace)
using namespace balancer::gateway;  // NOLINT(google-build-using-namespace)
using fuzz::complain;

constexpr std::size_t kLimit = 64 * 1024;

std::string_view coding_of(char choice) {
  switch (choice | 0x20) {
    case 'd': return "deflate";
    case 'x': return "x-gzip";
    case 'i': return "identity";
    case 'b': return "br";
    default: return "gzip";
  }
}

http::RequestBody body_of(std::string_view bytes) {
  http::RequestBody body;
  body.append(bytes);
  return body;
}

std::string compressed(std::string_view text, bool gzip) {
  constexpr int kGzipWrapper = 16;
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, MAX_WBITS + (gzip ? kGzipWrapper : 0), MAX_MEM_LEVEL,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    std::abort();
  }
  std::string result(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(result.data());
  stream.avail_out = static_cast<uInt>(result.size());
  if (deflate(&stream, Z_FINISH) != Z_STREAM_END) std::abort();
  result.resize(stream.total_out);
  deflateEnd(&stream);
  return result;
}

void check_padding(const http::RequestBody& body) {
  const char* const end = body.view().data() + body.size();
  for (std::size_t i = 0; i < http::RequestBody::kPadding; ++i) {
    if (end[i] != '\0') complain("no padding behind the body", body.view());
  }
}

// The limit is exact: a byte less refuses, none less does not.
void check_limit(std::string_view bytes, std::string_view coding, std::string_view decoded) {
  const auto exact = decode_content(body_of(bytes), coding, decoded.size());
  if (!exact || exact->view() != decoded) complain("another body under its own size as the limit", bytes);
  if (decoded.empty()) return;
  const auto refused = decode_content(body_of(bytes), coding, decoded.size() - 1);
  if (refused || refused.error().code != ErrorCode::kRequestTooLarge) complain("a body past its limit", bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const char choice = static_cast<char>(data[0]);
  const std::string_view coding = coding_of(choice);
  const std::string_view text = fuzz::as_text(data + 1, size - 1);
  const bool compress_first = choice >= 'A' && choice <= 'Z' && coding != "identity" && coding != "br";
  const std::string bytes = compress_first ? compressed(text, coding != "deflate") : std::string(text);

  const auto decoded = decode_content(body_of(bytes), coding, kLimit);
  if (compress_first && (!decoded || decoded->view() != text)) complain("not what was compressed", bytes);
  if (!decoded) return 0;
  if (coding == "br") complain("a coding that nobody decodes", bytes);
  if (coding == "identity") {
    if (decoded->view() != bytes) complain("identity is another", bytes);
    return 0;
  }
  if (decoded->size() > kLimit) complain("a body past its limit", bytes);
  check_padding(*decoded);
  check_limit(bytes, coding, decoded->view());
  return 0;
}
