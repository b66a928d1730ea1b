// The live page's data as server-sent events: one at once, one soon after each change, and one a second, so that a page
// can tell a quiet system from a lost one.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "common/http/exchange.hpp"
#include "controlplane/http/control_site.hpp"

namespace balancer::controlplane {

// Stays on the thread of its executor.
class LiveFeed {
 public:
  // Between a change and its event, and between two events.
  static constexpr std::chrono::milliseconds kPause{200};
  static constexpr std::chrono::milliseconds kSilence{1'000};
  // Further ones are refused: each costs a document an event.
  static constexpr unsigned kMaxReaders = 64;

  explicit LiveFeed(const ControlSite& site) : site_(site) {}

  // The document as it is now.
  [[nodiscard]] const std::string& document();

  // Completes when the client has gone, or the listener closes. `exchange` outlives it.
  asio::awaitable<void> serve(http::Exchange& exchange);

 private:
  using TimePoint = std::chrono::steady_clock::time_point;

  const ControlSite& site_;
  // What all readers share for a moment.
  std::string document_;
  std::uint64_t document_revision_ = 0;
  TimePoint document_time_{};
  unsigned reader_count_ = 0;
};

}  // namespace balancer::controlplane
