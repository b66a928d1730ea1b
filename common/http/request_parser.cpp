#include "common/http/request_parser.hpp"

#include <boost/asio/buffer.hpp>

#include "common/http/request_check.hpp"
#include "common/http/request_target.hpp"

namespace balancer::http {
namespace {

namespace beast_http = boost::beast::http;

std::string_view to_std(boost::beast::string_view view) { return {view.data(), view.size()}; }

Error malformed() { return {ErrorCode::kInvalidRequest, "malformed HTTP request", {}}; }

}  // namespace

RequestParser::RequestParser(const ServerLimits& limits) : limits_(limits) {
  header_limit(static_cast<std::uint32_t>(limits.head_bytes));
  body_limit(boost::none);
  eager(true);
  head_.fields.reserve(32);
}

Result<RequestHead> RequestParser::parse_head(std::string_view bytes) {
  if (const auto error = check_raw_head(bytes)) return *error;
  ErrorCodeOut error;
  put(boost::asio::buffer(bytes), error);
  if (error && error != beast_http::error::need_more) {
    if (error == beast_http::error::header_limit) {
      return Error{ErrorCode::kHeadersTooLarge, "request header fields are too large", {}};
    }
    return malformed();
  }
  if (!is_header_done()) return malformed();
  head_.keep_alive = keep_alive();
  if (auto refusal = check_request(head_, limits_)) return *refusal;
  return std::move(head_);
}

Result<RequestParser::ChunkProgress> RequestParser::parse_chunks(std::string_view bytes, BodySink sink,
                                                                 std::size_t limit) {
  sink_ = sink;
  body_limit_ = limit;
  ChunkProgress progress;
  // Beast 1.81 asserts that it is not given an empty body's "0\r\n" before more of it.
  constexpr std::string_view kEmptyBody = "0\r\n\r\n";
  if (!chunk_seen_ && bytes.size() < kEmptyBody.size()) return progress;
  while (!is_done()) {
    ErrorCodeOut error;
    const std::size_t used = put(boost::asio::buffer(bytes.substr(progress.consumed)), error);
    progress.consumed += used;
    if (body_too_large_) {
      return Error{ErrorCode::kRequestTooLarge, "Request exceeds the maximum allowed number of bytes.", {}};
    }
    if (error == beast_http::error::need_more) break;
    if (error) return malformed();
    if (used == 0) break;
  }
  progress.complete = is_done();
  return progress;
}

void RequestParser::on_request_impl(beast_http::verb, View method, View target, int version, ErrorCodeOut&) {
  head_.method = to_std(method);
  head_.target = to_std(target);
  head_.version = version;
}

void RequestParser::on_response_impl(int, View, int, ErrorCodeOut&) {}

void RequestParser::on_field_impl(beast_http::field, View name, View value, ErrorCodeOut& error) {
  if (head_done_) {
    // Trailer fields never become header fields; they are only bounded.
    trailer_size_ += name.size() + value.size() + 4;
    if (trailer_size_ > limits_.chunk_overhead_bytes) error = beast_http::error::header_limit;
    return;
  }
  head_.fields.push_back({to_std(name), to_std(value)});
}

void RequestParser::on_header_impl(ErrorCodeOut&) { head_done_ = true; }

void RequestParser::on_body_init_impl(const boost::optional<std::uint64_t>&, ErrorCodeOut&) {}

std::size_t RequestParser::on_body_impl(View body, ErrorCodeOut&) { return body.size(); }

void RequestParser::on_chunk_header_impl(std::uint64_t, View extensions, ErrorCodeOut& error) {
  chunk_seen_ = true;
  extension_size_ += extensions.size();
  if (extension_size_ > limits_.chunk_overhead_bytes) error = beast_http::error::bad_chunk_extension;
}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t, View body, ErrorCodeOut& error) {
  if (body.size() > body_limit_ - body_size_) {
    body_too_large_ = true;
    error = beast_http::error::body_limit;
    return 0;
  }
  body_size_ += body.size();
  sink_.append(sink_.target, to_std(body));
  return body.size();
}

void RequestParser::on_finish_impl(ErrorCodeOut&) {}

}  // namespace balancer::http
