// Reads many SSE streams side by side for a while, each connection asking again when its stream ends, and prints
// one JSON line: {"streams":3,"events":1234,"seconds":2.0,"errors":0,"first_error":""}. "seconds" is the time that it
// took: on a machine so busy that no stream has ended in the time asked for, it goes on until one has.
//
//   bench-sse-client --connect 127.0.0.1:PORT --body FILE [--streams 64] [--seconds 2] [--expect-events N]
#include <sys/epoll.h>
#include <sys/socket.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cerrno>
#include <chrono>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
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

class SseClient {
 public:
  explicit SseClient(const Settings& settings)
      : settings_(settings), request_(request_from(settings)), epoll_(make_epoll()), readers_(settings.streams) {
    for (std::size_t i = 0; i < readers_.size(); ++i) connect(i);
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
    const nlohmann::json result = {{"streams", streams_}, {"events", events_}, {"seconds", seconds},
                                   {"errors", errors_},   {"first_error", first_error_}};
    std::puts(result.dump().c_str());
  }

 private:
  struct Reader {
    Descriptor socket;
    std::unique_ptr<SseResponse> response;
    std::string_view unsent;
  };

  void connect(std::size_t index) {
    Reader& reader = readers_[index];
    reader.socket = connect_to(settings_.address);
    index_of_.resize(std::max(index_of_.size(), static_cast<std::size_t>(reader.socket.get()) + 1));
    index_of_[static_cast<std::size_t>(reader.socket.get())] = index;
    ++open_;
    ask(reader);
  }

  void ask(Reader& reader) {
    reader.response = std::make_unique<SseResponse>();
    reader.unsent = request_;
    send_unsent(reader);
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
    ask(reader);
  }

  void fail(Reader& reader, const std::string& why) {
    if (errors_++ == 0) first_error_ = why;
    reader.socket = Descriptor();
    reader.response.reset();
    --open_;
  }

  Settings settings_;
  std::string request_;
  Descriptor epoll_;
  std::vector<Reader> readers_;
  std::vector<std::size_t> index_of_;  // descriptor -> reader
  std::size_t open_ = 0;
  std::size_t streams_ = 0;
  std::size_t events_ = 0;
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
  CLI11_PARSE(app, argc, argv);
  try {
    std::make_unique<balancer::bench::SseClient>(settings)->run();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench-sse-client: %s\n", error.what());
    return 1;
  }
}
