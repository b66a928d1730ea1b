#include "tests/bench/sse_response.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>

namespace balancer::bench {

namespace http = boost::beast::http;

SseResponse::SseResponse()
    : take_chunk_([this](std::uint64_t, boost::beast::string_view body, boost::beast::error_code&) {
        count_events({body.data(), body.size()});
        return body.size();
      }) {
  parser_.eager(true);
  parser_.body_limit(boost::none);
  parser_.on_chunk_body(take_chunk_);
}

bool SseResponse::feed(std::string_view bytes) {
  unparsed_.append(bytes);
  boost::beast::error_code error;
  const std::size_t used = parser_.put(boost::asio::buffer(unparsed_), error);
  unparsed_.erase(0, used);
  if (error && error != http::error::need_more) {
    failure_ = error.message();
  } else if (parser_.is_header_done() && parser_.get().result() != http::status::ok) {
    failure_ = "status " + std::to_string(parser_.get().result_int());
  } else if (parser_.is_header_done() && !parser_.chunked()) {
    failure_ = "not a stream";
  } else if (done() && !unparsed_.empty()) {
    failure_ = "bytes after the end of the answer";
  }
  return failure_.empty();
}

void SseResponse::count_events(std::string_view body) {
  constexpr std::string_view kEvent = "event: ";
  while (!body.empty()) {
    const auto end = body.find('\n');
    line_.append(body.substr(0, end));
    if (end == std::string_view::npos) return;
    body.remove_prefix(end + 1);
    if (line_.empty()) ++events_;
    if (line_.starts_with(kEvent)) last_event_ = line_.substr(kEvent.size());
    line_.clear();
  }
}

}  // namespace balancer::bench
