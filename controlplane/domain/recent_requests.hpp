// The latest client requests as the control plane heard of them: their decisions, and what became of them.
//
// Has no clock or lock: the caller passes the time and calls from one place at a time.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/routing/request_summary.hpp"
#include "controlplane/domain/route_explanation.hpp"

namespace balancer::controlplane {

struct ObservedRequest {
  // Only its request_id, model, caller and stream until the gateway told its end.
  routing::RequestSummary summary;
  bool running = true;
  // When its decision was asked for, or its end was told of without one.
  std::chrono::system_clock::time_point time;
  std::string gateway_id;
  // Why it went where it went, in words; empty when that is not known.
  std::string reason;
  // Nothing for a request whose decision was not looked at.
  std::optional<RouteExplanation> explanation;
};

class RecentRequests {
 public:
  static constexpr std::size_t kLimit = 256;

  // A decision was asked for. The same request may ask again: the newest decision stays.
  void begin(ObservedRequest request);
  // It has ended; of one that never asked, or that was forgotten, this is the first that is heard.
  void end(routing::RequestSummary summary, std::string_view gateway_id, std::chrono::system_clock::time_point now);

  // Newest first.
  [[nodiscard]] std::vector<ObservedRequest> list(std::size_t limit) const;

 private:
  ObservedRequest& next();
  [[nodiscard]] ObservedRequest* find(std::string_view request_id);

  // A ring; its size grows to kLimit once.
  std::vector<ObservedRequest> ring_;
  std::size_t newest_ = kLimit - 1;
  boost::unordered_flat_map<std::string, std::size_t> place_of_;
};

}  // namespace balancer::controlplane
