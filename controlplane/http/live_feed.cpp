#include "controlplane/http/live_feed.hpp"

#include <optional>

#include "common/error/http_error.hpp"

namespace balancer::controlplane {
namespace {

class Reader {
 public:
  explicit Reader(unsigned& count) : count_(count) { ++count_; }
  ~Reader() { --count_; }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

 private:
  unsigned& count_;
};

asio::awaitable<void> refuse(http::Exchange& exchange) {
  const Error full{ErrorCode::kUnavailable, "too many pages are open", {}};
  http::ResponseHead head(503);
  head.add("content-type", "application/json");
  const std::string body = shared_error_body(full, exchange.request_id());
  co_await exchange.respond(head, body);
}

}  // namespace

const std::string& LiveFeed::document() {
  const TimePoint now = std::chrono::steady_clock::now();
  const std::uint64_t revision = site_.revision();
  if (document_.empty() || revision != document_revision_ || now - document_time_ >= kPause) {
    document_ = site_.state();
    document_revision_ = revision;
    document_time_ = now;
  }
  return document_;
}

asio::awaitable<void> LiveFeed::serve(http::Exchange& exchange) {
  if (reader_count_ >= kMaxReaders) co_return co_await refuse(exchange);
  const Reader reader(reader_count_);
  asio::steady_timer pause(co_await asio::this_coro::executor);
  bool gone = false;
  exchange.watch_client([&] {
    gone = true;
    pause.cancel();
  });

  http::ResponseHead head(200);
  head.add("content-type", "text/event-stream; charset=utf-8");
  head.add("cache-control", "no-store");
  head.add("x-accel-buffering", "no");
  exchange.begin_stream(head);
  std::optional<std::uint64_t> told;
  TimePoint told_at;
  while (!gone) {
    const TimePoint now = std::chrono::steady_clock::now();
    if (told != site_.revision() || now - told_at >= kSilence) {
      told = site_.revision();
      told_at = now;
      const std::string event = "event: state\ndata: " + document() + "\n\n";
      const bool sent = co_await exchange.write_piece(event);
      if (!sent) break;
    }
    pause.expires_after(kPause);
    co_await pause.async_wait(kAwaitTuple);
  }
  exchange.stop_watching();
}

}  // namespace balancer::controlplane
