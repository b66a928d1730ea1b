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
#include "common/upstream/resolver.hpp"
#include "gateway/app/gateway_settings.hpp"
#include "gateway/app/io_thread.hpp"
#include "gateway/controlplane_client/control_plane_link.hpp"

namespace balancer::gateway {

class GatewayApp {
 public:
  // Listens when it returns; serves as soon as a snapshot came. The clock outlives the app. Fails when an address
  // cannot be had. Decisions are asked for over the channel, unless there is a nearer way.
  [[nodiscard]] static Result<std::unique_ptr<GatewayApp>> start(std::shared_ptr<grpc::Channel> control_plane,
                                                                 GatewaySettings settings, const Clock& clock,
                                                                 DecisionClientFactory decisions = {});
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

  // Stops accepting, lets open exchanges go on for at most settings.drain_timeout, then ends them.
  void shut_down();

 private:
  GatewayApp(std::shared_ptr<grpc::Channel> control_plane, GatewaySettings settings, const Clock& clock,
             DecisionClientFactory decisions);

  void listen_for_clients();
  void listen_for_operators(const TcpAddress& address);
  // Waits for all threads, the one with the probes last.
  void join_threads();
  // Puts it into use on every thread; the app is ready when the last one has it.
  void hand_out(const std::shared_ptr<const Snapshot>& snapshot);
  // Called by the link: whether an operator wants the gateway out of rotation.
  void set_drained(bool drained);
  [[nodiscard]] GatewayCondition condition() const;
  [[nodiscard]] GatewayMetrics::Sources metric_sources() const;
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
  Resolver resolver_;
  const std::unique_ptr<tracing::SpanExporter> spans_;
  GatewayMetrics metrics_;
  ControlPlaneLink link_;
  InFlight in_flight_;
  Flights flights_;
  IoThread::Shared shared_;
  std::vector<std::unique_ptr<IoThread>> threads_;
  std::optional<asio::ip::tcp::endpoint> admin_endpoint_;
  bool stopped_ = false;

  mutable std::mutex mutex_;
  std::condition_variable snapshot_taken_;
  bool ready_ = false;
  std::optional<std::string> refusal_;
};

}  // namespace balancer::gateway
