// The error documents of OpenAI-compatible providers, which come in many shapes (protocol.md 5.3).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace balancer::gateway {

// What the document says, each of it empty when it does not. Always valid UTF-8.
struct ProviderError {
  std::string type;
  // A number's digits, or text.
  std::string code;
  std::string message;
  // The request field that is at fault.
  std::string param;
  // The HTTP status that the document itself names; 0 for none.
  int status = 0;
  // The provider's moderation objects to the request (OpenRouter's metadata.reasons).
  bool moderation = false;
};

// Nothing when the document is no error: a completion, other JSON, no JSON, or more than 256 KiB.
[[nodiscard]] std::optional<ProviderError> read_provider_error(std::string_view document);

// The words of an error page that is no JSON: tags, comments, scripts and styles removed, white space collapsed, at
// most 500 bytes.
[[nodiscard]] std::string plain_error_text(std::string_view body);

}  // namespace balancer::gateway
