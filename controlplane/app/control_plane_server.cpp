#include "controlplane/app/control_plane_server.hpp"

#include <mutex>
#include <utility>

#include "common/metrics/process_metrics.hpp"
#include "controlplane/config/config_loader.hpp"
#include "controlplane/config/config_watcher.hpp"
#include "controlplane/dashboard/dashboard_state.hpp"
#include "controlplane/dashboard/page_files.hpp"
#include "controlplane/domain/control_plane.hpp"
#include "controlplane/http/control_http_server.hpp"
#include "controlplane/metrics/control_plane_metrics.hpp"
#include "controlplane/probing/health_prober.hpp"
#include "controlplane/rpc/grpc_server.hpp"

namespace balancer::controlplane {

struct ControlPlaneServer::Parts {
  Parts(Config initial, const std::filesystem::path& config_file, const Clock& clock_in)
      : control_plane(
            std::move(initial), [config_file] { return load_config(config_file, process_environment()); }, clock_in),
        clock(clock_in) {}

  [[nodiscard]] ControlSite site() {
    ControlSite shown{.metrics = [this] { return exposition(); },
                      .state = [this] { return dashboard_state(control_plane, clock); },
                      .revision = [this] { return control_plane.revision(); },
                      .allowed_hosts =
                          [this] { return control_plane.config()->snapshot.client_authentication.allowed_hosts; },
                      .files = {},
                      .security_policy = kPageSecurityPolicy};
    for (const PageFile& file : page_files()) shown.files.push_back({file.name, file.content_type, file.bytes});
    return shown;
  }

  [[nodiscard]] std::string exposition() {
    metrics::Families families = collect_metrics(control_plane);
    {
      const std::lock_guard lock(mutex);
      if (more_metrics) {
        for (prometheus::MetricFamily& family : more_metrics()) families.push_back(std::move(family));
      }
    }
    add_certificate_expiry(families);
    metrics::add_process_metrics(families);
    return metrics::exposition(std::move(families));
  }

  // Without a certificate: no series.
  void add_certificate_expiry(metrics::Families& families) {
    std::vector<metrics::Sample> samples;
    const std::lock_guard lock(mutex);
    if (const auto expiry = grpc ? grpc->certificate_expiry() : std::nullopt) {
      samples.push_back({.value = static_cast<double>(expiry->time_since_epoch().count())});
    }
    families.push_back(metrics::gauge("balancer_controlplane_tls_certificate_expiry_timestamp_seconds",
                                      "When the gRPC listener's certificate ends, in seconds since 1970.", samples));
  }

  ControlPlane control_plane;
  const Clock& clock;
  // Of what the HTTP thread reads.
  std::mutex mutex;
  MoreMetrics more_metrics;
  std::unique_ptr<GrpcServer> grpc;
  std::unique_ptr<ControlHttpServer> http;
  std::optional<HealthProber> prober;
  std::optional<ConfigWatcher> watcher;
};

Result<std::unique_ptr<ControlPlaneServer>> ControlPlaneServer::start(Config initial,
                                                                      const ControlPlaneServerSettings& settings,
                                                                      const Clock& clock) {
  auto parts = std::make_unique<Parts>(std::move(initial), settings.config_file, clock);

  if (settings.http_listen) {
    auto http = ControlHttpServer::start(*settings.http_listen, parts->site());
    if (!http) return http.error();
    parts->http = std::move(*http);
  }
  auto grpc = GrpcServer::start(parts->control_plane, {.listen = settings.grpc_listen,
                                                       .reflection = settings.grpc_reflection,
                                                       .insecure = settings.insecure_grpc,
                                                       .tls = settings.grpc_tls});
  if (!grpc) return grpc.error();
  {
    const std::lock_guard lock(parts->mutex);
    parts->grpc = std::move(*grpc);
  }

  parts->prober.emplace(parts->control_plane, clock);
  parts->watcher.emplace(settings.config_file, [&control_plane = parts->control_plane] { control_plane.reload(); });
  // What was written between the first reading and the watch.
  parts->control_plane.reload();
  if (parts->http) parts->http->set_readiness(Readiness::kReady);
  return std::unique_ptr<ControlPlaneServer>(new ControlPlaneServer(std::move(parts)));
}

ControlPlaneServer::ControlPlaneServer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

ControlPlaneServer::~ControlPlaneServer() { shut_down(); }

std::optional<ListenAddress> ControlPlaneServer::grpc_bound() const { return parts_->grpc->bound(); }

std::optional<TcpAddress> ControlPlaneServer::http_bound() const {
  if (!parts_->http) return std::nullopt;
  return parts_->http->bound();
}

std::shared_ptr<grpc::Channel> ControlPlaneServer::in_process_channel() {
  return parts_->grpc->in_process_channel();
}

ControlPlane& ControlPlaneServer::control_plane() { return parts_->control_plane; }

void ControlPlaneServer::show_metrics(MoreMetrics more) {
  const std::lock_guard lock(parts_->mutex);
  parts_->more_metrics = std::move(more);
}

void ControlPlaneServer::reload() { parts_->control_plane.reload(); }

void ControlPlaneServer::shut_down() {
  if (parts_->http) parts_->http->set_readiness(Readiness::kNotReady);
  show_metrics(nullptr);
  parts_->watcher.reset();
  parts_->prober.reset();
  parts_->grpc->shut_down(kShutdownGrace);
}

}  // namespace balancer::controlplane
