#include "controlplane/rpc/snapshot_encoding.hpp"

#include <algorithm>
#include <utility>

#include "common/snapshot/conversion_switches.hpp"
#include "controlplane/rpc/time_encoding.hpp"

namespace balancer::controlplane {
namespace {

v1::ProviderAuthentication encode(ProviderAuthentication authentication) {
  switch (authentication) {
    case ProviderAuthentication::kXApiKey: return v1::PROVIDER_AUTHENTICATION_X_API_KEY;
    case ProviderAuthentication::kBearer: return v1::PROVIDER_AUTHENTICATION_BEARER;
    case ProviderAuthentication::kPassthrough: return v1::PROVIDER_AUTHENTICATION_PASSTHROUGH;
  }
  return v1::PROVIDER_AUTHENTICATION_UNSPECIFIED;
}

v1::ProxyProtocol encode(ProxyProtocol protocol) {
  switch (protocol) {
    case ProxyProtocol::kHttpConnect: return v1::PROXY_PROTOCOL_HTTP_CONNECT;
    case ProxyProtocol::kSocks5: return v1::PROXY_PROTOCOL_SOCKS5;
  }
  return v1::PROXY_PROTOCOL_UNSPECIFIED;
}

v1::AllCoolingPolicy encode(routing::AllCooling policy) {
  switch (policy) {
    case routing::AllCooling::kSoonest: return v1::ALL_COOLING_POLICY_SOONEST;
    case routing::AllCooling::kFailFast: return v1::ALL_COOLING_POLICY_FAIL_FAST;
  }
  return v1::ALL_COOLING_POLICY_UNSPECIFIED;
}

v1::ProviderState encode(ProviderStatus::State state) {
  switch (state) {
    case ProviderStatus::State::kHealthy: return v1::PROVIDER_STATE_HEALTHY;
    case ProviderStatus::State::kCooling: return v1::PROVIDER_STATE_COOLING;
    case ProviderStatus::State::kDisabled: return v1::PROVIDER_STATE_DISABLED;
  }
  return v1::PROVIDER_STATE_UNSPECIFIED;
}

void encode(const Proxy& proxy, v1::Proxy& message) {
  message.set_protocol(encode(proxy.protocol));
  message.set_host(proxy.host);
  message.set_port(proxy.port);
  message.set_username(proxy.username);
  message.set_password(proxy.password.reveal());
}

void encode(const Provider& provider, v1::Provider& message) {
  message.set_name(provider.name);
  message.set_type(controlplane::encode(provider.type));
  message.set_base_url(provider.base_url);
  message.set_authentication(encode(provider.authentication));
  message.set_credential(provider.credential.reveal());
  message.set_enabled(provider.enabled);
  if (provider.proxy) encode(*provider.proxy, *message.mutable_proxy());
  message.set_version_override(provider.version_override);
  message.mutable_beta_add()->Assign(provider.beta_add.begin(), provider.beta_add.end());
  message.mutable_beta_remove()->Assign(provider.beta_remove.begin(), provider.beta_remove.end());
  message.set_forward_client_identity(provider.forward_client_identity);
  message.set_ca_file(provider.ca_file);
  message.set_allow_link_local(provider.allow_link_local);
  message.set_token_counting_disabled(!provider.count_tokens);
  message.set_max_in_flight(provider.max_in_flight);
  message.set_signature_domain(provider.signature_domain);
  for (const SwitchText& text : switches_as_text(provider.conversion)) {
    v1::ConversionSwitch& encoded = *message.add_conversion_switches();
    encoded.set_name(text.name);
    encoded.mutable_values()->Assign(text.values.begin(), text.values.end());
  }
}

void encode(const routing::Route& route, const std::vector<Provider>& providers, v1::Route& message) {
  message.set_pattern(route.pattern);
  for (const routing::RouteTarget& target : route.targets) {
    v1::RouteTarget& added = *message.add_targets();
    added.set_provider(providers[target.provider].name);
    added.set_upstream_model(target.upstream_model);
    added.set_priority(target.priority);
    added.set_enabled(target.enabled);
    added.set_weight(target.weight);
  }
  if (route.strategy) message.set_selection_strategy(controlplane::encode(*route.strategy));
}

void encode(const ClientAuthentication& authentication, v1::ClientAuthentication& message) {
  message.set_enabled(authentication.enabled);
  for (const ClientKey& key : authentication.keys) {
    v1::ClientKey& added = *message.add_keys();
    added.set_name(key.name);
    added.set_digest(key.digest.data(), key.digest.size());
  }
  message.mutable_exempt_paths()->Assign(authentication.exempt_paths.begin(), authentication.exempt_paths.end());
  message.set_allow_unauthenticated(authentication.allow_unauthenticated);
  message.mutable_allowed_hosts()->Assign(authentication.allowed_hosts.begin(), authentication.allowed_hosts.end());
}

void encode(const Timeouts& timeouts, v1::Timeouts& message) {
  *message.mutable_connect() = encode_duration(timeouts.connect);
  *message.mutable_tls_handshake() = encode_duration(timeouts.tls_handshake);
  *message.mutable_streaming_first_byte() = encode_duration(timeouts.streaming_first_byte);
  *message.mutable_non_streaming_first_byte() = encode_duration(timeouts.non_streaming_first_byte);
  *message.mutable_idle() = encode_duration(timeouts.idle);
  *message.mutable_until_commit() = encode_duration(timeouts.until_commit);
  *message.mutable_stream_total() = encode_duration(timeouts.stream_total);
  *message.mutable_content_idle() = encode_duration(timeouts.content_idle);
}

void encode(const UnhealthySigns& signs, v1::UnhealthySigns& message) {
  message.mutable_statuses()->Assign(signs.statuses.begin(), signs.statuses.end());
  for (std::string& pattern : signs.exception_patterns.expressions()) {
    message.add_exception_patterns(std::move(pattern));
  }
  for (std::string& pattern : signs.body_patterns.expressions()) message.add_body_patterns(std::move(pattern));
}

void encode(const ResponseSharing& sharing, v1::ResponseSharing& message) {
  message.set_coalescing(sharing.coalescing);
  message.set_caching(sharing.caching);
  message.set_include_max_tokens(sharing.include_max_tokens);
  message.set_store_truncated(sharing.store_truncated);
  *message.mutable_linger() = encode_duration(sharing.linger);
  *message.mutable_join_timeout() = encode_duration(sharing.join_timeout);
}

}  // namespace

v1::ProviderType encode(ProviderType type) {
  switch (type) {
    case ProviderType::kAnthropic: return v1::PROVIDER_TYPE_ANTHROPIC;
    case ProviderType::kOpenAi: return v1::PROVIDER_TYPE_OPENAI;
  }
  return v1::PROVIDER_TYPE_UNSPECIFIED;
}

v1::SelectionStrategy encode(routing::SelectionStrategy strategy) {
  switch (strategy) {
    case routing::SelectionStrategy::kPriority: return v1::SELECTION_STRATEGY_PRIORITY;
    case routing::SelectionStrategy::kRoundRobin: return v1::SELECTION_STRATEGY_ROUND_ROBIN;
    case routing::SelectionStrategy::kRandom: return v1::SELECTION_STRATEGY_RANDOM;
    case routing::SelectionStrategy::kWeighted: return v1::SELECTION_STRATEGY_WEIGHTED;
    case routing::SelectionStrategy::kLeastLatency: return v1::SELECTION_STRATEGY_LEAST_LATENCY;
  }
  return v1::SELECTION_STRATEGY_UNSPECIFIED;
}

v1::Snapshot encode(const Snapshot& snapshot) {
  v1::Snapshot message;
  message.set_version(snapshot.version);
  message.set_epoch(snapshot.epoch);
  *message.mutable_load_time() = encode_timestamp(snapshot.load_time);
  for (const Provider& provider : snapshot.providers) encode(provider, *message.add_providers());
  for (const routing::Route& route : snapshot.routing.routes) {
    encode(route, snapshot.providers, *message.add_routes());
  }
  message.set_selection_strategy(encode(snapshot.routing.strategy));
  message.set_when_all_cooling(encode(snapshot.routing.when_all_cooling));
  encode(snapshot.client_authentication, *message.mutable_client_authentication());
  encode(snapshot.timeouts, *message.mutable_timeouts());
  *message.mutable_failure_cooldown() = encode_duration(snapshot.cooldown.base);
  *message.mutable_failure_cooldown_limit() = encode_duration(snapshot.cooldown.limit);
  encode(snapshot.unhealthy_signs, *message.mutable_unhealthy_signs());
  encode(snapshot.response_sharing, *message.mutable_response_sharing());
  *message.mutable_ping_interval() = encode_duration(snapshot.ping_interval);
  message.set_attempt_limit(snapshot.attempt_limit);
  message.set_diagnostic_headers(snapshot.diagnostic_headers);
  message.set_service_name(snapshot.service_name);
  message.set_service_version(snapshot.service_version);
  return message;
}

v1::ProviderStatus encode(const ProviderStatus& status) {
  v1::ProviderStatus message;
  message.set_provider(status.provider);
  message.set_state(encode(status.state));
  if (status.state == ProviderStatus::State::kCooling) {
    *message.mutable_remaining_cooldown() = encode_duration(status.remaining_cooldown);
  }
  message.set_failure_count(status.failure_count);
  if (status.last_failure_time) *message.mutable_last_failure_time() = encode_timestamp(*status.last_failure_time);
  message.set_last_error(status.last_error);
  for (const ModelCooldown& model : status.cooling_models) {
    v1::ModelCooldown& added = *message.add_cooling_models();
    added.set_upstream_model(model.upstream_model);
    *added.mutable_remaining_cooldown() = encode_duration(model.remaining);
    added.set_last_error(model.last_error);
  }
  message.set_in_flight_count(status.in_flight_count);
  if (status.latency) {
    *message.mutable_latency() = encode_duration(std::chrono::ceil<std::chrono::milliseconds>(*status.latency));
  }
  return message;
}

ProviderStatus decode(const v1::ProviderStatus& message) {
  const auto left = [](const google::protobuf::Duration& duration) {
    // Nobody can have known of a longer one.
    return std::clamp<std::chrono::milliseconds>(
        std::chrono::ceil<std::chrono::milliseconds>(decode_duration(duration)), std::chrono::milliseconds(0),
        std::chrono::hours(24));
  };
  ProviderStatus status;
  status.provider = message.provider();
  if (message.state() == v1::PROVIDER_STATE_COOLING) {
    status.state = ProviderStatus::State::kCooling;
    status.remaining_cooldown = left(message.remaining_cooldown());
  }
  status.last_error = message.last_error();
  for (const v1::ModelCooldown& model : message.cooling_models()) {
    status.cooling_models.push_back({model.upstream_model(), left(model.remaining_cooldown()), model.last_error()});
  }
  return status;
}

}  // namespace balancer::controlplane
