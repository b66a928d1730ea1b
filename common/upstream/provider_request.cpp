#include "common/upstream/provider_request.hpp"

namespace balancer {

void append_field(std::string& head, std::string_view name, std::string_view value) {
  head += name;
  head += ": ";
  head += value;
  head += "\r\n";
}

void append_credential(std::string& head, const Provider& provider) {
  switch (provider.authentication) {
    case ProviderAuthentication::kXApiKey:
      if (!provider.credential.empty()) append_field(head, "x-api-key", provider.credential.reveal());
      return;
    case ProviderAuthentication::kBearer:
      if (!provider.credential.empty()) {
        head += "authorization: Bearer ";
        head += provider.credential.reveal();
        head += "\r\n";
      }
      return;
    case ProviderAuthentication::kPassthrough:
      return;
  }
}

std::string endpoint_path(const ProviderUrl& url, std::string_view path) {
  // A base URL that already ends in /v1 is common; /v1/v1 never is what was meant.
  constexpr std::string_view kVersion = "/v1";
  if (url.path_prefix.ends_with(kVersion) && path.starts_with("/v1/")) path.remove_prefix(kVersion.size());
  return url.path_prefix + std::string(path);
}

std::string chat_completions_path(const ProviderUrl& url) {
  // Base URLs of this kind end in /v1 by custom; a bare origin means the same.
  return (url.path_prefix.empty() ? "/v1" : url.path_prefix) + "/chat/completions";
}

}  // namespace balancer
