// One gateway's WatchSnapshot stream. What changes while a write is under way is sent as it stands after it: a slow
// gateway gets the newest snapshot and the newest states, not a backlog.
#pragma once

#include <grpcpp/grpcpp.h>

#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "balancer/controlplane/v1/config.pb.h"
#include "controlplane/domain/control_plane.hpp"
#include "controlplane/rpc/open_streams.hpp"

namespace balancer::controlplane {

// Deletes itself when the call is over. The references must outlive the server that runs it.
class SnapshotWatch final : public grpc::ServerWriteReactor<v1::WatchSnapshotResponse>,
                            public OpenStream,
                            public ChangeListener {
 public:
  SnapshotWatch(ControlPlane& control_plane, OpenStreams& open_streams, GatewayIdentity gateway);
  ~SnapshotWatch() override;

  void end() override;
  void on_config_changed() override;
  void on_provider_changed(const std::string& provider) override;
  void on_gateway_changed(const std::string& gateway_id) override;

 private:
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override { delete this; }

  // These are called with mutex_ held. The first reason to close counts.
  void close(grpc::Status status);
  // Starts what may be started now: a write or the end of the call.
  void advance();
  // Fills message_ with what is due; false if nothing is.
  bool compose();

  ControlPlane& control_plane_;
  const GatewayIdentity gateway_;

  std::mutex mutex_;
  bool config_due_ = true;
  bool all_statuses_due_ = true;
  bool rotation_due_;
  std::set<std::string> changed_providers_;
  bool first_ = true;
  // Belongs to the write while writing_.
  v1::WatchSnapshotResponse message_;
  bool writing_ = false;
  bool finished_ = false;
  std::optional<grpc::Status> closing_;

  ChangeListeners::Subscription subscription_;
  OpenStreams::Entry entry_;
};

}  // namespace balancer::controlplane
