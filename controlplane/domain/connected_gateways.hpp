// Which gateways are connected, and which snapshot each of them serves from.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace balancer::controlplane {

struct GatewayIdentity {
  // Unique per process, stable while it runs.
  std::string id;
  std::string version;
};

struct ConnectedGateway {
  GatewayIdentity identity;
  // The newest that it applied; 0 for none yet.
  std::uint64_t snapshot_version = 0;
  // Why it refused the newest that it was sent; empty when it applied it.
  std::string rejection_reason;
};

// Thread-safe.
class ConnectedGateways {
 public:
  // A gateway may be connected more than once, when it reconnects before its old connection is found to be dead.
  void connect(const GatewayIdentity& identity);
  void disconnect(const std::string& id);

  // An empty reason means that the version was applied. Ignored for a gateway that is not connected.
  void acknowledge(const std::string& id, std::uint64_t snapshot_version, const std::string& rejection_reason);

  // Ordered by id.
  [[nodiscard]] std::vector<ConnectedGateway> list() const;

 private:
  struct Entry {
    ConnectedGateway gateway;
    int connection_count = 0;
  };

  mutable std::mutex mutex_;
  std::map<std::string, Entry> entries_;
};

}  // namespace balancer::controlplane
