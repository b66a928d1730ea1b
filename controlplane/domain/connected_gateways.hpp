// Which gateways are connected, which snapshot each of them serves from, and how it is.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/error/error.hpp"

namespace balancer::controlplane {

struct GatewayIdentity {
  // Unique per process, stable while it runs.
  std::string id;
  std::string version;
  // Of the machine, or the container; may be empty.
  std::string host_name{};
  // Where it serves clients: host:port.
  std::string listen_address{};
  std::optional<std::chrono::system_clock::time_point> start_time{};
};

// As a gateway tells it itself.
struct GatewayCondition {
  std::int64_t open_request_count = 0;
  std::int64_t open_stream_count = 0;
  bool draining = false;
};

struct ConnectedGateway {
  GatewayIdentity identity;
  // The newest that it applied; 0 for none yet.
  std::uint64_t snapshot_version = 0;
  // Why it refused the newest that it was sent; empty when it applied it.
  std::string rejection_reason;
  // Nothing until it told.
  std::optional<GatewayCondition> condition;
  std::chrono::system_clock::time_point connect_time;
  // An operator wants it out of rotation.
  bool drain_wanted = false;
};

// Thread-safe.
class ConnectedGateways {
 public:
  // A gateway may be connected more than once, when it reconnects before its old connection is found to be dead.
  void connect(const GatewayIdentity& identity, std::chrono::system_clock::time_point now);
  void disconnect(const std::string& id);

  // An empty reason means that the version was applied. Ignored for a gateway that is not connected.
  void acknowledge(const std::string& id, std::uint64_t snapshot_version, const std::string& rejection_reason);

  // The same.
  void report(const std::string& id, const GatewayCondition& condition);

  // What an operator wants of a gateway is kept until that gateway's process ends, connected or not.
  void set_drain(const std::string& id, bool drain);
  [[nodiscard]] bool drain_wanted(const std::string& id) const;

  // By its id or host name, or by a beginning of either that no other has. kNotFound for nobody, kInvalidRequest for
  // several.
  [[nodiscard]] Result<ConnectedGateway> find(std::string_view name) const;
  // Ordered by id.
  [[nodiscard]] std::vector<ConnectedGateway> list() const;
  // Changes with everything that is told of a gateway.
  [[nodiscard]] std::uint64_t revision() const { return revision_; }

 private:
  struct Entry {
    ConnectedGateway gateway;
    int connection_count = 0;
  };

  std::atomic<std::uint64_t> revision_{0};
  mutable std::mutex mutex_;
  std::map<std::string, Entry> entries_;
  std::set<std::string> drained_;
};

}  // namespace balancer::controlplane
