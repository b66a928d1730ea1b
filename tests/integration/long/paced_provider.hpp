// A provider of very many streams at once, each with an event a second until it is told to end them.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <thread>
#include <unordered_map>

namespace balancer::integration {

// One thread for all streams: a FakeProvider has one for each. Speaks just enough HTTP for a gateway. The text of each
// event is its number within the stream and the time at which it was sent, in nanoseconds of the steady clock.
class PacedProvider {
 public:
  PacedProvider();
  ~PacedProvider();
  PacedProvider(const PacedProvider&) = delete;
  PacedProvider& operator=(const PacedProvider&) = delete;

  [[nodiscard]] std::string base_url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  // Ends every stream properly, with its next event.
  void finish() { finishing_ = true; }

 private:
  struct Stream {
    std::string received{};
    std::size_t event_count = 0;
    bool begun = false;
  };

  void run();
  void accept_all();
  // False when the gateway has left.
  bool receive(int descriptor, Stream& stream);
  void send_events(std::size_t slot);

  int listener_ = -1;
  int epoll_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> finishing_{false};
  std::atomic<bool> stopping_{false};
  std::unordered_map<int, Stream> streams_;
  std::string opening_;
  std::string closing_;
  std::thread thread_;
};

}  // namespace balancer::integration
