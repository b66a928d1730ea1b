#include "common/upstream/response_parser.hpp"

#include <boost/beast/http/error.hpp>
#include <cstring>

#include "common/text/ascii.hpp"

namespace balancer {
namespace {

namespace http = boost::beast::http;

constexpr int kSwitchingProtocols = 101;
// "0\r\n\r\n"
constexpr std::size_t kShortestChunkedBody = 5;

}  // namespace

ResponseParser::ResponseParser() {
  header_limit(kHeadLimit);
  body_limit(boost::none);
}

UpstreamResult<void> ResponseParser::parse_head(std::string_view head) {
  ErrorCode error;
  put(asio::buffer(head), error);
  if (error) return failure(error);
  head_done_ = true;
  eager(true);
  keeps_connection_ = version_ == 11 && keep_alive() && !(has_transfer_encoding_ && is_done());
  return {};
}

std::optional<std::uint64_t> ResponseParser::body_size() const {
  if (is_done()) return 0;
  const auto size = content_length();
  if (!size) return std::nullopt;
  return *size;
}

UpstreamResult<ResponseParser::Decoded> ResponseParser::decode(std::span<char> bytes) {
  // Beast 1.81 asserts that it is not given an empty body's "0\r\n" before more of it.
  if (chunked() && !chunk_seen_ && bytes.size() < kShortestChunkedBody) return Decoded{};
  decoded_end_ = bytes.data();
  ErrorCode error;
  const std::size_t consumed = put(asio::buffer(bytes.data(), bytes.size()), error);
  const std::string_view body(bytes.data(), static_cast<std::size_t>(decoded_end_ - bytes.data()));
  if (error && error != http::error::need_more) return failure(error);
  // What is left is part of a chunk's first line, or of the trailers: neither may grow for ever.
  if (!is_done() && bytes.size() - consumed > kChunkExtraLimit) {
    return UpstreamFailure{UpstreamFailureKind::kTooLarge, "chunk extensions or trailers are too long"};
  }
  return Decoded{body, consumed};
}

UpstreamResult<void> ResponseParser::end_of_stream() {
  ErrorCode error;
  put_eof(error);
  if (error) return UpstreamFailure{UpstreamFailureKind::kTruncated, "connection closed inside the body"};
  return {};
}

void ResponseParser::on_request_impl(http::verb, View, View, int, ErrorCode& error) {
  refuse(UpstreamFailureKind::kMalformed, "not an answer", error);
}

void ResponseParser::on_response_impl(int code, View, int version, ErrorCode& error) {
  status_ = code;
  version_ = version;
  if (code < 100 || code > 599) {
    return refuse(UpstreamFailureKind::kMalformed, "status outside 100..599", error);
  }
  if (code == kSwitchingProtocols) {
    return refuse(UpstreamFailureKind::kMalformed, "protocol switch that was not asked for", error);
  }
}

void ResponseParser::on_field_impl(http::field field, View name, View value, ErrorCode& error) {
  if (head_done_) {
    trailer_size_ += name.size() + value.size();
    if (trailer_size_ > kChunkExtraLimit) {
      refuse(UpstreamFailureKind::kTooLarge, "trailers are too long", error);
    }
    return;
  }
  if (headers_.size() == kFieldLimit) {
    return refuse(UpstreamFailureKind::kTooLarge, "too many header fields", error);
  }
  headers_.push_back({.name = name, .value = value});
  if (field == http::field::transfer_encoding) {
    has_transfer_encoding_ = true;
    if (!ascii_iequal(value, "chunked")) {
      refuse(UpstreamFailureKind::kMalformed, "transfer coding other than chunked", error);
    }
  }
}

void ResponseParser::on_header_impl(ErrorCode& error) {
  if (has_transfer_encoding_ && version_ < 11) {
    refuse(UpstreamFailureKind::kMalformed, "transfer coding on HTTP/1.0", error);
  }
}

void ResponseParser::on_body_init_impl(const boost::optional<std::uint64_t>&, ErrorCode&) {}

std::size_t ResponseParser::on_body_impl(View body, ErrorCode&) {
  // The first piece already lies where it belongs; a later one moves over the chunk lines before it.
  if (body.data() != decoded_end_) std::memmove(decoded_end_, body.data(), body.size());
  decoded_end_ += body.size();
  return body.size();
}

void ResponseParser::on_chunk_header_impl(std::uint64_t, View extensions, ErrorCode& error) {
  chunk_seen_ = true;
  if (extensions.size() > kChunkExtraLimit) {
    refuse(UpstreamFailureKind::kTooLarge, "chunk extensions are too long", error);
  }
}

std::size_t ResponseParser::on_chunk_body_impl(std::uint64_t, View body, ErrorCode& error) {
  return on_body_impl(body, error);
}

void ResponseParser::on_finish_impl(ErrorCode&) {}

void ResponseParser::refuse(UpstreamFailureKind kind, const char* reason, ErrorCode& error) {
  refusal_kind_ = kind;
  refusal_ = reason;
  error = http::error::bad_value;
}

UpstreamFailure ResponseParser::failure(const ErrorCode& error) const {
  if (refusal_ != nullptr) return {refusal_kind_, refusal_};
  return {UpstreamFailureKind::kMalformed, error.message()};
}

}  // namespace balancer
