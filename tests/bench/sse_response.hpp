// Counts the SSE events of one streamed answer as its bytes arrive.
#pragma once

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace balancer::bench {

// One HTTP/1.1 answer in chunks. Feed it bytes until done(); then make a new one for the next answer.
class SseResponse {
 public:
  SseResponse();
  SseResponse(const SseResponse&) = delete;
  SseResponse& operator=(const SseResponse&) = delete;

  // False if this is not a complete, well-framed 200 answer that streams: failure() says why.
  [[nodiscard]] bool feed(std::string_view bytes);

  [[nodiscard]] bool done() const { return parser_.is_done(); }
  // True if the last event was message_stop, as it is in every answer that was not cut short.
  [[nodiscard]] bool ended_well() const { return last_event_ == "message_stop"; }
  // True if it is an answer that was made for another request.
  [[nodiscard]] bool joined() const { return parser_.get()["x-balancer-cache"] == "join"; }
  // Events so far.
  [[nodiscard]] std::size_t events() const { return events_; }
  [[nodiscard]] const std::string& failure() const { return failure_; }

 private:
  void count_events(std::string_view body);

  // The parser keeps a reference.
  std::function<std::size_t(std::uint64_t, boost::beast::string_view, boost::beast::error_code&)> take_chunk_;
  boost::beast::http::response_parser<boost::beast::http::empty_body> parser_;
  std::string unparsed_;
  std::string line_;
  std::string last_event_;
  std::string failure_;
  std::size_t events_ = 0;
};

}  // namespace balancer::bench
