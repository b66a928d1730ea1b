#include "controlplane/domain/connected_gateways.hpp"

namespace balancer::controlplane {

void ConnectedGateways::connect(const GatewayIdentity& identity) {
  const std::lock_guard lock(mutex_);
  Entry& entry = entries_[identity.id];
  entry.gateway.identity = identity;
  ++entry.connection_count;
}

void ConnectedGateways::disconnect(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(id);
  if (found != entries_.end() && --found->second.connection_count == 0) entries_.erase(found);
}

void ConnectedGateways::acknowledge(const std::string& id, std::uint64_t snapshot_version,
                                    const std::string& rejection_reason) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(id);
  if (found == entries_.end()) return;
  found->second.gateway.rejection_reason = rejection_reason;
  if (rejection_reason.empty()) found->second.gateway.snapshot_version = snapshot_version;
}

std::vector<ConnectedGateway> ConnectedGateways::list() const {
  const std::lock_guard lock(mutex_);
  std::vector<ConnectedGateway> gateways;
  gateways.reserve(entries_.size());
  for (const auto& [id, entry] : entries_) gateways.push_back(entry.gateway);
  return gateways;
}

}  // namespace balancer::controlplane
