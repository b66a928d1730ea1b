// What the head of a request to a provider consists of, whoever makes the request.
#pragma once

#include <string>
#include <string_view>

#include "common/snapshot/provider.hpp"

namespace balancer {

// Of a request that names no anthropic-version.
inline constexpr std::string_view kDefaultAnthropicVersion = "2023-06-01";

void append_field(std::string& head, std::string_view name, std::string_view value);

// The provider's own credential, in its header; nothing when it has none, or the client's is passed through. The head
// is never to be logged afterwards.
void append_credential(std::string& head, const Provider& provider);

// The path of an endpoint such as "/v1/messages", behind the base URL's prefix.
[[nodiscard]] std::string endpoint_path(const ProviderUrl& url, std::string_view path);
// Of Chat Completions.
[[nodiscard]] std::string chat_completions_path(const ProviderUrl& url);

}  // namespace balancer
