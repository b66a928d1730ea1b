// One of the gateway's I/O threads with everything that it alone touches: no locks on a request's path.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <thread>

#include "common/async/timer_wheel.hpp"
#include "common/http/http_server.hpp"
#include "common/snapshot/snapshot.hpp"
#include "common/time/clock.hpp"
#include "common/upstream/upstream_pools.hpp"
#include "gateway/api/dependencies.hpp"
#include "gateway/controlplane_client/control_plane_link.hpp"

namespace balancer {
class Resolver;
}

namespace balancer::gateway {

class IoThread {
 public:
  // What all threads share; outlives them.
  struct Shared {
    const Clock& clock;
    Resolver& resolver;
    ControlPlaneLink& control_plane;
    GatewayMetrics& metrics;
    // Null while traces are not taken.
    tracing::SpanExporter* spans;
    InFlight& in_flight;
    Flights& flights;
    const std::atomic<bool>& draining;
    // Every thread has a snapshot.
    const std::atomic<bool>& configured;
    const http::ServerLimits& limits;
    Capacity& capacity;
    // Told, on whichever thread, of what a thread learned about a provider.
    std::function<void(const LearnedLesson&)> on_learned;
    // Null: clients speak HTTP in clear.
    const tls::ServerIdentity* tls = nullptr;
  };

  IoThread(const Shared& shared, const asio::ip::tcp::endpoint& address);
  // The thread must have been joined, if it was started.
  ~IoThread();
  IoThread(const IoThread&) = delete;
  IoThread& operator=(const IoThread&) = delete;

  // Before start(): a second listener with probes only. Throws when it cannot be bound.
  asio::ip::tcp::endpoint add_admin_listener(const asio::ip::tcp::endpoint& address);
  [[nodiscard]] asio::ip::tcp::endpoint local_endpoint() const { return server_.local_endpoint(); }

  void start();

  // Thread-safe.
  // `on_taken` is called on this thread once it serves by the snapshot.
  void set_snapshot(std::shared_ptr<const Snapshot> snapshot, std::function<void()> on_taken);
  void learn(const LearnedLesson& lesson);
  // Whether connections are kept after an answer.
  void set_keep_alive(bool keep_alive);
  void stop_accepting();
  // Lets open requests say a last word, and end; cuts them off.
  void end_requests();
  void close_all();
  // Probes are answered until this call: the other threads' streams are to have ended first.
  void release_probes();

  // Returns when the thread has ended, which it does after stop_accepting(), release_probes() and the end of its
  // connections.
  void join();

 private:
  void run();
  asio::awaitable<void> wind_down();

  const Shared& shared_;
  // Others only post to it: sockets and timers are this thread's alone, and need no locks.
  asio::io_context context_{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO};
  std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work_;
  TimerWheel wheel_{context_};
  JsonObjectScanner scanner_;
  ConversionState conversion_;
  std::shared_ptr<const Snapshot> snapshot_;
  UpstreamPools upstreams_;
  std::unique_ptr<DecisionClient> decisions_;
  RequestTelemetry telemetry_;
  RetryBudget retries_;
  std::optional<Dependencies> dependencies_;
  http::HttpServer server_;
  std::optional<http::HttpServer> admin_server_;
  TimerWheel::Timer memory_timer_;
  asio::steady_timer probes_held_{context_, asio::steady_timer::time_point::max()};
  bool probes_released_ = false;
  Productions productions_;
  TaskGroup tasks_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace balancer::gateway
