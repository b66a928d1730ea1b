// Very many clients, each with a stream open, that look at every event.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace balancer::integration {

struct CrowdResult {
  // Streams that came to their proper end.
  std::size_t ended_count = 0;
  std::size_t event_count = 0;
  // In words: an event that was missing, doubled or out of order, another status than 200, a stream that broke off.
  std::vector<std::string> faults;
  // From the provider's sending to the client's reading.
  std::chrono::microseconds p50_delay{0};
  std::chrono::microseconds p99_delay{0};
};

// Reads the events of a PacedProvider, on one thread for all streams.
class StreamCrowd {
 public:
  // Asks for so many streams, each on a connection of its own. Throws fakes::ConversationError when nobody listens.
  StreamCrowd(std::uint16_t port, std::size_t count);
  ~StreamCrowd();
  StreamCrowd(const StreamCrowd&) = delete;
  StreamCrowd& operator=(const StreamCrowd&) = delete;

  // What the stream that has received least has received.
  [[nodiscard]] std::size_t fewest_events() const;
  // Streams that have ended, in whatever way.
  [[nodiscard]] std::size_t over_count() const;
  [[nodiscard]] CrowdResult result() const;

 private:
  struct Stream;

  void run();
  void receive(Stream& stream);
  void read_events(Stream& stream);
  void end(Stream& stream, std::string fault);

  int epoll_ = -1;
  std::atomic<bool> stopping_{false};
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<Stream>> streams_;
  std::vector<std::chrono::microseconds> delays_;
  std::vector<std::string> faults_;
  std::size_t ended_count_ = 0;
  std::thread thread_;
};

}  // namespace balancer::integration
