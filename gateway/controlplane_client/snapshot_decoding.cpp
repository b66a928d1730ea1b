#include "gateway/controlplane_client/snapshot_decoding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <string_view>
#include <utility>

#include "common/snapshot/conversion_switches.hpp"
#include "common/snapshot/provider_url.hpp"
#include "common/snapshot/routing_digest.hpp"
#include "gateway/controlplane_client/proto_time.hpp"

namespace balancer::gateway {
namespace {

using ProviderIndex = boost::unordered_flat_map<std::string_view, std::size_t>;

Error refused(std::string message) { return {ErrorCode::kInvalidRequest, std::move(message), {}}; }

// Such a byte would let a value end the header line that it is sent in.
bool has_control_byte(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

std::optional<ProviderType> decode(v1::ProviderType type) {
  switch (type) {
    case v1::PROVIDER_TYPE_ANTHROPIC: return ProviderType::kAnthropic;
    case v1::PROVIDER_TYPE_OPENAI: return ProviderType::kOpenAi;
    default: return std::nullopt;
  }
}

std::optional<ProviderAuthentication> decode(v1::ProviderAuthentication authentication) {
  switch (authentication) {
    case v1::PROVIDER_AUTHENTICATION_X_API_KEY: return ProviderAuthentication::kXApiKey;
    case v1::PROVIDER_AUTHENTICATION_BEARER: return ProviderAuthentication::kBearer;
    case v1::PROVIDER_AUTHENTICATION_PASSTHROUGH: return ProviderAuthentication::kPassthrough;
    default: return std::nullopt;
  }
}

std::optional<ProxyProtocol> decode(v1::ProxyProtocol protocol) {
  switch (protocol) {
    case v1::PROXY_PROTOCOL_HTTP_CONNECT: return ProxyProtocol::kHttpConnect;
    case v1::PROXY_PROTOCOL_SOCKS5: return ProxyProtocol::kSocks5;
    default: return std::nullopt;
  }
}

std::optional<routing::SelectionStrategy> decode(v1::SelectionStrategy strategy) {
  switch (strategy) {
    case v1::SELECTION_STRATEGY_PRIORITY: return routing::SelectionStrategy::kPriority;
    case v1::SELECTION_STRATEGY_ROUND_ROBIN: return routing::SelectionStrategy::kRoundRobin;
    case v1::SELECTION_STRATEGY_RANDOM: return routing::SelectionStrategy::kRandom;
    case v1::SELECTION_STRATEGY_WEIGHTED: return routing::SelectionStrategy::kWeighted;
    case v1::SELECTION_STRATEGY_LEAST_LATENCY: return routing::SelectionStrategy::kLeastLatency;
    default: return std::nullopt;
  }
}

std::optional<routing::AllCooling> decode(v1::AllCoolingPolicy policy) {
  switch (policy) {
    // Of a control plane that does not know of it.
    case v1::ALL_COOLING_POLICY_UNSPECIFIED:
    case v1::ALL_COOLING_POLICY_SOONEST: return routing::AllCooling::kSoonest;
    case v1::ALL_COOLING_POLICY_FAIL_FAST: return routing::AllCooling::kFailFast;
    default: return std::nullopt;
  }
}

Result<Proxy> decode_proxy(const v1::Proxy& message, std::string_view provider) {
  const auto protocol = decode(message.protocol());
  if (!protocol) return refused(fmt::format("provider {}: unknown proxy protocol", provider));
  if (message.host().empty()) return refused(fmt::format("provider {}: the proxy has no host", provider));
  if (message.port() == 0 || message.port() > 65'535) {
    return refused(fmt::format("provider {}: proxy port {} is not a port", provider, message.port()));
  }
  return Proxy{.protocol = *protocol,
               .host = message.host(),
               .port = static_cast<std::uint16_t>(message.port()),
               .username = message.username(),
               .password = Secret(message.password())};
}

Result<ConversionSettings> decode_conversion(const v1::Provider& message) {
  std::vector<SwitchText> switches;
  for (const v1::ConversionSwitch& encoded : message.conversion_switches()) {
    switches.push_back({encoded.name(), {encoded.values().begin(), encoded.values().end()}});
  }
  return switches_from_text(switches);
}

Result<Provider> decode_provider(const v1::Provider& message) {
  const std::string& name = message.name();
  if (name.empty()) return refused("a provider has no name");
  const auto type = decode(message.type());
  if (!type) return refused(fmt::format("provider {}: unknown type {}", name, static_cast<int>(message.type())));
  const auto authentication = decode(message.authentication());
  if (!authentication) return refused(fmt::format("provider {}: unknown kind of authentication", name));
  if (message.base_url().empty()) return refused(fmt::format("provider {}: no base_url", name));
  Result<ProviderUrl> url = parse_provider_url(message.base_url());
  if (!url) return refused(fmt::format("provider {}: {}", name, url.error().message));
  if (has_control_byte(message.credential())) {
    return refused(fmt::format("provider {}: the credential holds a control character", name));
  }
  if (has_control_byte(message.version_override())) {
    return refused(fmt::format("provider {}: version_override holds a control character", name));
  }

  Result<ConversionSettings> conversion = decode_conversion(message);
  if (!conversion) return refused(fmt::format("provider {}: {}", name, conversion.error().message));

  Provider provider{.name = name,
                    .type = *type,
                    .base_url = message.base_url(),
                    .url = std::move(*url),
                    .authentication = *authentication,
                    .credential = Secret(message.credential()),
                    .enabled = message.enabled(),
                    .proxy = std::nullopt,
                    .version_override = message.version_override(),
                    .beta_add = {message.beta_add().begin(), message.beta_add().end()},
                    .beta_remove = {message.beta_remove().begin(), message.beta_remove().end()},
                    .forward_client_identity = message.forward_client_identity(),
                    .ca_file = message.ca_file(),
                    .allow_link_local = message.allow_link_local(),
                    .count_tokens = !message.token_counting_disabled(),
                    .max_in_flight = message.max_in_flight(),
                    .signature_domain = message.signature_domain().empty() ? name : message.signature_domain(),
                    .conversion = std::move(*conversion)};
  if (std::any_of(provider.beta_add.begin(), provider.beta_add.end(), has_control_byte)) {
    return refused(fmt::format("provider {}: beta_add holds a control character", name));
  }
  if (message.has_proxy()) {
    Result<Proxy> proxy = decode_proxy(message.proxy(), name);
    if (!proxy) return proxy.error();
    provider.proxy = std::move(*proxy);
  }
  return provider;
}

Result<routing::Route> decode_route(const v1::Route& message, const ProviderIndex& providers) {
  if (message.pattern().empty()) return refused("a route has no pattern");
  routing::Route route{.pattern = message.pattern(), .targets = {}, .strategy = std::nullopt};
  if (message.selection_strategy() != v1::SELECTION_STRATEGY_UNSPECIFIED) {
    route.strategy = decode(message.selection_strategy());
    if (!route.strategy) return refused(fmt::format("route {}: unknown selection strategy", message.pattern()));
  }
  for (const v1::RouteTarget& target : message.targets()) {
    const auto provider = providers.find(std::string_view(target.provider()));
    if (provider == providers.end()) {
      return refused(fmt::format("route {}: there is no provider {}", message.pattern(), target.provider()));
    }
    route.targets.push_back({provider->second, target.upstream_model(), target.priority(), target.enabled(),
                             std::max(1U, target.weight())});
  }
  if (route.targets.empty()) return refused(fmt::format("route {} has no provider", message.pattern()));
  return route;
}

Result<ClientAuthentication> decode_authentication(const v1::ClientAuthentication& message) {
  ClientAuthentication authentication{
      .enabled = message.enabled(),
      .keys = {},
      .exempt_paths = {message.exempt_paths().begin(), message.exempt_paths().end()},
      .allow_unauthenticated = message.allow_unauthenticated(),
      .allowed_hosts = {message.allowed_hosts().begin(), message.allowed_hosts().end()}};
  for (const v1::ClientKey& message_key : message.keys()) {
    ClientKey key{.name = message_key.name(), .digest = {}};
    if (key.name.empty()) return refused("a client key has no name");
    if (message_key.digest().size() != key.digest.size()) {
      return refused(fmt::format("client key {}: a digest of {} bytes", key.name, message_key.digest().size()));
    }
    std::copy(message_key.digest().begin(), message_key.digest().end(), key.digest.begin());
    authentication.keys.push_back(std::move(key));
  }
  return authentication;
}

Result<TextPatterns> decode_patterns(const google::protobuf::RepeatedPtrField<std::string>& expressions,
                                     std::string_view field) {
  Result<TextPatterns> patterns = TextPatterns::compile({expressions.begin(), expressions.end()});
  if (!patterns) return refused(fmt::format("unhealthy_signs.{}: {}", field, patterns.error().message));
  return patterns;
}

Result<UnhealthySigns> decode_signs(const v1::UnhealthySigns& message) {
  Result<TextPatterns> exceptions = decode_patterns(message.exception_patterns(), "exception_patterns");
  if (!exceptions) return exceptions.error();
  Result<TextPatterns> bodies = decode_patterns(message.body_patterns(), "body_patterns");
  if (!bodies) return bodies.error();
  return UnhealthySigns{.statuses = {message.statuses().begin(), message.statuses().end()},
                        .exception_patterns = std::move(*exceptions),
                        .body_patterns = std::move(*bodies)};
}

struct DurationField {
  std::string_view name;
  bool present;
  const google::protobuf::Duration& message;
  std::chrono::milliseconds& target;
  std::chrono::milliseconds least;
};

// Empty, or what is wrong.
std::string decode_durations(const v1::Snapshot& message, Snapshot& snapshot) {
  using std::chrono_literals::operator""ms;
  const v1::Timeouts& from = message.timeouts();
  const v1::ResponseSharing& sharing = message.response_sharing();
  Timeouts& to = snapshot.timeouts;
  const DurationField fields[] = {
      {"connect", from.has_connect(), from.connect(), to.connect, 1ms},
      {"tls_handshake", from.has_tls_handshake(), from.tls_handshake(), to.tls_handshake, 1ms},
      {"streaming_first_byte", from.has_streaming_first_byte(), from.streaming_first_byte(), to.streaming_first_byte,
       1ms},
      {"non_streaming_first_byte", from.has_non_streaming_first_byte(), from.non_streaming_first_byte(),
       to.non_streaming_first_byte, 1ms},
      {"idle", from.has_idle(), from.idle(), to.idle, 1ms},
      {"until_commit", from.has_until_commit(), from.until_commit(), to.until_commit, 1ms},
      {"stream_total", from.has_stream_total(), from.stream_total(), to.stream_total, 1ms},
      {"content_idle", from.has_content_idle(), from.content_idle(), to.content_idle, 1ms},
      {"failure_cooldown", message.has_failure_cooldown(), message.failure_cooldown(), snapshot.cooldown.base, 0ms},
      {"failure_cooldown_limit", message.has_failure_cooldown_limit(), message.failure_cooldown_limit(),
       snapshot.cooldown.limit, 0ms},
      {"ping_interval", message.has_ping_interval(), message.ping_interval(), snapshot.ping_interval, 0ms},
      {"linger", sharing.has_linger(), sharing.linger(), snapshot.response_sharing.linger, 0ms},
      {"join_timeout", sharing.has_join_timeout(), sharing.join_timeout(), snapshot.response_sharing.join_timeout, 1ms},
  };
  for (const DurationField& field : fields) {
    if (!field.present) continue;
    const std::chrono::milliseconds value = to_milliseconds(field.message);
    if (value < field.least) return fmt::format("{}: {} ms is too short", field.name, value.count());
    field.target = value;
  }
  return {};
}

}  // namespace

Result<Snapshot> decode_snapshot(const v1::Snapshot& message) {
  Snapshot snapshot;
  snapshot.version = message.version();
  snapshot.epoch = message.epoch();
  snapshot.load_time = to_time_point(message.load_time());

  if (message.providers().empty()) return refused("the snapshot has no providers");
  ProviderIndex index;
  for (const v1::Provider& provider_message : message.providers()) {
    Result<Provider> provider = decode_provider(provider_message);
    if (!provider) return provider.error();
    if (!index.emplace(provider_message.name(), snapshot.providers.size()).second) {
      return refused(fmt::format("two providers are named {}", provider->name));
    }
    snapshot.routing.providers.push_back({provider->name, provider->enabled});
    snapshot.providers.push_back(std::move(*provider));
  }
  for (const v1::Route& route_message : message.routes()) {
    Result<routing::Route> route = decode_route(route_message, index);
    if (!route) return route.error();
    snapshot.routing.routes.push_back(std::move(*route));
  }
  const auto strategy = decode(message.selection_strategy());
  if (!strategy) return refused("unknown selection strategy");
  snapshot.routing.strategy = *strategy;
  const auto policy = decode(message.when_all_cooling());
  if (!policy) return refused("unknown policy for when all providers cool");
  snapshot.routing.when_all_cooling = *policy;

  Result<ClientAuthentication> authentication = decode_authentication(message.client_authentication());
  if (!authentication) return authentication.error();
  snapshot.client_authentication = std::move(*authentication);

  Result<UnhealthySigns> signs = decode_signs(message.unhealthy_signs());
  if (!signs) return signs.error();
  snapshot.unhealthy_signs = std::move(*signs);

  if (message.has_response_sharing()) {
    const v1::ResponseSharing& sharing = message.response_sharing();
    snapshot.response_sharing.coalescing = sharing.coalescing();
    snapshot.response_sharing.caching = sharing.caching();
    snapshot.response_sharing.include_max_tokens = sharing.include_max_tokens();
    snapshot.response_sharing.store_truncated = sharing.store_truncated();
  }
  if (std::string problem = decode_durations(message, snapshot); !problem.empty()) return refused(std::move(problem));
  if (message.attempt_limit() == 0) return refused("attempt_limit is 0");
  snapshot.attempt_limit = message.attempt_limit();
  snapshot.diagnostic_headers = message.diagnostic_headers();
  if (!message.service_name().empty()) snapshot.service_name = message.service_name();
  snapshot.service_version = message.service_version();
  snapshot.routing_digest = routing_digest(snapshot);
  return snapshot;
}

ProviderStatuses decode_statuses(const google::protobuf::RepeatedPtrField<v1::ProviderStatus>& messages,
                                 ProviderStatuses::Scope scope, std::chrono::steady_clock::time_point now) {
  ProviderStatuses statuses{.scope = scope, .statuses = {}};
  for (const v1::ProviderStatus& message : messages) {
    HeardStatus status{.provider = message.provider(), .cooling_until = std::nullopt, .cooling_models = {},
                       .last_error = message.last_error()};
    switch (message.state()) {
      case v1::PROVIDER_STATE_HEALTHY:
      case v1::PROVIDER_STATE_DISABLED:
        break;
      case v1::PROVIDER_STATE_COOLING:
        status.cooling_until = now + to_milliseconds(message.remaining_cooldown());
        break;
      default:
        continue;
    }
    for (const v1::ModelCooldown& model : message.cooling_models()) {
      status.cooling_models.push_back({model.upstream_model(), now + to_milliseconds(model.remaining_cooldown())});
    }
    statuses.statuses.push_back(std::move(status));
  }
  return statuses;
}

void encode_status(const HeardStatus& status, std::chrono::steady_clock::time_point now, v1::ProviderStatus& message) {
  const auto left = [&](std::chrono::steady_clock::time_point until) { return std::max(until - now, until - until); };
  message.set_provider(status.provider);
  message.set_state(status.cooling_until ? v1::PROVIDER_STATE_COOLING : v1::PROVIDER_STATE_HEALTHY);
  if (status.cooling_until) set_duration(*message.mutable_remaining_cooldown(), left(*status.cooling_until));
  message.set_last_error(status.last_error);
  for (const HeardModelCooldown& model : status.cooling_models) {
    v1::ModelCooldown& added = *message.add_cooling_models();
    added.set_upstream_model(model.upstream_model);
    set_duration(*added.mutable_remaining_cooldown(), left(model.until));
  }
}

}  // namespace balancer::gateway
