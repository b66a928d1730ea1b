// Follows the control plane's configuration: takes in snapshots and provider states, tells the control plane what became
// of each snapshot, keeps the newest on disk, and reconnects for ever.
#pragma once

#include <grpcpp/channel.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "balancer/controlplane/v1/config.grpc.pb.h"
#include "common/async/asio.hpp"
#include "common/snapshot/snapshot.hpp"
#include "gateway/controlplane_client/control_plane_news.hpp"
#include "gateway/controlplane_client/live_calls.hpp"
#include "gateway/controlplane_client/reconnect_backoff.hpp"
#include "gateway/controlplane_client/snapshot_cache.hpp"

namespace balancer::gateway {

namespace v1 = balancer::controlplane::v1;

// Everything here stays on the thread that runs `context`, which must run until `calls` has none left.
class ConfigWatch {
 public:
  struct Events {
    // Why the snapshot is refused, or nothing.
    std::function<std::optional<std::string>(std::shared_ptr<const Snapshot>)> on_snapshot;
    // Whether an operator wants this gateway out of rotation; may be empty.
    std::function<void(bool drain)> on_drain;
  };

  ConfigWatch(std::shared_ptr<grpc::Channel> channel, asio::io_context& context, std::shared_ptr<LiveCalls> calls,
              std::shared_ptr<ControlPlaneNews> news, v1::GatewayIdentity identity, std::string cache_file,
              std::uint64_t seed, Events events);

  // Before connect().
  void set_listen_address(const std::string& address) { identity_.set_listen_address(address); }

  // Offers the snapshot on disk, if it can be used.
  void offer_cached();
  void connect();

 private:
  // Names one configuration, across control-plane processes.
  struct Revision {
    std::string epoch;
    std::uint64_t version = 0;
  };

  void receive(const v1::WatchSnapshotResponse& message);
  // What a control plane that started anew is being told of its predecessor's cooldowns.
  std::vector<HeardStatus> take_snapshot(const v1::Snapshot& message);
  // Why it is refused, or nothing.
  std::optional<std::string> apply(const v1::Snapshot& message);
  void tell_drain(bool drain) const;
  void acknowledge(std::uint64_t version, std::string rejection_reason,
                   const std::vector<HeardStatus>& remembered = {});
  void remember(const v1::Snapshot& message);
  void on_acknowledged(bool told);
  void on_ended(const grpc::Status& status);

  const std::unique_ptr<v1::ConfigService::Stub> stub_;
  asio::io_context& context_;
  const std::shared_ptr<LiveCalls> calls_;
  const std::shared_ptr<ControlPlaneNews> news_;
  v1::GatewayIdentity identity_;
  std::optional<SnapshotCache> cache_;
  ReconnectBackoff backoff_;
  asio::steady_timer reconnect_timer_;
  const Events events_;

  std::optional<Revision> applied_;
  // Whether the present stream has delivered anything.
  bool heard_ = false;
  // It is being told what its predecessor knew, and is alive for others once it has heard it.
  bool telling_ = false;
};

}  // namespace balancer::gateway
