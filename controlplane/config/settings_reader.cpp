#include "controlplane/config/settings_reader.hpp"

#include "controlplane/config/authentication_reader.hpp"
#include "controlplane/config/health_reader.hpp"
#include "controlplane/config/host_kind.hpp"
#include "controlplane/config/route_reader.hpp"
#include "controlplane/config/sharing_reader.hpp"
#include "controlplane/config/timeout_reader.hpp"
#include "controlplane/config/unsupported_keys.hpp"

namespace balancer::controlplane {
namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

ServerSettings read_server(YamlMap& settings) {
  ServerSettings server;
  server.host = settings.text("host", server.host);
  if (server.host.empty()) settings.find("host")->error("must not be empty");
  server.port = settings.integer<std::uint16_t>("port", server.port, 0, 65'535);
  server.log_level = settings.choice<LogLevel>("log_level", server.log_level,
                                               {{"DEBUG", LogLevel::kDebug},
                                                {"INFO", LogLevel::kInfo},
                                                {"WARNING", LogLevel::kWarning},
                                                {"WARN", LogLevel::kWarning},
                                                {"ERROR", LogLevel::kError},
                                                {"CRITICAL", LogLevel::kError},
                                                {"FATAL", LogLevel::kError}});
  server.log_color = settings.boolean("log_color", server.log_color);
  server.log_file_path = settings.text("log_file_path", server.log_file_path);
  return server;
}

AffinitySettings read_affinity(YamlMap& settings) {
  AffinitySettings affinity;
  affinity.sticky_duration =
      settings.duration({"sticky_provider_duration", "idle_recovery_interval"}, affinity.sticky_duration);
  return affinity;
}

// The part of a snapshot that stands directly under "settings".
void read_serving(YamlMap& settings, Snapshot& snapshot) {
  snapshot.routing.strategy = read_selection_strategy(settings);
  snapshot.routing.when_all_cooling = settings.choice<routing::AllCooling>(
      "when_all_cooling", snapshot.routing.when_all_cooling,
      {{"soonest", routing::AllCooling::kSoonest}, {"fail_fast", routing::AllCooling::kFailFast}});
  snapshot.ping_interval = settings.duration("ping_interval", snapshot.ping_interval, 1s);
  snapshot.attempt_limit = settings.integer<unsigned>("attempt_limit", snapshot.attempt_limit, 1, 100);
  snapshot.diagnostic_headers = settings.boolean("diagnostic_headers", snapshot.diagnostic_headers);
  snapshot.service_name = settings.text("app_name", snapshot.service_name);
  snapshot.service_version = settings.text("app_version", snapshot.service_version);
  if (snapshot.service_version.empty()) snapshot.service_version = BALANCER_VERSION;
}

void read_reload(YamlMap& settings) {
  if (!settings.boolean("reload", true)) {
    settings.find("reload")->warning("is ignored: this file is always watched, and changes apply without a restart");
  }
}

void check_exposure(YamlMap& settings, const Config& config) {
  const ClientAuthentication& clients = config.snapshot.client_authentication;
  const bool loopback = config.server.host.empty() || is_loopback_host(config.server.host);
  if (loopback || clients.enabled || clients.allow_unauthenticated) return;
  if (const auto host = settings.find("host")) {
    host->warning(
        "listening beyond this machine needs auth.keys, or auth.allow_unauthenticated: true if anyone may use your "
        "providers");
  }
}

}  // namespace

Config read_settings(YamlMap settings, const ConfigFile& file) {
  Config config;
  config.server = read_server(settings);
  config.health = read_health(settings);
  config.snapshot.cooldown = config.health.cooldown;
  config.snapshot.unhealthy_signs = read_unhealthy_signs(settings);
  read_serving(settings, config.snapshot);
  YamlMap timeouts = settings.map("timeouts");
  config.snapshot.timeouts = read_timeouts(settings, timeouts);
  YamlMap caching_timeouts = timeouts.map("caching");
  read_sharing(settings, caching_timeouts, config);
  config.affinity = read_affinity(settings);
  config.snapshot.client_authentication = read_authentication(settings.map("auth"), file);
  read_reload(settings);
  ignore_unsupported_settings(settings);
  check_exposure(settings, config);
  return config;
}

}  // namespace balancer::controlplane
