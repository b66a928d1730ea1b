#include "controlplane/config/config_view.hpp"

#include <fmt/format.h>

#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <nlohmann/json.hpp>

#include "common/net/listen_address.hpp"
#include "common/routing/routing_names.hpp"
#include "common/snapshot/conversion_switches.hpp"
#include "common/snapshot/provider_type_name.hpp"
#include "controlplane/config/host_preset.hpp"

namespace balancer::controlplane {
namespace {

using nlohmann::ordered_json;

// As the file writes it: "90s", "250ms".
std::string text_of(std::chrono::milliseconds duration) {
  if (duration.count() % 1'000 == 0) return fmt::format("{}s", duration.count() / 1'000);
  return fmt::format("{}ms", duration.count());
}

std::string_view name_of(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug: return "DEBUG";
    case LogLevel::kInfo: return "INFO";
    case LogLevel::kWarning: return "WARNING";
    case LogLevel::kError: return "ERROR";
  }
  return "";
}

ordered_json hidden(const Secret& secret) { return secret.empty() ? ordered_json(nullptr) : ordered_json(kHiddenSecret); }

std::string_view auth_type_of(const Provider& provider) {
  if (provider.authentication == ProviderAuthentication::kPassthrough) return "passthrough";
  const bool bearer = provider.authentication == ProviderAuthentication::kBearer;
  return bearer && provider.type == ProviderType::kAnthropic ? "auth_token" : "api_key";
}

std::string proxy_text(const Proxy& proxy) {
  const std::string_view scheme = proxy.protocol == ProxyProtocol::kSocks5 ? "socks5" : "http";
  const std::string address = to_string(TcpAddress{proxy.host, proxy.port});
  if (proxy.username.empty()) return fmt::format("{}://{}", scheme, address);
  const std::string user = boost::urls::encode(proxy.username, boost::urls::unreserved_chars);
  return fmt::format("{}://{}:{}@{}", scheme, user, kHiddenSecret, address);
}

const HealthCheck* check_of(const Config& config, const std::string& provider) {
  for (const HealthCheck& check : config.health_checks) {
    if (check.provider == provider) return &check;
  }
  return nullptr;
}

ordered_json check_view(const HealthCheck& check) {
  ordered_json view{{"interval", text_of(check.interval)}, {"timeout", text_of(check.timeout)}};
  view[check.get_path.empty() ? "model" : "get"] = check.get_path.empty() ? check.model : check.get_path;
  return view;
}

void add_switches(const std::vector<SwitchText>& switches, ordered_json& view) {
  for (const SwitchText& text : switches) {
    if (text.values.size() == 1) {
      view[text.name] = text.values.front();
    } else {
      view[text.name] = text.values;
    }
  }
}

ordered_json provider_view(const Config& config, const Provider& provider) {
  ordered_json view{{"name", provider.name},
                    {"type", to_string(provider.type)},
                    {"base_url", provider.base_url},
                    {"auth_type", auth_type_of(provider)},
                    {"auth_value", hidden(provider.credential)},
                    {"enabled", provider.enabled},
                    {"proxy", provider.proxy ? ordered_json(proxy_text(*provider.proxy)) : ordered_json(nullptr)},
                    {"max_in_flight", provider.max_in_flight},
                    {"signature_domain", provider.signature_domain},
                    {"forward_client_identity", provider.forward_client_identity},
                    {"version_override", provider.version_override},
                    {"beta_add", provider.beta_add},
                    {"beta_remove", provider.beta_remove},
                    {"ca_file", provider.ca_file},
                    {"allow_link_local", provider.allow_link_local},
                    {"health_check", nullptr}};
  if (const HealthCheck* const check = check_of(config, provider.name)) view["health_check"] = check_view(*check);
  if (provider.type == ProviderType::kAnthropic) {
    view["count_tokens"] = provider.count_tokens;
    return view;
  }
  add_switches(switches_as_text(provider.conversion), view);
  // The file says otherwise than the host's preset.
  add_switches(switches_as_text(provider.conversion, host_preset(provider.url).settings), view);
  return view;
}

ordered_json route_view(const Snapshot& snapshot, const routing::Route& route) {
  ordered_json targets = ordered_json::array();
  for (const routing::RouteTarget& target : route.targets) {
    targets.push_back({{"provider", snapshot.providers[target.provider].name},
                       {"model", target.upstream_model.empty() ? "passthrough" : target.upstream_model},
                       {"priority", target.priority},
                       {"enabled", target.enabled},
                       {"weight", target.weight}});
  }
  if (!route.strategy) return targets;
  return {{"strategy", to_string(*route.strategy)}, {"providers", std::move(targets)}};
}

ordered_json timeouts_view(const Snapshot& snapshot) {
  const Timeouts& timeouts = snapshot.timeouts;
  return {{"connect", text_of(timeouts.connect)},
          {"tls_handshake", text_of(timeouts.tls_handshake)},
          {"streaming", {{"first_byte", text_of(timeouts.streaming_first_byte)}}},
          {"non_streaming", {{"first_byte", text_of(timeouts.non_streaming_first_byte)}}},
          {"idle", text_of(timeouts.idle)},
          {"content_idle", text_of(timeouts.content_idle)},
          {"until_commit", text_of(timeouts.until_commit)},
          {"stream_total", text_of(timeouts.stream_total)},
          {"caching", {{"deduplication_timeout", text_of(snapshot.response_sharing.join_timeout)}}}};
}

ordered_json auth_view(const ClientAuthentication& authentication) {
  ordered_json keys = ordered_json::array();
  for (const ClientKey& key : authentication.keys) keys.push_back({{"name", key.name}, {"key", kHiddenSecret}});
  return {{"enabled", authentication.enabled},
          {"keys", std::move(keys)},
          {"exempt_paths", authentication.exempt_paths},
          {"allow_unauthenticated", authentication.allow_unauthenticated},
          {"allowed_hosts", authentication.allowed_hosts}};
}

// As the file has them: TextPatterns::plain() made expressions of them.
std::vector<std::string> plain_texts(const TextPatterns& patterns) {
  std::vector<std::string> texts;
  for (const std::string& expression : patterns.expressions()) {
    std::string& text = texts.emplace_back();
    for (std::size_t i = 0; i < expression.size(); ++i) {
      if (expression[i] == '\\' && i + 1 < expression.size()) ++i;
      text += expression[i];
    }
  }
  return texts;
}

ordered_json settings_view(const Config& config) {
  const Snapshot& snapshot = config.snapshot;
  const ResponseSharing& sharing = snapshot.response_sharing;
  const bool soonest = snapshot.routing.when_all_cooling == routing::AllCooling::kSoonest;
  return {{"selection_strategy", to_string(snapshot.routing.strategy)},
          {"when_all_cooling", soonest ? "soonest" : "fail_fast"},
          {"unhealthy_threshold", config.health.failure_threshold},
          {"failure_cooldown", text_of(snapshot.cooldown.base)},
          {"failure_cooldown_limit", text_of(snapshot.cooldown.limit)},
          {"unhealthy_reset_on_success", config.health.reset_on_success},
          {"unhealthy_reset_timeout", text_of(config.health.reset_timeout)},
          {"unhealthy_http_codes", snapshot.unhealthy_signs.statuses},
          {"unhealthy_exception_patterns", plain_texts(snapshot.unhealthy_signs.exception_patterns)},
          {"unhealthy_response_body_patterns", snapshot.unhealthy_signs.body_patterns.expressions()},
          {"sticky_provider_duration", text_of(config.affinity.sticky_duration)},
          {"attempt_limit", snapshot.attempt_limit},
          {"ping_interval", text_of(snapshot.ping_interval)},
          {"diagnostic_headers", snapshot.diagnostic_headers},
          {"timeouts", timeouts_view(snapshot)},
          {"max_cache_size", config.cache.max_entries},
          {"cache_ttl_seconds", text_of(config.cache.time_to_live)},
          {"cache", {{"max_bytes", config.cache.max_bytes}, {"store_truncated", sharing.store_truncated}}},
          {"deduplication",
           {{"enabled", sharing.coalescing},
            {"linger", text_of(sharing.linger)},
            {"include_max_tokens_in_signature", sharing.include_max_tokens}}},
          {"auth", auth_view(snapshot.client_authentication)},
          {"host", config.server.host},
          {"port", config.server.port},
          {"log_level", name_of(config.server.log_level)},
          {"log_color", config.server.log_color},
          {"log_file_path", config.server.log_file_path},
          {"app_name", snapshot.service_name},
          {"app_version", snapshot.service_version}};
}

}  // namespace

ordered_json config_view(const Config& config) {
  ordered_json view{{"providers", ordered_json::array()}, {"model_routes", ordered_json::object()}};
  for (const Provider& provider : config.snapshot.providers) {
    view["providers"].push_back(provider_view(config, provider));
  }
  for (const routing::Route& route : config.snapshot.routing.routes) {
    view["model_routes"][route.pattern] = route_view(config.snapshot, route);
  }
  view["settings"] = settings_view(config);
  return view;
}

}  // namespace balancer::controlplane
