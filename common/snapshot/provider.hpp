// One provider, as configured and validated.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/config/secret.hpp"
#include "common/snapshot/conversion.hpp"

namespace balancer {

enum class ProviderType { kAnthropic, kOpenAi };

enum class ProviderAuthentication {
  kXApiKey,
  kBearer,
  // The client's own credential headers are forwarded as they came.
  kPassthrough,
};

// Where a provider's requests go. Credentials are sent to this origin and to no other.
struct ProviderUrl {
  bool tls = true;
  // Lower case; an IPv6 literal without brackets.
  std::string host;
  std::uint16_t port = 443;
  // Path prefix without a trailing slash: "" or "/api".
  std::string path_prefix;

  friend bool operator==(const ProviderUrl&, const ProviderUrl&) = default;
};

enum class ProxyProtocol { kHttpConnect, kSocks5 };

struct Proxy {
  ProxyProtocol protocol = ProxyProtocol::kHttpConnect;
  std::string host;
  std::uint16_t port = 0;
  std::string username;
  Secret password;

  friend bool operator==(const Proxy&, const Proxy&) = default;
};

struct Provider {
  std::string name;
  ProviderType type = ProviderType::kAnthropic;
  // As configured, without userinfo and trailing slash; for people.
  std::string base_url;
  ProviderUrl url;
  ProviderAuthentication authentication = ProviderAuthentication::kXApiKey;
  Secret credential;
  bool enabled = true;
  std::optional<Proxy> proxy;
  // Replaces the client's anthropic-version when not empty.
  std::string version_override;
  std::vector<std::string> beta_add;
  std::vector<std::string> beta_remove;
  // Whether x-claude-code-* headers reach the provider.
  bool forward_client_identity = true;
  // PEM file with the authorities to trust instead of the system's; empty for those.
  std::string ca_file;
  // It, or its proxy, may be at a link-local or metadata address, whatever their names resolve to.
  bool allow_link_local = false;
  // Of the anthropic type: it serves /v1/messages/count_tokens.
  bool count_tokens = true;
  // Requests that may be under way at once; 0 for any number.
  unsigned max_in_flight = 0;
  // Thinking blocks that were signed in one domain are worthless in another (protocol.md 2.7). Never empty.
  std::string signature_domain;
  // Of the openai type.
  ConversionSettings conversion;

  friend bool operator==(const Provider&, const Provider&) = default;
};

}  // namespace balancer
