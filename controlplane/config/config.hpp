// The validated configuration. Whoever holds one needs no further checks.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/routing/cooldown_policy.hpp"
#include "common/snapshot/snapshot.hpp"

namespace balancer::controlplane {

// When a provider counts as sick (seed-compat section 1, "unhealthy_*"); what counts as a failure is in the snapshot.
struct HealthSettings {
  // Failures in a row after which a provider cools; those that it explains itself need no others
  // (routing::cools_at_once).
  int failure_threshold = 3;
  bool reset_on_success = true;
  // A failure older than this is forgotten.
  std::chrono::milliseconds reset_timeout{300'000};
  routing::CooldownSettings cooldown;

  friend bool operator==(const HealthSettings&, const HealthSettings&) = default;
};

// A question to a provider apart from all requests, asked every so often: whether it is up. Exactly one of get_path and
// model is set.
struct HealthCheck {
  // Configured name.
  std::string provider;
  // From the beginning of one check to that of the next.
  std::chrono::milliseconds interval{30'000};
  // Of a whole check, dialling included.
  std::chrono::milliseconds timeout{5'000};
  // "/v1/models": a GET of this path behind base_url.
  std::string get_path;
  // A request for one token of this model, in the provider's dialect.
  std::string model;

  friend bool operator==(const HealthCheck&, const HealthCheck&) = default;
};

enum class LogLevel { kDebug, kInfo, kWarning, kError };

// What the standalone program takes from the file; the split programs have flags for it.
struct ServerSettings {
  std::string host = "127.0.0.1";
  std::uint16_t port = 9090;
  LogLevel log_level = LogLevel::kInfo;
  bool log_color = true;
  // JSON lines; empty for none.
  std::string log_file_path;

  friend bool operator==(const ServerSettings&, const ServerSettings&) = default;
};

// What the control plane keeps of answers; how requests share them is Snapshot::response_sharing.
struct CacheSettings {
  // 0: nothing is stored.
  std::uint32_t max_entries = 0;
  std::uint64_t max_bytes = 64 * 1024 * 1024;
  std::chrono::milliseconds time_to_live{300'000};

  friend bool operator==(const CacheSettings&, const CacheSettings&) = default;
};

struct AffinitySettings {
  // How long an idle session keeps its provider; 0 for not at all.
  std::chrono::milliseconds sticky_duration{3'600'000};

  friend bool operator==(const AffinitySettings&, const AffinitySettings&) = default;
};

struct Config {
  // version and epoch are left for the owner of the configuration to set.
  Snapshot snapshot;
  HealthSettings health;
  // At most one a provider; those without are judged by requests alone.
  std::vector<HealthCheck> health_checks;
  ServerSettings server;
  CacheSettings cache;
  AffinitySettings affinity;

  friend bool operator==(const Config&, const Config&) = default;
};

}  // namespace balancer::controlplane
