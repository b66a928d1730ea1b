// Clients that read their streams far more slowly than providers write them: a bounded piece of each is in memory, the
// provider waits, and everybody else is served as ever (promises.md T23).
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "common/process/descriptor_limit.hpp"
#include "tests/fakes/fake_provider.hpp"
#include "tests/fakes/loopback_server.hpp"
#include "tests/integration/reliability/conversation.hpp"
#include "tests/integration/support/eventually.hpp"
#include "tests/integration/support/process_usage.hpp"
#include "tests/integration/support/rate_load.hpp"
#include "tests/integration/support/stack.hpp"
#include "tests/integration/support/under_sanitizer.hpp"

namespace balancer::integration {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kReaders = 200;
constexpr std::size_t kStreamBytes = 100'000'000;
constexpr std::size_t kReadAtOnce = 1024;

// So that what waits on the way waits in the gateway rather than in the system's buffers.
void keep_buffer_small(int descriptor, int which) {
  const int bytes = 16 * 1024;
  ::setsockopt(descriptor, SOL_SOCKET, which, &bytes, sizeof bytes);
}

// Answers each request with a stream of 100 MB, as fast as it is taken.
class TorrentialProvider {
 public:
  TorrentialProvider() : server_([this](fakes::Socket socket, const fakes::Latch& stop) { serve(socket, stop); }) {}

  [[nodiscard]] std::string base_url() const { return "http://127.0.0.1:" + std::to_string(server_.port()); }
  // By all streams together.
  [[nodiscard]] std::size_t sent_bytes() const { return sent_; }

 private:
  void serve(fakes::Socket& socket, const fakes::Latch& stop) {
    const fakes::WaitLimits limits{fakes::TimePoint::max(), &stop};
    keep_buffer_small(socket.descriptor(), SO_SNDBUF);
    std::string request;
    while (!request.ends_with("]}")) {
      const fakes::ReadResult read = socket.read_some(limits);
      if (read.status != fakes::IoStatus::kReady) return;
      request += read.bytes;
    }
    const std::string delta = R"(event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":")" +
                              std::string(4'000, 'x') + "\"}}\n\n";
    std::string beginning = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";
    const std::vector<std::string> events = fakes::message_events({});
    for (std::size_t i = 0; i < 2; ++i) beginning += events[i];
    if (socket.write_all(beginning, limits) != fakes::IoStatus::kReady) return;
    for (std::size_t sent = 0; sent < kStreamBytes; sent += delta.size()) {
      if (socket.write_all(delta, limits) != fakes::IoStatus::kReady) return;
      sent_ += delta.size();
    }
  }

  std::atomic<std::size_t> sent_ = 0;
  fakes::LoopbackServer server_;
};

// Has asked, and takes what it is told to take.
class SlowReader {
 public:
  SlowReader(std::uint16_t port, const std::string& request) : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    keep_buffer_small(descriptor_, SO_RCVBUF);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const bool asked = ::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
                       ::send(descriptor_, request.data(), request.size(), 0) == static_cast<ssize_t>(request.size());
    if (!asked) throw std::runtime_error("a slow reader could not ask");
  }
  SlowReader(SlowReader&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  SlowReader& operator=(SlowReader&&) = delete;
  ~SlowReader() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  // At most so many bytes of what has come; how many.
  std::size_t read(std::size_t most) {
    std::string bytes(most, '\0');
    const ssize_t count = ::recv(descriptor_, bytes.data(), bytes.size(), MSG_DONTWAIT);
    return count > 0 ? static_cast<std::size_t>(count) : 0;
  }

 private:
  int descriptor_;
};

struct Sharing {
  const char* name;
  const char* settings;
  // What answers that others may ask for may take of the process's memory besides.
  std::size_t kept_for_others;
};

class SlowReadersTest : public testing::TestWithParam<Sharing> {
 protected:
  SlowReadersTest() {
    raise_descriptor_limit();
    quick_.always(answers("served"));
    stack_.emplace("providers:\n  - {name: torrent, type: anthropic, base_url: \"" + torrent_.base_url() +
                   "\", auth_value: k}\n  - {name: quick, type: anthropic, base_url: \"" + quick_.base_url() +
                   "\", auth_value: k}\nmodel_routes:\n  \"torrent\":\n    - {provider: torrent, model: passthrough}\n"
                   "  \"*\":\n    - {provider: quick, model: passthrough}\nsettings: {" +
                   GetParam().settings + "}\n");
  }

  [[nodiscard]] std::uint16_t port() { return stack_->gateway().listening().port("http"); }

  [[nodiscard]] std::string request(std::size_t number) const {
    const std::string body = message_request(AnswerForm::kStream, "torrent", std::to_string(number));
    return "POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
           body;
  }

  TorrentialProvider torrent_;
  fakes::FakeProvider quick_;
  std::optional<SplitStack> stack_;
};

TEST_P(SlowReadersTest, HoldABoundedPieceEachAndDisturbNobody) {
  constexpr std::size_t kASecond = 50;
  RateLoad load({.ports = {port()}, .rate = kASecond});
  load.wait_for_answers(3 * kASecond);
  const RateResult baseline = load.take();
  const std::size_t memory = resident_bytes(stack_->gateway().process());

  std::vector<SlowReader> readers;
  for (std::size_t i = 0; i < kReaders; ++i) readers.emplace_back(port(), request(i));
  std::size_t read = 0;
  const auto read_for_a_second = [&] {
    for (SlowReader& reader : readers) read += reader.read(kReadAtOnce);
    load.wait_for_answers(kASecond);
  };
  for (int second = 0; second < 3; ++second) read_for_a_second();
  const RateResult opening = load.take();
  const std::size_t sent = torrent_.sent_bytes();
  const std::size_t read_before = read;
  for (int second = 0; second < 3; ++second) read_for_a_second();
  const std::size_t sent_since = torrent_.sent_bytes() - sent;
  const std::size_t memory_now = resident_bytes(stack_->gateway().process());
  const RateResult result = load.stop();

  EXPECT_GE(read, kReaders * 4 * kReadAtOnce);
  // Less than a hundredth of what there is.
  EXPECT_LT(torrent_.sent_bytes(), kReaders * kStreamBytes / 100);
  // Providers are read no faster than clients read, but for what a buffer that runs empty lets in at once.
  EXPECT_LE(sent_since, read - read_before + kReaders * 64 * 1024);
  if (kMemoryTells) {
    constexpr std::size_t kEach = 2 * 64 * 1024;
    EXPECT_LE(memory_now, memory + kReaders * kEach * 11 / 10 + GetParam().kept_for_others);
  }
  EXPECT_THAT(opening.failures, testing::IsEmpty()) << opening.summary();
  EXPECT_THAT(result.failures, testing::IsEmpty()) << result.summary();
  EXPECT_LE(result.p50, 3 * baseline.p50 + 10ms) << "alone: " << baseline.summary() << "\nbeside: " << result.summary();
  RecordProperty("alone", baseline.summary());
  RecordProperty("beside_slow_readers", result.summary());
  RecordProperty("megabytes_grown", std::to_string((static_cast<double>(memory_now) - static_cast<double>(memory)) / 1e6));
  RecordProperty("megabytes_sent_by_the_provider", std::to_string(static_cast<double>(torrent_.sent_bytes()) / 1e6));
  RecordProperty("megabytes_read", std::to_string(static_cast<double>(read) / 1e6));
}

INSTANTIATE_TEST_SUITE_P(With, SlowReadersTest,
                         testing::Values(Sharing{"SharingOff", "deduplication: {enabled: false}", 0},
                                         Sharing{"SharingOn", "", 64 * 1024 * 1024}),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace balancer::integration
