// How one gateway process runs; everything else it learns from the control plane.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "common/http/server_limits.hpp"
#include "common/net/listen_address.hpp"
#include "common/tls/tls_files.hpp"
#include "common/tracing/span_exporter.hpp"
#include "gateway/overload/overload_limits.hpp"

namespace balancer::gateway {

struct GatewaySettings {
  TcpAddress listen{"127.0.0.1", 9090};
  // Nothing: no admin listener.
  std::optional<TcpAddress> admin_listen;
  // What clients are shown, who speak TLS then; without a certificate they speak in clear, as operators always do.
  tls::Files tls{};
  // When the certificate ends that is shown to the control plane; may be empty. Called as long as the app is there.
  std::function<std::optional<std::chrono::sys_seconds>()> control_plane_certificate_expiry{};
  // Where the control plane is, as connect_control_plane() was told; empty when only the channel leads there: in-process,
  // or TLS.
  std::string control_plane;
  // I/O threads; 0 for one a core.
  unsigned threads = 0;
  // Where the newest snapshot is kept for a start without a control plane; empty for nowhere.
  std::string snapshot_cache_file;
  // How long to go on serving after a stop is asked for, ready for nothing more by /readyz, until load balancers have
  // noticed. None by default: on a laptop there are none, and Ctrl-C is to feel quick.
  std::chrono::milliseconds drain_delay{0};
  // How long open streams may go on after that.
  std::chrono::milliseconds drain_timeout{30'000};
  OverloadLimits overload;
  http::ServerLimits limits;
  // Where spans go; nothing: traces are not taken.
  std::optional<tracing::ExporterSettings> spans;
};

}  // namespace balancer::gateway
