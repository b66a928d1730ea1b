// The validated configuration. Whoever holds one needs no further checks.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/snapshot/snapshot.hpp"

namespace balancer::controlplane {

// Found in a provider's answer, letter case aside, it speaks against the provider.
struct BodyPattern {
  std::string text;
  // True: plain text; false: an RE2 expression, known to compile.
  bool literal = false;

  friend bool operator==(const BodyPattern&, const BodyPattern&) = default;
};

// When a provider counts as sick (seed-compat section 1, "unhealthy_*").
struct HealthSettings {
  // Failures in a row after which a provider cools.
  int failure_threshold = 1;
  bool reset_on_success = true;
  // A failure older than this is forgotten.
  std::chrono::milliseconds reset_timeout{300'000};
  std::chrono::milliseconds failure_cooldown{180'000};
  // What counts as a failure beside the built-in classes (protocol.md 5.5).
  std::vector<int> unhealthy_http_codes;
  std::vector<std::string> unhealthy_exception_patterns;
  std::vector<BodyPattern> unhealthy_response_body_patterns;

  friend bool operator==(const HealthSettings&, const HealthSettings&) = default;
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

// Absent: the file does not say.
struct CacheSettings {
  std::optional<std::uint32_t> max_entries;
  std::optional<std::chrono::milliseconds> time_to_live;

  friend bool operator==(const CacheSettings&, const CacheSettings&) = default;
};

struct DeduplicationSettings {
  bool enabled = true;
  bool include_max_tokens_in_signature = false;
  std::chrono::milliseconds sse_error_cleanup_delay{3'000};
  // How long a joiner waits for the answer that it joined.
  std::chrono::milliseconds join_timeout{180'000};

  friend bool operator==(const DeduplicationSettings&, const DeduplicationSettings&) = default;
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
  ServerSettings server;
  CacheSettings cache;
  DeduplicationSettings deduplication;
  AffinitySettings affinity;

  friend bool operator==(const Config&, const Config&) = default;
};

}  // namespace balancer::controlplane
