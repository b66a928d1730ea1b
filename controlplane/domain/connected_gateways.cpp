#include "controlplane/domain/connected_gateways.hpp"

#include <fmt/format.h>

namespace balancer::controlplane {

void ConnectedGateways::connect(const GatewayIdentity& identity, std::chrono::system_clock::time_point now) {
  const std::lock_guard lock(mutex_);
  Entry& entry = entries_[identity.id];
  entry.gateway.identity = identity;
  if (entry.connection_count == 0) entry.gateway.connect_time = now;
  ++entry.connection_count;
  ++revision_;
}

void ConnectedGateways::disconnect(const std::string& id) {
  const std::lock_guard lock(mutex_);
  ++revision_;
  const auto found = entries_.find(id);
  if (found != entries_.end() && --found->second.connection_count == 0) entries_.erase(found);
}

void ConnectedGateways::acknowledge(const std::string& id, std::uint64_t snapshot_version,
                                    const std::string& rejection_reason) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(id);
  if (found == entries_.end()) return;
  ++revision_;
  found->second.gateway.rejection_reason = rejection_reason;
  if (rejection_reason.empty()) found->second.gateway.snapshot_version = snapshot_version;
}

void ConnectedGateways::report(const std::string& id, const GatewayCondition& condition) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(id);
  if (found == entries_.end()) return;
  ++revision_;
  found->second.gateway.condition = condition;
}

void ConnectedGateways::set_drain(const std::string& id, bool drain) {
  const std::lock_guard lock(mutex_);
  if (drain) {
    drained_.insert(id);
  } else {
    drained_.erase(id);
  }
}

bool ConnectedGateways::drain_wanted(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  return drained_.contains(id);
}

Result<ConnectedGateway> ConnectedGateways::find(std::string_view name) const {
  std::vector<ConnectedGateway> whole;
  std::vector<ConnectedGateway> beginnings;
  for (ConnectedGateway& gateway : list()) {
    const GatewayIdentity& identity = gateway.identity;
    if (identity.id == name || identity.host_name == name) {
      whole.push_back(std::move(gateway));
    } else if (identity.id.starts_with(name) || identity.host_name.starts_with(name)) {
      beginnings.push_back(std::move(gateway));
    }
  }
  std::vector<ConnectedGateway>& matching = whole.empty() ? beginnings : whole;
  if (matching.empty()) return Error{ErrorCode::kNotFound, fmt::format("no gateway {} is connected", name), {}};
  if (matching.size() > 1) {
    return Error{ErrorCode::kInvalidRequest,
                 fmt::format("{} gateways are named {}…: say more of its id", matching.size(), name),
                 {}};
  }
  return std::move(matching.front());
}

std::vector<ConnectedGateway> ConnectedGateways::list() const {
  const std::lock_guard lock(mutex_);
  std::vector<ConnectedGateway> gateways;
  gateways.reserve(entries_.size());
  for (const auto& [id, entry] : entries_) {
    gateways.push_back(entry.gateway);
    gateways.back().drain_wanted = drained_.contains(id);
  }
  return gateways;
}

}  // namespace balancer::controlplane
