#include "controlplane/rpc/snapshot_watch.hpp"

#include <utility>

#include "common/log/log.hpp"
#include "controlplane/rpc/snapshot_encoding.hpp"

namespace balancer::controlplane {

SnapshotWatch::SnapshotWatch(ControlPlane& control_plane, OpenStreams& open_streams, GatewayIdentity gateway)
    : control_plane_(control_plane),
      gateway_(std::move(gateway)),
      rotation_due_(control_plane.gateways().drain_wanted(gateway_.id)),
      subscription_(control_plane.listeners(), *this),
      entry_(open_streams, *this) {
  control_plane_.gateways().connect(gateway_, std::chrono::system_clock::now());
  log::info("gateway connected", {{"gateway", gateway_.id}, {"version", gateway_.version}});
  const std::lock_guard lock(mutex_);
  advance();
}

SnapshotWatch::~SnapshotWatch() {
  control_plane_.gateways().disconnect(gateway_.id);
  log::info("gateway disconnected", {{"gateway", gateway_.id}});
}

void SnapshotWatch::end() {
  const std::lock_guard lock(mutex_);
  close({grpc::StatusCode::UNAVAILABLE, "the control plane is shutting down"});
  advance();
}

void SnapshotWatch::on_config_changed() {
  const std::lock_guard lock(mutex_);
  config_due_ = true;
  all_statuses_due_ = true;
  advance();
}

void SnapshotWatch::on_provider_changed(const std::string& provider) {
  const std::lock_guard lock(mutex_);
  changed_providers_.insert(provider);
  advance();
}

void SnapshotWatch::on_gateway_changed(const std::string& gateway_id) {
  if (gateway_id != gateway_.id) return;
  const std::lock_guard lock(mutex_);
  rotation_due_ = true;
  advance();
}

void SnapshotWatch::OnWriteDone(bool ok) {
  const std::lock_guard lock(mutex_);
  writing_ = false;
  if (!ok) close(grpc::Status::CANCELLED);
  advance();
}

void SnapshotWatch::OnCancel() {
  const std::lock_guard lock(mutex_);
  close(grpc::Status::CANCELLED);
  advance();
}

void SnapshotWatch::close(grpc::Status status) {
  if (!closing_) closing_ = std::move(status);
}

void SnapshotWatch::advance() {
  if (finished_ || writing_) return;
  if (closing_) {
    finished_ = true;
    Finish(*closing_);
    return;
  }
  if (!compose()) return;
  writing_ = true;
  StartWrite(&message_);
}

bool SnapshotWatch::compose() {
  message_.Clear();
  const bool with_snapshot = std::exchange(config_due_, false);
  if (with_snapshot) *message_.mutable_snapshot() = encode(control_plane_.config()->snapshot);
  // After the first message, states follow in a message of their own.
  if (with_snapshot && !std::exchange(first_, false)) return true;

  if (std::exchange(all_statuses_due_, false)) {
    for (const ProviderStatus& status : control_plane_.provider_statuses()) {
      *message_.add_provider_statuses() = encode(status);
    }
    changed_providers_.clear();
  }
  for (const std::string& provider : std::exchange(changed_providers_, {})) {
    const std::optional<ProviderStatus> status = control_plane_.provider_status(provider);
    if (status) *message_.add_provider_statuses() = encode(*status);
  }
  if (with_snapshot || !message_.provider_statuses().empty()) return true;
  if (!std::exchange(rotation_due_, false)) return false;
  message_.mutable_rotation()->set_drain(control_plane_.gateways().drain_wanted(gateway_.id));
  return true;
}

}  // namespace balancer::controlplane
