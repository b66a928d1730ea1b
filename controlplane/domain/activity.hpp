// What goes on: counts since the start, the latest minutes, the latest requests. Decides nothing.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/routing/attempt_report.hpp"
#include "common/routing/request_summary.hpp"
#include "common/time/clock.hpp"
#include "controlplane/domain/recent_requests.hpp"
#include "controlplane/domain/traffic_history.hpp"

namespace balancer::controlplane {

// Since the control plane started.
struct ActivityCounts {
  // By what came of them: plan, hit, join, no_route, unknown_provider, no_provider, all_cooling, all_busy.
  std::map<std::string, std::int64_t, std::less<>> decisions;
  // By provider and outcome.
  std::map<std::pair<std::string, std::string>, std::int64_t> attempts;
  // By the status that the client was sent.
  std::map<int, std::int64_t> requests;
  struct Tokens {
    std::int64_t input = 0;
    std::int64_t output = 0;
  };
  std::map<std::string, Tokens, std::less<>> tokens;
  std::map<std::string, std::int64_t, std::less<>> cooldowns;
};

struct Traffic {
  TrafficRates rates;
  // Oldest first, TrafficHistory::kStep each.
  std::vector<TrafficStep> steps;
};

// Thread-safe. The clock outlives it. Providers are configured names: the maps are bounded by configurations.
class Activity {
 public:
  explicit Activity(const Clock& clock);

  // Whether the reasons of a decision that is made now are worth finding out: at most a few hundred a second are.
  [[nodiscard]] bool wants_reasons();
  void observe_decision(const routing::RoutingDecision& decision);
  void observe_decision(const routing::RoutingDecision& decision, ObservedRequest request);
  // Of a request: health checks are nobody's traffic.
  void observe_attempt(const routing::AttemptReport& report);
  // One without a request_id is only counted.
  void observe_request(routing::RequestSummary summary, std::string_view gateway_id);
  void count_requests(const routing::RequestTally& tally);
  void observe_cooldown(std::string_view provider);

  [[nodiscard]] ActivityCounts counts() const;
  [[nodiscard]] Traffic traffic() const;
  // The mean times to the first byte, in seconds, of the same steps.
  [[nodiscard]] std::vector<std::optional<double>> latencies(std::string_view provider) const;
  // Newest first.
  [[nodiscard]] std::vector<ObservedRequest> requests(std::size_t limit) const;
  // Changes with every request that is told of or decided with reasons.
  [[nodiscard]] std::uint64_t revision() const { return revision_; }

 private:
  // With mutex_ held.
  void count(const routing::RequestTally& tally, Clock::TimePoint now);

  const Clock& clock_;
  std::atomic<std::uint64_t> revision_{0};
  mutable std::mutex mutex_;
  ActivityCounts counts_;
  TrafficHistory history_;
  RecentRequests requests_;
  Clock::TimePoint next_reasons_;
};

}  // namespace balancer::controlplane
