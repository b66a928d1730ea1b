#include "gateway/http/content_decoding.hpp"

#include <zlib.h>

#include <algorithm>

#include "common/text/ascii.hpp"

namespace balancer::gateway {
namespace {

constexpr int kDetectGzipOrZlib = 32 + MAX_WBITS;
constexpr std::size_t kFirstRoom = 256 * 1024;

Error corrupt() {
  return {ErrorCode::kInvalidRequest, "the request body is not valid in its Content-Encoding",
          "request_body_encoding_invalid"};
}

class Inflater {
 public:
  Inflater() { ready_ = inflateInit2(&stream_, kDetectGzipOrZlib) == Z_OK; }
  ~Inflater() {
    if (ready_) inflateEnd(&stream_);
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  Result<http::RequestBody> inflate_all(std::string_view compressed, std::size_t limit) {
    http::RequestBody decoded;
    if (!ready_) return corrupt();
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(compressed.data()));
    stream_.avail_in = static_cast<uInt>(compressed.size());
    std::size_t capacity = std::min(limit + 1, kFirstRoom);
    while (true) {
      decoded.reserve(capacity);
      const std::span<char> room = decoded.free_room();
      stream_.next_out = reinterpret_cast<Bytef*>(room.data());
      stream_.avail_out = static_cast<uInt>(room.size());
      const int status = inflate(&stream_, Z_NO_FLUSH);
      decoded.commit(room.size() - stream_.avail_out);
      if (decoded.size() > limit) {
        return Error{ErrorCode::kRequestTooLarge, "Request exceeds the maximum allowed number of bytes.",
                     "request_body_too_large_after_decoding"};
      }
      if (status == Z_STREAM_END) {
        if (stream_.avail_in == 0) return decoded;
        // gzip is a series of members (RFC 1952 section 2.2).
        if (inflateReset(&stream_) != Z_OK) return corrupt();
      } else if (status != Z_OK || (stream_.avail_in == 0 && stream_.avail_out > 0)) {
        return corrupt();
      }
      capacity = std::min(limit + 1, capacity * 2);
    }
  }

 private:
  z_stream stream_{};
  bool ready_ = false;
};

}  // namespace

Result<http::RequestBody> decode_content(http::RequestBody body, std::string_view content_encoding,
                                         std::size_t limit) {
  const std::string_view coding = trim_blanks(content_encoding);
  if (coding.empty() || ascii_iequal(coding, "identity")) return body;
  if (!ascii_iequal(coding, "gzip") && !ascii_iequal(coding, "x-gzip") && !ascii_iequal(coding, "deflate")) {
    return Error{ErrorCode::kUnsupportedCoding, "Content-Encoding: only gzip, deflate and identity are supported",
                 "request_body_encoding_unsupported"};
  }
  return Inflater().inflate_all(body.view(), limit);
}

}  // namespace balancer::gateway
