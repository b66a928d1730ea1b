// A whole gateway: listeners, I/O threads, the link to the control plane. A program of its own wraps it in flags and
// signals; the standalone program runs it beside a control plane, joined by an in-process channel.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "common/error/error.hpp"
#include "common/time/clock.hpp"
#include "common/tls/server_identity.hpp"
#include "common/upstream/resolver.hpp"
#include "gateway/app/gateway_settings.hpp"
#include "gateway/app/io_thread.hpp"
#include "gateway/controlplane_client/control_plane_link.hpp"
#include "gateway/overload/capacity.hpp"

namespace balancer::gateway {

class GatewayApp {
 public:
  // Listens when it returns; serves as soon as a snapshot came. The clock outlives the app. Fails when an address
  // cannot be had. The control plane is asked over the channel where there is no nearer way.
  [[nodiscard]] static Result<std::unique_ptr<GatewayApp>> start(std::shared_ptr<grpc::Channel> control_plane,
                                                                 GatewaySettings settings, const Clock& clock,
                                                                 NearControlPlane near = {});
  // Shuts down as shut_down() does, at once.
  ~GatewayApp();
  GatewayApp(const GatewayApp&) = delete;
  GatewayApp& operator=(const GatewayApp&) = delete;

  [[nodiscard]] TcpAddress http_bound() const;
  [[nodiscard]] std::optional<TcpAddress> admin_bound() const;

  // True when a snapshot is in use; waits at most `timeout` for the first one.
  [[nodiscard]] bool wait_until_ready(std::chrono::milliseconds timeout);
  // Why the last snapshot was refused; nothing when the last one is in use or none came.
  [[nodiscard]] std::optional<std::string> refusal() const;

  // All that /metrics says, the process's own aside. Not after the app is gone.
  [[nodiscard]] metrics::Families collect_metrics() const { return metrics_.collect(); }

  // Goes on serving for settings.drain_delay, not ready for more; stops accepting, lets open exchanges go on for at most
  // settings.drain_timeout, then ends them.
  void shut_down();
  // Meanwhile, from any thread: waits for nobody any more.
  void hurry();

 private:
  GatewayApp(std::shared_ptr<grpc::Channel> control_plane, GatewaySettings settings, const Clock& clock,
             NearControlPlane near);

  void tell_of_few_descriptors() const;
  void listen_for_clients();
  void listen_for_operators(const TcpAddress& address);
  // Answers that nothing more is to be sent here, and serves what is sent even so, for settings.drain_delay.
  void leave_rotation();
  // Waits for all threads, the one with the probes last.
  void join_threads();
  // Once each time that it becomes so.
  void warn_of_open_listener(const ClientAuthentication& authentication);
  // Puts it into use on every thread; the app is ready when the last one has it.
  void hand_out(const std::shared_ptr<const Snapshot>& snapshot);
  // Called by the link: whether an operator wants the gateway out of rotation.
  void set_drained(bool drained);
  [[nodiscard]] GatewayCondition condition() const;
  [[nodiscard]] GatewayMetrics::Sources metric_sources() const;
  [[nodiscard]] GatewayMetrics::CertificateExpiries certificate_expiries() const;
  // Called by the link: why the snapshot is refused, or nothing once every thread is to use it.
  std::optional<std::string> take_snapshot(std::shared_ptr<const Snapshot> snapshot);

  const GatewaySettings settings_;
  // Not ready for more: drained by an operator, or shutting down.
  std::atomic<bool> draining_ = false;
  std::atomic<bool> shutting_down_ = false;
  std::atomic<bool> configured_ = false;
  std::atomic<std::uint64_t> snapshot_version_ = 0;
  // The link calls until it is gone, which is after the threads are: not then.
  mutable std::mutex calls_mutex_;
  bool ended_ = false;
  bool open_to_all_ = false;
  Capacity capacity_;
  // With what all listeners share.
  const http::ServerLimits limits_;
  Resolver resolver_;
  const std::unique_ptr<tracing::SpanExporter> spans_;
  // Null: clients speak HTTP in clear.
  std::unique_ptr<tls::ServerIdentity> tls_;
  GatewayMetrics metrics_;
  ControlPlaneLink link_;
  InFlight in_flight_;
  Flights flights_;
  IoThread::Shared shared_;
  std::vector<std::unique_ptr<IoThread>> threads_;
  std::optional<asio::ip::tcp::endpoint> admin_endpoint_;
  bool stopped_ = false;

  std::mutex end_mutex_;
  std::condition_variable end_changed_;
  bool hurried_ = false;
  bool all_joined_ = false;

  mutable std::mutex mutex_;
  std::condition_variable snapshot_taken_;
  bool ready_ = false;
  std::optional<std::string> refusal_;
};

}  // namespace balancer::gateway
