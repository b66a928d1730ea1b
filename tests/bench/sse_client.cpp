// Reads many SSE streams side by side for a while, each connection asking again when its stream ends, and prints
// one JSON line: {"streams":3,"events":1234,"seconds":2.0,"joined":0,"first_byte_p50_us":410,"first_byte_p99_us":800,
// "errors":0,"first_error":""}. "seconds" is the time that it took: on a machine so busy that no stream has ended in the
// time asked for, it goes on until one has. "joined" are those whose x-balancer-cache says so.
//
//   bench-sse-client --connect 127.0.0.1:PORT --body FILE [--streams 64] [--seconds 2] [--expect-events N] [--together]
//
// Each request has a number of its own in place of the body's (claude_code_body.py), so that no two ask the same. With
// --together all connections ask the same at the same time, and something else once all their streams have ended.
#include <sys/epoll.h>
#include <sys/socket.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "tests/bench/bench_socket.hpp"
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
  bool together = false;
};

std::string request_from(const Settings& settings) {
  std::ifstream file(settings.body_file, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + settings.body_file);
  std::ostringstream body;
  body << file.rdbuf();
  const std::string text = body.str();
  return "POST /v1/messages HTTP/1.1\r\nhost: " + settings.address +
         "\r\nx-api-key: bench\r\nanthropic-version: 2023-06-01\r\ncontent-type: application/json\r\n"
         "content-length: " + std::to_string(text.size()) + "\r\n\r\n" + text;
}

// Where the digits of a request's number stand.
std::size_t number_in(std::string_view request) {
  constexpr std::string_view kLabel = "request-";
  const std::size_t at = request.find(kLabel);
  if (at == std::string_view::npos) throw std::runtime_error("the body has no number");
  return at + kLabel.size();
}

// Of at least one value.
std::int64_t percentile(std::vector<std::chrono::nanoseconds>& times, std::size_t percent) {
  const auto rank = times.begin() + static_cast<std::ptrdiff_t>((times.size() - 1) * percent / 100);
  std::nth_element(times.begin(), rank, times.end());
  return std::chrono::duration_cast<std::chrono::microseconds>(*rank).count();
}

class SseClient {
 public:
  explicit SseClient(const Settings& settings)
      : settings_(settings),
        request_(request_from(settings)),
        number_at_(number_in(request_)),
        epoll_(make_epoll()),
        readers_(settings.streams) {
    for (std::size_t i = 0; i < readers_.size(); ++i) connect(i);
    for (Reader& reader : readers_) ask(reader);
  }

  void run() {
    const auto begin = std::chrono::steady_clock::now();
    const auto enough = begin + std::chrono::duration<double>(settings_.seconds);
    std::array<epoll_event, 256> ready;
    auto now = begin;
    while (open_ > 0) {
      const auto end = streams_ > 0 ? enough : enough + kPatienceForTheFirstStream;
      if (now >= end) break;
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - now);
      const int count = epoll_wait(epoll_.get(), ready.data(), ready.size(), static_cast<int>(left.count()));
      for (int i = 0; i < count; ++i) serve(ready[static_cast<std::size_t>(i)]);
      now = std::chrono::steady_clock::now();
    }
    for (const Reader& reader : readers_) events_ += reader.response ? reader.response->events() : 0;
    const double seconds = std::chrono::duration<double>(now - begin).count();
    nlohmann::json result = {{"streams", streams_}, {"events", events_}, {"seconds", seconds},
                             {"joined", joined_},   {"errors", errors_}, {"first_error", first_error_}};
    for (const std::size_t percent : {50U, 99U}) {
      result["first_byte_p" + std::to_string(percent) + "_us"] =
          first_bytes_.empty() ? 0 : percentile(first_bytes_, percent);
    }
    std::puts(result.dump().c_str());
  }

 private:
  struct Reader {
    Descriptor socket;
    std::unique_ptr<SseResponse> response;
    std::string request;
    std::string_view unsent;
    std::chrono::steady_clock::time_point asked;
    bool heard = false;
  };

  void connect(std::size_t index) {
    Reader& reader = readers_[index];
    reader.socket = connect_to(settings_.address);
    index_of_.resize(std::max(index_of_.size(), static_cast<std::size_t>(reader.socket.get()) + 1));
    index_of_[static_cast<std::size_t>(reader.socket.get())] = index;
    ++open_;
  }

  void ask(Reader& reader) {
    reader.response = std::make_unique<SseResponse>();
    reader.request = request_;
    // The digits at the end are the last ones; there are more than are ever needed.
    const std::string number = std::to_string(settings_.together ? round_ : ++asked_);
    constexpr std::size_t kDigits = 16;
    reader.request.replace(number_at_ + kDigits - number.size(), number.size(), number);
    reader.unsent = reader.request;
    reader.asked = std::chrono::steady_clock::now();
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
    if (!std::exchange(reader.heard, true)) first_bytes_.push_back(std::chrono::steady_clock::now() - reader.asked);
    if (!reader.response->feed({buffer_.data(), static_cast<std::size_t>(size)})) {
      return fail(reader, reader.response->failure());
    }
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

  void fail(Reader& reader, const std::string& why) {
    if (errors_++ == 0) first_error_ = why;
    reader.socket = Descriptor();
    reader.response.reset();
    --open_;
  }

  Settings settings_;
  std::string request_;
  std::size_t number_at_;
  Descriptor epoll_;
  std::vector<Reader> readers_;
  std::vector<std::size_t> index_of_;  // descriptor -> reader
  std::size_t open_ = 0;
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
  app.add_flag("--together", settings.together, "All connections ask the same at the same time");
  CLI11_PARSE(app, argc, argv);
  try {
    std::make_unique<balancer::bench::SseClient>(settings)->run();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench-sse-client: %s\n", error.what());
    return 1;
  }
}
