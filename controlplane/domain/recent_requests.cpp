#include "controlplane/domain/recent_requests.hpp"

#include <algorithm>
#include <utility>

namespace balancer::controlplane {

ObservedRequest& RecentRequests::next() {
  newest_ = (newest_ + 1) % kLimit;
  if (newest_ == ring_.size()) return ring_.emplace_back();
  ObservedRequest& place = ring_[newest_];
  place_of_.erase(place.summary.request_id);
  return place;
}

ObservedRequest* RecentRequests::find(std::string_view request_id) {
  const auto found = place_of_.find(std::string(request_id));
  return found != place_of_.end() ? &ring_[found->second] : nullptr;
}

void RecentRequests::begin(ObservedRequest request) {
  ObservedRequest* place = find(request.summary.request_id);
  if (place == nullptr) {
    place = &next();
    place_of_.emplace(request.summary.request_id, newest_);
  }
  *place = std::move(request);
}

void RecentRequests::end(routing::RequestSummary summary, std::string_view gateway_id,
                         std::chrono::system_clock::time_point now) {
  ObservedRequest* place = find(summary.request_id);
  if (place == nullptr) {
    place = &next();
    place_of_.emplace(summary.request_id, newest_);
    *place = {};
    place->time = now - summary.total_time;
    if (summary.planned_by_gateway) place->reason = "planned by the gateway: no control plane answered in time";
  }
  place->running = false;
  place->gateway_id = gateway_id;
  place->summary = std::move(summary);
}

std::vector<ObservedRequest> RecentRequests::list(std::size_t limit) const {
  std::vector<ObservedRequest> requests;
  const std::size_t count = std::min(limit, ring_.size());
  requests.reserve(count);
  for (std::size_t i = 0; i < count; ++i) requests.push_back(ring_[(newest_ + kLimit - i) % kLimit]);
  return requests;
}

}  // namespace balancer::controlplane
