#include "tests/integration/long/stream_crowd.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cerrno>
#include <charconv>
#include <utility>

#include "tests/fakes/socket.hpp"
#include "tests/integration/support/load_question.hpp"

namespace balancer::integration {
namespace {

namespace beast_http = boost::beast::http;
using Steady = std::chrono::steady_clock;

constexpr std::chrono::seconds kPatience{30};
constexpr std::string_view kText = "\"text_delta\",\"text\":\"";

std::chrono::microseconds percentile(std::vector<std::chrono::microseconds> values, std::size_t percent) {
  if (values.empty()) return std::chrono::microseconds(0);
  const auto rank = values.begin() + static_cast<std::ptrdiff_t>((values.size() - 1) * percent / 100);
  std::nth_element(values.begin(), rank, values.end());
  return *rank;
}

}  // namespace

// Stays in its place: epoll and the parser refer to it.
struct StreamCrowd::Stream {
  explicit Stream(fakes::Socket connected) : socket(std::move(connected)) {
    parser.eager(true);
    parser.body_limit(boost::none);
  }

  fakes::Socket socket;
  beast_http::response_parser<beast_http::string_body> parser;
  std::string unparsed;
  std::string unread_text;
  std::size_t event_count = 0;
  bool over = false;
};

StreamCrowd::StreamCrowd(std::uint16_t port, std::size_t count) : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  for (std::size_t i = 0; i < count; ++i) {
    auto stream = std::make_unique<Stream>(fakes::Socket::connect(port, Steady::now() + kPatience));
    const std::string body = load_question(i, /*streaming=*/true);
    const std::string request =
        "POST /v1/messages HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        "Content-Length: " +
        std::to_string(body.size()) + "\r\n\r\n" + body;
    if (stream->socket.write_all(request, {Steady::now() + kPatience, nullptr}) != fakes::IoStatus::kReady) {
      throw fakes::ConversationError("stream " + std::to_string(i) + " could not be asked for");
    }
    epoll_event interest{.events = EPOLLIN, .data = {.ptr = stream.get()}};
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, stream->socket.descriptor(), &interest);
    streams_.push_back(std::move(stream));
  }
  thread_ = std::thread([this] { run(); });
}

StreamCrowd::~StreamCrowd() {
  stopping_ = true;
  thread_.join();
  ::close(epoll_);
}

std::size_t StreamCrowd::fewest_events() const {
  const std::lock_guard lock(mutex_);
  const auto fewest = std::min_element(streams_.begin(), streams_.end(), [](const auto& one, const auto& other) {
    return one->event_count < other->event_count;
  });
  return fewest == streams_.end() ? 0 : (*fewest)->event_count;
}

std::size_t StreamCrowd::over_count() const {
  const std::lock_guard lock(mutex_);
  return ended_count_ + faults_.size();
}

CrowdResult StreamCrowd::result() const {
  const std::lock_guard lock(mutex_);
  return {ended_count_, delays_.size(), faults_, percentile(delays_, 50), percentile(delays_, 99)};
}

void StreamCrowd::run() {
  std::array<epoll_event, 256> ready{};
  while (!stopping_) {
    const int count = ::epoll_wait(epoll_, ready.data(), ready.size(), /*timeout=*/100);
    const std::lock_guard lock(mutex_);
    for (int i = 0; i < count; ++i) receive(*static_cast<Stream*>(ready[static_cast<std::size_t>(i)].data.ptr));
  }
}

void StreamCrowd::receive(Stream& stream) {
  std::array<char, 16 * 1024> buffer;
  const ssize_t size = ::recv(stream.socket.descriptor(), buffer.data(), buffer.size(), 0);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (size <= 0) return end(stream, "broke off after " + std::to_string(stream.event_count) + " events");
  stream.unparsed.append(buffer.data(), static_cast<std::size_t>(size));
  boost::beast::error_code error;
  stream.unparsed.erase(0, stream.parser.put(boost::asio::buffer(stream.unparsed), error));
  if (error && error != beast_http::error::need_more) return end(stream, error.message());
  if (!stream.parser.is_header_done()) return;
  stream.unread_text += std::exchange(stream.parser.get().body(), {});
  const int status = static_cast<int>(stream.parser.get().result_int());
  if (status != 200) return end(stream, "status " + std::to_string(status) + ": " + stream.unread_text);
  read_events(stream);
  if (stream.over || !stream.parser.is_done()) return;
  end(stream, stream.unread_text.find("message_stop") != std::string::npos ? "" : "no end: " + stream.unread_text);
}

// Forgets what it has read of, whole events at a time.
void StreamCrowd::read_events(Stream& stream) {
  std::size_t done = 0;
  while (true) {
    const std::size_t text = stream.unread_text.find(kText, done);
    const std::size_t quote = stream.unread_text.find('"', text + kText.size());
    if (text == std::string::npos || quote == std::string::npos) break;
    const char* const last = stream.unread_text.data() + quote;
    std::size_t number = 0;
    std::int64_t sent_at = 0;
    const char* const space = std::from_chars(stream.unread_text.data() + text + kText.size(), last, number).ptr;
    std::from_chars(std::min(space + 1, last), last, sent_at);
    if (number != stream.event_count) {
      return end(stream, "event " + std::to_string(number) + " in place of " + std::to_string(stream.event_count));
    }
    ++stream.event_count;
    const auto delay = Steady::now().time_since_epoch() - std::chrono::nanoseconds(sent_at);
    delays_.push_back(std::chrono::duration_cast<std::chrono::microseconds>(delay));
    done = quote;
  }
  stream.unread_text.erase(0, done);
}

void StreamCrowd::end(Stream& stream, std::string fault) {
  if (std::exchange(stream.over, true)) return;
  ::epoll_ctl(epoll_, EPOLL_CTL_DEL, stream.socket.descriptor(), nullptr);
  stream.socket.close();
  if (fault.empty()) {
    ++ended_count_;
  } else {
    faults_.push_back(std::move(fault));
  }
}

}  // namespace balancer::integration
