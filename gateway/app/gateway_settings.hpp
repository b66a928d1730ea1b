// How one gateway process runs; everything else it learns from the control plane.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "common/http/server_limits.hpp"
#include "common/net/listen_address.hpp"
#include "common/tracing/span_exporter.hpp"

namespace balancer::gateway {

struct GatewaySettings {
  TcpAddress listen{"127.0.0.1", 9090};
  // Nothing: no admin listener.
  std::optional<TcpAddress> admin_listen;
  // Where the control plane is, as connect_control_plane() was told; empty when the channel is in-process.
  std::string control_plane;
  // I/O threads; 0 for one a core.
  unsigned threads = 0;
  // Where the newest snapshot is kept for a start without a control plane; empty for nowhere.
  std::string snapshot_cache_file;
  // How long open streams may go on after a stop is asked for.
  std::chrono::milliseconds drain_timeout{30'000};
  http::ServerLimits limits;
  // Where spans go; nothing: traces are not taken.
  std::optional<tracing::ExporterSettings> spans;
};

}  // namespace balancer::gateway
