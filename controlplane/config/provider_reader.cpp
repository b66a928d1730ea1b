#include "controlplane/config/provider_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "common/config/quoted_text.hpp"
#include "common/snapshot/provider_url.hpp"
#include "controlplane/config/conversion_reader.hpp"
#include "controlplane/config/credential_reader.hpp"
#include "controlplane/config/header_values.hpp"
#include "controlplane/config/health_check_reader.hpp"
#include "controlplane/config/host_kind.hpp"
#include "controlplane/config/unsupported_keys.hpp"

namespace balancer::controlplane {
namespace {

constexpr std::string_view kGuardedHost =
    "is a link-local or metadata address, which hands out this machine's credentials; write allow_link_local: true "
    "if that is wanted";

// In place of a credential.
constexpr std::string_view kPassthroughWord = "passthrough";

std::string without_trailing_slashes(std::string text) {
  while (text.ends_with('/')) text.pop_back();
  return text;
}

void read_base_url(YamlMap& map, Provider& provider) {
  const auto value = map.require("base_url");
  if (!value) return;
  const auto text = value->text();
  if (!text) return;
  const Result<ProviderUrl> url = parse_provider_url(*text);
  if (!url) return value->error(url.error().message);
  if (is_guarded_host(url->host) && !provider.allow_link_local) return value->error(std::string(kGuardedHost));
  provider.url = *url;
  provider.base_url = without_trailing_slashes(*text);
  if (!url->tls && !is_loopback_host(url->host) && !provider.credential.empty()) {
    value->warning("the credential travels unencrypted; use https:// if the provider has it");
  }
}

void read_proxy(YamlMap& map, const ConfigFile& file, Provider& provider) {
  const auto value = map.find("proxy");
  if (!value) return;
  const auto text = value->text();
  if (!text || text->empty()) return;
  Result<Proxy> proxy = parse_proxy_url(*text);
  if (!proxy) return value->error(proxy.error().message);
  if (is_guarded_host(proxy->host) && !provider.allow_link_local) return value->error(std::string(kGuardedHost));
  if (!proxy->password.empty()) warn_of_readers(*value, file);
  provider.proxy = std::move(*proxy);
}

enum class AuthType { kApiKey, kAuthToken, kPassthrough };

ProviderAuthentication authentication_of(ProviderType provider, AuthType type) {
  if (type == AuthType::kPassthrough) return ProviderAuthentication::kPassthrough;
  return type == AuthType::kApiKey && provider == ProviderType::kAnthropic ? ProviderAuthentication::kXApiKey
                                                                          : ProviderAuthentication::kBearer;
}

void refuse_oauth(const YamlValue& value, bool enabled) {
  const std::string message =
      "signing in with OAuth is not supported; use an API key, or passthrough to forward the token that the client "
      "(e.g. Claude Code after /login) sends";
  enabled ? value.error(message) : value.warning(message);
}

void read_authentication(YamlMap& map, const ConfigFile& file, Provider& provider) {
  const auto type = map.choice<AuthType>("auth_type", AuthType::kApiKey,
                                         {{"api_key", AuthType::kApiKey},
                                          {"auth_token", AuthType::kAuthToken},
                                          {"passthrough", AuthType::kPassthrough}});
  provider.authentication = authentication_of(provider.type, type);
  const auto value = map.find("auth_value");
  if (value && value->written() == "oauth") return refuse_oauth(*value, provider.enabled);
  if (value && value->written() == kPassthroughWord) provider.authentication = ProviderAuthentication::kPassthrough;
  if (provider.authentication == ProviderAuthentication::kPassthrough) return;

  std::optional<Secret> credential = value ? read_credential(*value, file) : Secret();
  if (!credential) return;
  if (credential->reveal() == kPassthroughWord) {
    provider.authentication = ProviderAuthentication::kPassthrough;
    return;
  }
  if (credential->empty() && provider.enabled) {
    (value ? *value : map.value()).warning("auth_value is empty: requests go out without a credential");
  }
  provider.credential = std::move(*credential);
}

void read_forwarding(YamlMap& map, Provider& provider) {
  provider.version_override = read_header_value(map, "version_override");
  provider.beta_add = read_header_tokens(map, "beta_add");
  provider.beta_remove = read_header_tokens(map, "beta_remove");
  provider.forward_client_identity = map.boolean("forward_client_identity", provider.forward_client_identity);
}

// Without a type, which is a problem of its own, the keys of both are accepted.
void read_keys_of_type(YamlMap& map, std::optional<ProviderType> type, Provider& provider) {
  if (type == ProviderType::kAnthropic) {
    refuse_conversion(map);
  } else {
    provider.conversion = read_conversion(map, provider.url);
  }
  if (type == ProviderType::kOpenAi) {
    refuse_key(map, "count_tokens", "is only for providers of type anthropic");
  } else {
    provider.count_tokens = map.boolean("count_tokens", provider.count_tokens);
  }
}

struct ConfiguredProvider {
  Provider provider;
  std::optional<HealthCheck> health_check;
};

ConfiguredProvider read_provider(YamlMap map, const ConfigFile& file) {
  Provider provider;
  if (const auto name = map.require("name")) {
    provider.name = name->text().value_or("");
    if (provider.name.empty()) name->error("must not be empty");
    if (provider.name.find_first_of("\n\t") != std::string::npos) name->error("must stand on one line");
  }
  map.require("type");
  const auto type = map.choice<std::optional<ProviderType>>(
      "type", std::nullopt, {{"anthropic", ProviderType::kAnthropic}, {"openai", ProviderType::kOpenAi}});
  provider.type = type.value_or(provider.type);
  provider.enabled = map.boolean("enabled", provider.enabled);
  read_authentication(map, file, provider);
  provider.allow_link_local = map.boolean("allow_link_local", provider.allow_link_local);
  read_base_url(map, provider);
  read_proxy(map, file, provider);
  read_forwarding(map, provider);
  provider.ca_file = map.text("ca_file", provider.ca_file);
  provider.max_in_flight = map.integer<unsigned>("max_in_flight", provider.max_in_flight, 0, 1'000'000);
  provider.signature_domain = map.text("signature_domain", provider.url.host);
  read_keys_of_type(map, type, provider);
  std::optional<HealthCheck> health_check = read_health_check(map, provider);
  ignore_unsupported_provider_keys(map);
  return {std::move(provider), std::move(health_check)};
}

}  // namespace

ConfiguredProviders read_providers(YamlMap& root, const ConfigFile& file) {
  ConfiguredProviders result;
  std::vector<Provider>& providers = result.providers;
  const auto list = root.require("providers");
  if (!list) return result;
  std::map<std::string, std::string> path_of_name;
  const std::vector<YamlValue> values = list->list();
  for (const YamlValue& value : values) {
    if (!value.is_map()) {
      value.error("must be a mapping (key: value)");
      continue;
    }
    auto [provider, health_check] = read_provider(value.map(), file);
    if (provider.name.empty()) continue;
    const auto [former, is_new] = path_of_name.emplace(provider.name, value.path());
    if (is_new) {
      providers.push_back(std::move(provider));
      if (health_check) result.health_checks.push_back(std::move(*health_check));
    } else {
      value.error(fmt::format("the name {} is taken by {} already", in_quotes(provider.name), former->second));
    }
  }
  if (values.empty()) list->error("must list at least one provider");
  if (!providers.empty() && std::none_of(providers.begin(), providers.end(), [](const Provider& p) { return p.enabled; })) {
    list->warning("no provider is enabled");
  }
  return result;
}

}  // namespace balancer::controlplane
