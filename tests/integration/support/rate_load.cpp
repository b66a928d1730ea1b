#include "tests/integration/support/rate_load.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cerrno>
#include <deque>
#include <list>
#include <utility>

#include "tests/fakes/socket.hpp"
#include "tests/integration/support/load_question.hpp"

namespace balancer::integration {
namespace {

namespace beast_http = boost::beast::http;
using Steady = std::chrono::steady_clock;
using AnswerParser = beast_http::response_parser<beast_http::string_body>;

struct Question {
  std::size_t number = 0;
  bool streaming = false;
  std::size_t port = 0;
  Steady::time_point planned;
};

// Stays in its place, as its parser does.
struct Connection {
  Connection(fakes::Socket connected, std::size_t to) : socket(std::move(connected)), port(to) {}

  fakes::Socket socket;
  std::size_t port;
  // While it is busy.
  std::optional<Question> question;
  std::string unsent;
  std::string unparsed;
  std::optional<AnswerParser> parser;
};

fakes::HttpResponse response_of(const AnswerParser& parser) {
  fakes::HttpResponse response;
  if (!parser.is_header_done()) return response;
  response.status = static_cast<int>(parser.get().result_int());
  for (const auto& field : parser.get()) response.headers.append(field.name_string(), field.value());
  response.body = parser.get().body();
  response.complete = parser.is_done();
  return response;
}

std::chrono::microseconds percentile(const std::vector<std::chrono::microseconds>& sorted, std::size_t percent) {
  return sorted.empty() ? std::chrono::microseconds(0) : sorted[(sorted.size() - 1) * percent / 100];
}

}  // namespace

// What belongs to the thread alone.
class RateLoad::Run {
 public:
  explicit Run(RateLoad& load) : load_(load), options_(load.options_) {}

  void operator()() {
    while (true) {
      const bool stopping = load_.stopping();
      const Steady::time_point now = Steady::now();
      while (!stopping && planned(asked_) <= now) plan_next();
      ask_what_waits();
      give_up_what_is_late(now);
      if (stopping && waiting_.empty() && idle()) return;
      wait(stopping);
    }
  }

 private:
  [[nodiscard]] Steady::time_point planned(std::size_t number) const {
    return begin_ + std::chrono::nanoseconds(std::chrono::seconds(1)) * number / options_.rate;
  }
  [[nodiscard]] Steady::time_point deadline_of(const Question& question) const {
    return question.planned + options_.client_timeout;
  }
  [[nodiscard]] bool idle() const {
    return std::none_of(connections_.begin(), connections_.end(), [](const Connection& c) { return c.question; });
  }

  // By turns whole and as a stream, at each gateway.
  void plan_next() {
    const std::size_t number = asked_++;
    const std::size_t gateways = options_.ports.size();
    waiting_.push_back({number, number / gateways % 2 == 1, number % gateways, planned(number)});
  }

  void ask_what_waits() {
    while (!waiting_.empty()) {
      const Question question = waiting_.front();
      const auto free = std::find_if(connections_.begin(), connections_.end(), [&](const Connection& connection) {
        return !connection.question && connection.port == question.port;
      });
      if (free == connections_.end() && connections_.size() >= options_.most_connections) return;
      waiting_.pop_front();
      try {
        Connection& connection = free != connections_.end() ? *free : open(question.port);
        ask(connection, question);
      } catch (const fakes::ConversationError& error) {
        record(question, {}, error.what());
      }
    }
  }

  Connection& open(std::size_t port) {
    const auto until = Steady::now() + options_.client_timeout;
    return connections_.emplace_back(fakes::Socket::connect(options_.ports[port], until), port);
  }

  void ask(Connection& connection, const Question& question) {
    const std::string body = load_question(question.number, question.streaming, options_.model);
    connection.unsent =
        "POST /v1/messages HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        "Content-Length: " +
        std::to_string(body.size()) + "\r\n\r\n" + body;
    connection.question = question;
    connection.parser.emplace();
    connection.parser->eager(true);
    connection.parser->body_limit(boost::none);
    send_unsent(connection);
  }

  // A connection that breaks is seen by its reading end.
  static void send_unsent(Connection& connection) {
    const std::string& text = connection.unsent;
    const ssize_t size = ::send(connection.socket.descriptor(), text.data(), text.size(), MSG_NOSIGNAL);
    if (size > 0) connection.unsent.erase(0, static_cast<std::size_t>(size));
    if (size < 0 && errno != EAGAIN && errno != EINTR) connection.unsent.clear();
  }

  void give_up_what_is_late(Steady::time_point now) {
    for (auto connection = connections_.begin(); connection != connections_.end();) {
      const bool late = connection->question && deadline_of(*connection->question) <= now;
      if (late) record(*connection->question, response_of(*connection->parser), "came late");
      connection = late ? connections_.erase(connection) : std::next(connection);
    }
    while (!waiting_.empty() && deadline_of(waiting_.front()) <= now) {
      record(waiting_.front(), {}, "found no free connection in time");
      waiting_.pop_front();
    }
  }

  void wait(bool stopping) {
    Steady::time_point until = stopping ? Steady::now() + std::chrono::milliseconds(10) : planned(asked_);
    std::vector<pollfd> descriptors;
    for (const Connection& connection : connections_) {
      const short events = connection.unsent.empty() ? POLLIN : POLLIN | POLLOUT;
      descriptors.push_back({connection.socket.descriptor(), events, 0});
      if (connection.question) until = std::min(until, deadline_of(*connection.question));
    }
    const std::chrono::nanoseconds left = std::max(until - Steady::now(), Steady::duration::zero());
    const timespec timeout{.tv_sec = left.count() / 1'000'000'000, .tv_nsec = left.count() % 1'000'000'000};
    if (::ppoll(descriptors.data(), descriptors.size(), &timeout, nullptr) <= 0) return;
    auto ready = descriptors.begin();
    for (auto connection = connections_.begin(); connection != connections_.end(); ++ready) {
      if (ready->revents & POLLOUT) send_unsent(*connection);
      const bool lives = (ready->revents & ~POLLOUT) == 0 || receive(*connection);
      connection = lives ? std::next(connection) : connections_.erase(connection);
    }
  }

  // False when the connection is of no more use.
  bool receive(Connection& connection) {
    const ssize_t size = ::recv(connection.socket.descriptor(), buffer_.data(), buffer_.size(), 0);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return true;
    // Nobody asked: a server may end an idle connection, and say nothing on it.
    if (!connection.question) return false;
    boost::beast::error_code error;
    if (size <= 0) {
      connection.parser->put_eof(error);
      const bool done = connection.parser->is_done();
      record(*connection.question, response_of(*connection.parser), done ? "" : "the connection broke");
      return false;
    }
    connection.unparsed.append(buffer_.data(), static_cast<std::size_t>(size));
    connection.unparsed.erase(0, connection.parser->put(boost::asio::buffer(connection.unparsed), error));
    if (error && error != beast_http::error::need_more) {
      record(*connection.question, response_of(*connection.parser), error.message());
      return false;
    }
    if (!connection.parser->is_done()) return true;
    const bool more = !connection.unparsed.empty();
    record(*connection.question, response_of(*connection.parser), more ? "more than was asked for" : "");
    connection.question.reset();
    return connection.parser->keep_alive() && !more;
  }

  // `trouble` is what else is wrong than what the answer itself tells.
  void record(const Question& question, const fakes::HttpResponse& response, std::string trouble) {
    const auto latency = std::chrono::duration_cast<std::chrono::microseconds>(Steady::now() - question.planned);
    if (trouble.empty()) trouble = fault_of(response, question.streaming);
    Ended ended{latency, std::nullopt};
    if (!trouble.empty()) {
      ended.failure =
          RateFailure{response.status, response.headers.value("retry-after"), std::move(trouble), latency};
    }
    load_.record(std::move(ended));
  }

  RateLoad& load_;
  const RateOptions& options_;
  const Steady::time_point begin_ = Steady::now();
  std::size_t asked_ = 0;
  std::deque<Question> waiting_;
  std::list<Connection> connections_;
  std::array<char, 64 * 1024> buffer_;
};

RateLoad::RateLoad(RateOptions options) : options_(std::move(options)) {
  thread_ = std::thread([this] { Run(*this)(); });
}

RateLoad::~RateLoad() { stop(); }

void RateLoad::wait_for_answers(std::size_t count) {
  std::unique_lock lock(mutex_);
  const std::size_t wanted = ended_count_ + count;
  changed_.wait(lock, [&] { return ended_count_ >= wanted; });
}

RateResult RateLoad::take() {
  RateResult result;
  std::vector<std::chrono::microseconds> latencies;
  {
    const std::lock_guard lock(mutex_);
    latencies = std::exchange(latencies_, {});
    result.failures = std::exchange(failures_, {});
  }
  std::sort(latencies.begin(), latencies.end());
  result.answer_count = latencies.size() + result.failures.size();
  result.p50 = percentile(latencies, 50);
  result.p99 = percentile(latencies, 99);
  result.slowest = percentile(latencies, 100);
  return result;
}

RateResult RateLoad::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
  return take();
}

void RateLoad::record(Ended ended) {
  {
    const std::lock_guard lock(mutex_);
    ++ended_count_;
    if (ended.failure) {
      failures_.push_back(*std::move(ended.failure));
    } else {
      latencies_.push_back(ended.latency);
    }
  }
  changed_.notify_all();
}

bool RateLoad::stopping() {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

std::string RateResult::summary() const {
  constexpr std::size_t kShown = 5;
  std::string text = std::to_string(answer_count) + " answers, " + std::to_string(failures.size()) + " failures, p50 " +
                     std::to_string(p50.count()) + " us, p99 " + std::to_string(p99.count()) + " us, slowest " +
                     std::to_string(slowest.count()) + " us";
  for (std::size_t i = 0; i < std::min(kShown, failures.size()); ++i) {
    text += "\nafter " + std::to_string(failures[i].after.count()) + " us: " + failures[i].what;
  }
  return text;
}

}  // namespace balancer::integration
