// Sends requests at a fixed rate over keep-alive connections and prints one JSON line: {"requests":4000,"seconds":2.0,
// "p50_us":210,"p99_us":480,"waited":0,"errors":0,"first_error":""}.
//
//   bench-rate-client --connect 127.0.0.1:PORT --body FILE [--rate 2000] [--connections 64] [--seconds 2]
//                     [--first-number 0]
//
// Open loop: when a request is to be sent stands fixed beforehand, evenly spaced, and its latency counts from then, even
// if it has to wait for a connection ("waited" counts those that were late by more than one space). So a stall delays all
// requests that fall into it, as it would those of clients that know nothing of each other.
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <CLI/CLI.hpp>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "tests/bench/bench_socket.hpp"
#include "tests/bench/numbered_request.hpp"
#include "tests/bench/percentile.hpp"

namespace balancer::bench {
namespace {

namespace beast_http = boost::beast::http;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kPatienceForTheLast{10};

struct Settings {
  std::string address;
  std::string body_file;
  std::uint64_t rate = 2000;
  std::size_t connections = 64;
  double seconds = 2;
  std::uint64_t first_number = 0;
};

struct Connection {
  Descriptor socket;
  std::string request;
  std::string_view unsent;
  std::string unparsed;
  std::optional<beast_http::response_parser<beast_http::string_body>> answer;
  Clock::time_point planned;
};

class RateClient {
 public:
  explicit RateClient(const Settings& settings)
      : settings_(settings), request_(settings.address, settings.body_file), epoll_(make_epoll()) {
    for (std::size_t i = 0; i < settings.connections; ++i) {
      Descriptor socket = connect_to(settings.address);
      watch(epoll_, socket.get(), EPOLLIN);
      idle_.push_back(socket.get());
      connections_[socket.get()].socket = std::move(socket);
    }
  }

  void run() {
    // Timers are otherwise up to 50 us late.
    prctl(PR_SET_TIMERSLACK, 1UL);
    total_ = static_cast<std::uint64_t>(settings_.seconds * static_cast<double>(settings_.rate));
    latencies_.reserve(total_);
    begin_ = Clock::now();
    const auto end = planned(total_) + kPatienceForTheLast;
    std::array<epoll_event, 256> ready;
    auto now = begin_;
    while (latencies_.size() < total_ && errors_ == 0 && now < end) {
      while (sent_ < total_ && now >= planned(sent_) && !idle_.empty()) send_next(now);
      const bool next_is_planned = sent_ < total_ && !idle_.empty();
      const std::chrono::nanoseconds left =
          std::max((next_is_planned ? planned(sent_) : end) - Clock::now(), Clock::duration::zero());
      const timespec wait{.tv_sec = left.count() / 1'000'000'000, .tv_nsec = left.count() % 1'000'000'000};
      const int count = epoll_pwait2(epoll_.get(), ready.data(), ready.size(), &wait, nullptr);
      for (int i = 0; i < count; ++i) serve(ready[static_cast<std::size_t>(i)]);
      now = Clock::now();
    }
    if (errors_ == 0 && latencies_.size() < total_) fail("answers are missing");
    const nlohmann::json result = {{"requests", latencies_.size()},
                                   {"seconds", std::chrono::duration<double>(now - begin_).count()},
                                   {"p50_us", percentile_us(latencies_, 50)},
                                   {"p99_us", percentile_us(latencies_, 99)},
                                   {"waited", waited_},
                                   {"errors", errors_},
                                   {"first_error", first_error_}};
    std::puts(result.dump().c_str());
  }

 private:
  [[nodiscard]] Clock::time_point planned(std::uint64_t number) const {
    return begin_ + std::chrono::nanoseconds(number * 1'000'000'000 / settings_.rate);
  }

  // On the connection that has been idle for longest, so that all take turns.
  void send_next(Clock::time_point now) {
    Connection& connection = connections_[idle_.front()];
    idle_.pop_front();
    connection.planned = planned(sent_);
    if (now - connection.planned > std::chrono::nanoseconds(1'000'000'000 / settings_.rate)) ++waited_;
    connection.request = request_.with_number(settings_.first_number + ++sent_);
    connection.unsent = connection.request;
    connection.answer.emplace();
    connection.answer->eager(true);
    send_unsent(connection);
  }

  void send_unsent(Connection& connection) {
    const int descriptor = connection.socket.get();
    const ssize_t size = send(descriptor, connection.unsent.data(), connection.unsent.size(), MSG_NOSIGNAL);
    if (size < 0 && errno != EAGAIN) return fail("the connection broke while sending");
    connection.unsent.remove_prefix(size < 0 ? 0 : static_cast<std::size_t>(size));
    if (!connection.unsent.empty()) watch(epoll_, descriptor, EPOLLIN | EPOLLOUT);
  }

  void serve(const epoll_event& event) {
    Connection& connection = connections_[event.data.fd];
    if (event.events & EPOLLOUT) {
      watch(epoll_, event.data.fd, EPOLLIN);
      return send_unsent(connection);
    }
    const ssize_t size = recv(event.data.fd, buffer_.data(), buffer_.size(), 0);
    if (size < 0 && errno == EAGAIN) return;
    const auto arrived = Clock::now();
    if (size <= 0) return fail("the connection was closed");
    if (!connection.answer) return fail("bytes that nobody asked for");
    connection.unparsed.append(buffer_.data(), static_cast<std::size_t>(size));
    boost::beast::error_code error;
    connection.unparsed.erase(0, connection.answer->put(boost::asio::buffer(connection.unparsed), error));
    if (error && error != beast_http::error::need_more) return fail(error.message());
    if (!connection.answer->is_done()) return;
    if (connection.answer->get().result() != beast_http::status::ok) {
      return fail("status " + std::to_string(connection.answer->get().result_int()));
    }
    connection.answer.reset();
    latencies_.push_back(arrived - connection.planned);
    idle_.push_back(event.data.fd);
  }

  void fail(const std::string& why) {
    if (errors_++ == 0) first_error_ = why;
  }

  Settings settings_;
  NumberedRequest request_;
  Descriptor epoll_;
  std::unordered_map<int, Connection> connections_;
  std::deque<int> idle_;
  Clock::time_point begin_{};
  std::uint64_t total_ = 0;
  std::uint64_t sent_ = 0;
  std::uint64_t waited_ = 0;
  std::vector<std::chrono::nanoseconds> latencies_;
  std::uint64_t errors_ = 0;
  std::string first_error_;
  std::array<char, 64 * 1024> buffer_;
};

}  // namespace
}  // namespace balancer::bench

int main(int argc, char** argv) {
  CLI::App app{"Sends requests at a fixed rate, and counts from when each was to be sent"};
  balancer::bench::Settings settings;
  app.add_option("--connect", settings.address, "HOST:PORT")->required();
  app.add_option("--body", settings.body_file, "The requests' body")->required();
  app.add_option("--rate", settings.rate, "Requests a second")->check(CLI::PositiveNumber);
  app.add_option("--connections", settings.connections, "Connections that take turns")->check(CLI::PositiveNumber);
  app.add_option("--seconds", settings.seconds, "How long");
  app.add_option("--first-number", settings.first_number, "Requests are numbered from here");
  CLI11_PARSE(app, argc, argv);
  try {
    std::make_unique<balancer::bench::RateClient>(settings)->run();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench-rate-client: %s\n", error.what());
    return 1;
  }
}
