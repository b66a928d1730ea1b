// Follows the control plane's configuration: takes in snapshots and provider states, tells the control plane what became
// of each snapshot, keeps the newest on disk, and reconnects for ever.
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>

#include <atomic>
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

// Messages are read as bytes: at one that is none, gRPC would end the reading and leave the call open, deaf for ever.
using ConfigWatchStub = grpc::TemplatedGenericStub<v1::WatchSnapshotRequest, grpc::ByteBuffer>;

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

  // Of all that was sent. Thread-safe.
  [[nodiscard]] std::uint64_t rejected_count() const { return rejected_count_; }

 private:
  // Names one configuration, across control-plane processes.
  struct Revision {
    std::string epoch;
    std::uint64_t version = 0;
  };

  void receive(const v1::WatchSnapshotResponse& message);
  void receive_unreadable();
  // What a control plane that started anew is being told of its predecessor's cooldowns.
  std::vector<HeardStatus> take_snapshot(const v1::Snapshot& message);
  // Why it is refused, or nothing.
  std::optional<std::string> apply(const v1::Snapshot& message);
  void tell_drain(bool drain) const;
  void acknowledge(std::uint64_t version, std::string rejection_reason,
                   const std::vector<HeardStatus>& remembered = {});
  // The former configuration stays; the control plane and the metrics are told.
  void reject(std::uint64_t version, std::string reason);
  void remember(const v1::Snapshot& message);
  void on_acknowledged(bool told);
  void on_ended(const grpc::Status& status);

  const std::unique_ptr<v1::ConfigService::Stub> stub_;
  ConfigWatchStub watch_stub_;
  asio::io_context& context_;
  const std::shared_ptr<LiveCalls> calls_;
  const std::shared_ptr<ControlPlaneNews> news_;
  v1::GatewayIdentity identity_;
  std::optional<SnapshotCache> cache_;
  ReconnectBackoff backoff_;
  asio::steady_timer reconnect_timer_;
  const Events events_;

  std::optional<Revision> applied_;
  std::atomic<std::uint64_t> rejected_count_ = 0;
  // Whether the present stream has delivered anything.
  bool heard_ = false;
  // It is being told what its predecessor knew, and is alive for others once it has heard it.
  bool telling_ = false;
};

}  // namespace balancer::gateway
