// A whole control plane: configuration watched, providers checked, gRPC and HTTP served. A program of its own wraps it
// in flags and signals; the standalone program runs it beside a gateway, joined by in_process_channel().
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include "common/error/error.hpp"
#include "common/metrics/metric_family.hpp"
#include "common/net/listen_address.hpp"
#include "common/time/clock.hpp"
#include "common/tls/tls_files.hpp"
#include "controlplane/config/config.hpp"

namespace grpc {
class Channel;
}

namespace balancer::controlplane {

class ControlPlane;

struct ControlPlaneServerSettings {
  // Watched for changes.
  std::filesystem::path config_file;
  // Nothing: gateways of this process only.
  std::optional<ListenAddress> grpc_listen;
  bool grpc_reflection = false;
  // Allows gRPC beyond loopback without mutual TLS.
  bool insecure_grpc = false;
  // With a certificate, gRPC over TCP is TLS; with authorities, its clients need certificates.
  tls::Files grpc_tls{};
  // Nothing: no HTTP.
  std::optional<TcpAddress> http_listen;
  // Only who may reaches the HTTP port.
  bool trusted_network = false;
};

// Thread-safe.
class ControlPlaneServer {
 public:
  // Always used up while a gateway watches grpc.health.v1, whose stream only it can end.
  static constexpr std::chrono::milliseconds kShutdownGrace{500};

  // Serves when it returns. `initial` is what was loaded from settings.config_file; the clock must outlive the server.
  // Fails if it may not or cannot listen.
  [[nodiscard]] static Result<std::unique_ptr<ControlPlaneServer>> start(Config initial,
                                                                         const ControlPlaneServerSettings& settings,
                                                                         const Clock& clock);
  // Shuts down as shut_down() does.
  ~ControlPlaneServer();
  ControlPlaneServer(const ControlPlaneServer&) = delete;
  ControlPlaneServer& operator=(const ControlPlaneServer&) = delete;

  // With the ports that they got.
  [[nodiscard]] std::optional<ListenAddress> grpc_bound() const;
  [[nodiscard]] std::optional<TcpAddress> http_bound() const;

  // Shown by /metrics too, from now on: what else is in this process. Called on the HTTP thread, until shut_down().
  using MoreMetrics = std::function<metrics::Families()>;
  void show_metrics(MoreMetrics more);

  // For a gateway in this process. To be used only while this object lives.
  [[nodiscard]] std::shared_ptr<grpc::Channel> in_process_channel();

  // The same, asked by a call. As long as this object.
  [[nodiscard]] ControlPlane& control_plane();

  // Reads the configuration file now; what is wrong with it is logged.
  void reload();

  // Says that it is not ready, ends the health checks and the gateways' streams, and waits for other calls at most
  // kShutdownGrace.
  void shut_down();

 private:
  struct Parts;
  explicit ControlPlaneServer(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace balancer::controlplane
