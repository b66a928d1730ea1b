// Reads many SSE streams side by side for a while, each connection asking again when its stream ends, and prints
// one JSON line: {"streams":3,"events":1234,"seconds":2.0,"joined":0,"first_byte_p50_us":410,"first_byte_p99_us":800,
// "errors":0,"first_error":""}. "seconds" is the time that it took: on a machine so busy that no stream has ended in the
// time asked for, it goes on until one has. "joined" are those whose x-balancer-cache says so.
//
//   bench-sse-client --connect 127.0.0.1:PORT --body FILE [--streams 64] [--seconds 2] [--expect-events N]
//                    [--spread-us 0] [--together] [--announce-at N] [--first-number 0]
//
// Each request has a number of its own in place of the body's (claude_code_body.py), so that no two ask the same. With
// --spread-us the connections begin that much after one another, so that streams with a pace do not speak in chorus. With
// --together all connections ask the same at the same time, and something else once all their streams have ended. With
// --announce-at {"event":"open"} is printed once every stream is N events old.
#include <sys/epoll.h>
#include <sys/socket.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "tests/bench/bench_socket.hpp"
#include "tests/bench/numbered_request.hpp"
#include "tests/bench/percentile.hpp"
#include "tests/bench/sse_response.hpp"

namespace balancer::bench {
namespace {

constexpr std::chrono::seconds kPatienceForTheFirstStream{20};

struct Settings {
  std::string address;
  std::string body_file;
  std::size_t streams = 64;
  double seconds = 2;
  std::size_t expect_events = 0;
  std::size_t spread_us = 0;
  bool together = false;
  std::size_t announce_at = 0;
  std::uint64_t first_number = 0;
};

class SseClient {
 public:
  explicit SseClient(const Settings& settings)
      : settings_(settings),
        request_(settings.address, settings.body_file),
        epoll_(make_epoll()),
        readers_(settings.streams) {}

  void run() {
    const auto begin = Clock::now();
    const auto enough = begin + std::chrono::round<Clock::duration>(std::chrono::duration<double>(settings_.seconds));
    std::array<epoll_event, 256> ready;
    auto now = begin;
    while (open_ > 0 || begun_ < readers_.size()) {
      while (begun_ < readers_.size() && now >= begin_of_next(begin)) begin_next();
      const auto end = streams_ > 0 ? enough : enough + kPatienceForTheFirstStream;
      if (now >= end) break;
      const auto until = begun_ < readers_.size() ? std::min(end, begin_of_next(begin)) : end;
      const std::chrono::nanoseconds left = std::max(until - now, Clock::duration::zero());
      const timespec wait{.tv_sec = left.count() / 1'000'000'000, .tv_nsec = left.count() % 1'000'000'000};
      const int count = epoll_pwait2(epoll_.get(), ready.data(), ready.size(), &wait, nullptr);
      for (int i = 0; i < count; ++i) serve(ready[static_cast<std::size_t>(i)]);
      now = Clock::now();
    }
    for (const Reader& reader : readers_) events_ += reader.response ? reader.response->events() : 0;
    const double seconds = std::chrono::duration<double>(now - begin).count();
    const nlohmann::json result = {{"streams", streams_},
                                   {"events", events_},
                                   {"seconds", seconds},
                                   {"joined", joined_},
                                   {"first_byte_p50_us", percentile_us(first_bytes_, 50)},
                                   {"first_byte_p99_us", percentile_us(first_bytes_, 99)},
                                   {"errors", errors_},
                                   {"first_error", first_error_}};
    std::puts(result.dump().c_str());
  }

 private:
  using Clock = std::chrono::steady_clock;

  struct Reader {
    Descriptor socket;
    std::unique_ptr<SseResponse> response;
    std::string request;
    std::string_view unsent;
    Clock::time_point asked;
    bool heard = false;
    bool announced = false;
  };

  [[nodiscard]] Clock::time_point begin_of_next(Clock::time_point begin) const {
    return begin + std::chrono::microseconds(begun_ * settings_.spread_us);
  }

  void begin_next() {
    const std::size_t index = begun_++;
    Reader& reader = readers_[index];
    reader.socket = connect_to(settings_.address);
    index_of_.resize(std::max(index_of_.size(), static_cast<std::size_t>(reader.socket.get()) + 1));
    index_of_[static_cast<std::size_t>(reader.socket.get())] = index;
    ++open_;
    ask(reader);
  }

  void ask(Reader& reader) {
    reader.response = std::make_unique<SseResponse>();
    reader.request = request_.with_number(settings_.first_number + (settings_.together ? round_ : ++asked_));
    reader.unsent = reader.request;
    reader.asked = Clock::now();
    reader.heard = false;
    send_unsent(reader);
  }

  void ask_again(Reader& reader) {
    reader.response.reset();
    if (!settings_.together) return ask(reader);
    if (++waiting_ < open_) return;
    waiting_ = 0;
    ++round_;
    for (Reader& each : readers_) {
      if (each.socket.get() >= 0) ask(each);
    }
  }

  void send_unsent(Reader& reader) {
    const ssize_t size = send(reader.socket.get(), reader.unsent.data(), reader.unsent.size(), MSG_NOSIGNAL);
    if (size < 0 && errno != EAGAIN) return fail(reader, "the connection broke while sending");
    reader.unsent.remove_prefix(size < 0 ? 0 : static_cast<std::size_t>(size));
    watch(epoll_, reader.socket.get(), reader.unsent.empty() ? EPOLLIN : EPOLLIN | EPOLLOUT);
  }

  void serve(const epoll_event& event) {
    Reader& reader = readers_[index_of_[static_cast<std::size_t>(event.data.fd)]];
    if (reader.socket.get() != event.data.fd) return;
    if (event.events & EPOLLOUT) return send_unsent(reader);
    const ssize_t size = recv(event.data.fd, buffer_.data(), buffer_.size(), 0);
    if (size < 0 && errno == EAGAIN) return;
    if (size <= 0) return fail(reader, "the connection was closed before the stream's end");
    if (!reader.response) return fail(reader, "bytes that nobody asked for");
    if (!std::exchange(reader.heard, true)) first_bytes_.push_back(Clock::now() - reader.asked);
    if (!reader.response->feed({buffer_.data(), static_cast<std::size_t>(size)})) {
      return fail(reader, reader.response->failure());
    }
    announce_if_old_enough(reader);
    if (!reader.response->done()) return;
    if (!reader.response->ended_well()) return fail(reader, "the stream did not end with message_stop");
    const std::size_t events = reader.response->events();
    if (settings_.expect_events != 0 && events != settings_.expect_events) {
      return fail(reader, "a stream of " + std::to_string(events) + " events");
    }
    events_ += events;
    ++streams_;
    joined_ += reader.response->joined() ? 1 : 0;
    ask_again(reader);
  }

  void announce_if_old_enough(Reader& reader) {
    if (settings_.announce_at == 0 || reader.announced || reader.response->events() < settings_.announce_at) return;
    reader.announced = true;
    if (++announced_ < readers_.size()) return;
    std::puts("{\"event\":\"open\"}");
    std::fflush(stdout);
  }

  void fail(Reader& reader, const std::string& why) {
    if (errors_++ == 0) first_error_ = why;
    reader.socket = Descriptor();
    reader.response.reset();
    --open_;
  }

  Settings settings_;
  NumberedRequest request_;
  Descriptor epoll_;
  std::vector<Reader> readers_;
  std::vector<std::size_t> index_of_;  // descriptor -> reader
  std::size_t begun_ = 0;
  std::size_t open_ = 0;
  std::size_t announced_ = 0;
  std::size_t streams_ = 0;
  std::size_t events_ = 0;
  std::size_t asked_ = 0;
  // Of those who ask together: how often they have, and how many have their answer.
  std::size_t round_ = 0;
  std::size_t waiting_ = 0;
  std::size_t joined_ = 0;
  std::vector<std::chrono::nanoseconds> first_bytes_;
  std::size_t errors_ = 0;
  std::string first_error_;
  std::array<char, 256 * 1024> buffer_;
};

}  // namespace
}  // namespace balancer::bench

int main(int argc, char** argv) {
  CLI::App app{"Reads SSE streams side by side and counts their events"};
  balancer::bench::Settings settings;
  app.add_option("--connect", settings.address, "HOST:PORT")->required();
  app.add_option("--body", settings.body_file, "The request's body; it must ask for a stream")->required();
  app.add_option("--streams", settings.streams, "Streams side by side");
  app.add_option("--seconds", settings.seconds, "How long");
  app.add_option("--expect-events", settings.expect_events, "Events that each stream must have");
  app.add_option("--spread-us", settings.spread_us, "Microseconds between the beginnings of two connections");
  app.add_option("--announce-at", settings.announce_at, "Events after which a stream counts as open");
  app.add_option("--first-number", settings.first_number, "Requests are numbered from here");
  app.add_flag("--together", settings.together, "All connections ask the same at the same time");
  CLI11_PARSE(app, argc, argv);
  try {
    std::make_unique<balancer::bench::SseClient>(settings)->run();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench-sse-client: %s\n", error.what());
    return 1;
  }
}
