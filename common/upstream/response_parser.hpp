// One answer of a provider: its head as views, its body without transfer coding, decoded in place.
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <boost/container/small_vector.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "common/upstream/upstream_call.hpp"
#include "common/upstream/upstream_failure.hpp"

namespace balancer {

// Beast's tokenizer with the refusals that Beast 1.81 lacks (promises.md 1.2, response side): a Transfer-Encoding
// other than "chunked", chunked on HTTP/1.0, 101, a status outside 100..599, too many fields, boundless chunk
// extensions and trailers. Trailers are checked and forgotten.
class ResponseParser : private boost::beast::http::basic_parser<false> {
 public:
  static constexpr std::size_t kHeadLimit = 64 * 1024;
  static constexpr std::size_t kFieldLimit = 128;
  // Of one chunk's extensions, and of all trailers.
  static constexpr std::size_t kChunkExtraLimit = 4 * 1024;

  ResponseParser();

  // Parses a complete head. The bytes must live, unmoved, as long as headers() is used.
  UpstreamResult<void> parse_head(std::string_view head);

  // What follows is valid after a successful parse_head().
  [[nodiscard]] int status() const { return status_; }
  [[nodiscard]] bool interim() const { return status_ < 200; }
  [[nodiscard]] std::span<const UpstreamHeader> headers() const { return headers_; }
  [[nodiscard]] std::optional<std::uint64_t> body_size() const;
  // The provider allows another request on the connection after this answer.
  [[nodiscard]] bool keeps_connection() const { return keeps_connection_; }
  // The body's end has been seen.
  [[nodiscard]] bool complete() const { return is_done(); }

  struct Decoded {
    // Lies within the bytes that were given.
    std::string_view body;
    // How many of the bytes given were used up. The rest comes again, with more behind it.
    std::size_t consumed = 0;
  };
  // Must not be called once complete.
  UpstreamResult<Decoded> decode(std::span<char> bytes);

  // The connection ended. Fails with kTruncated unless that is how this body ends.
  UpstreamResult<void> end_of_stream();

 private:
  using ErrorCode = boost::beast::error_code;
  using View = boost::beast::string_view;

  void on_request_impl(boost::beast::http::verb method, View method_text, View target, int version,
                       ErrorCode& error) override;
  void on_response_impl(int code, View reason, int version, ErrorCode& error) override;
  void on_field_impl(boost::beast::http::field field, View name, View value, ErrorCode& error) override;
  void on_header_impl(ErrorCode& error) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>& size, ErrorCode& error) override;
  std::size_t on_body_impl(View body, ErrorCode& error) override;
  void on_chunk_header_impl(std::uint64_t size, View extensions, ErrorCode& error) override;
  std::size_t on_chunk_body_impl(std::uint64_t remaining, View body, ErrorCode& error) override;
  void on_finish_impl(ErrorCode& error) override;

  void refuse(UpstreamFailureKind kind, const char* reason, ErrorCode& error);
  [[nodiscard]] UpstreamFailure failure(const ErrorCode& error) const;

  int status_ = 0;
  int version_ = 0;
  bool has_transfer_encoding_ = false;
  bool head_done_ = false;
  bool keeps_connection_ = false;
  bool chunk_seen_ = false;
  boost::container::small_vector<UpstreamHeader, 32> headers_;
  std::size_t trailer_size_ = 0;
  // Where the next piece of the body goes, while decode() runs.
  char* decoded_end_ = nullptr;
  UpstreamFailureKind refusal_kind_ = UpstreamFailureKind::kMalformed;
  const char* refusal_ = nullptr;
};

}  // namespace balancer
