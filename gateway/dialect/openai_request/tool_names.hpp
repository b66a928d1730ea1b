// Tool names on both sides (protocol.md 2.6): OpenAI takes ^[a-zA-Z0-9_-]{1,64}$, Anthropic clients send more.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

namespace balancer::gateway {

class ToolNames {
 public:
  ToolNames() = default;
  // For the names that a request declares, each once. No two get the same provider name.
  explicit ToolNames(std::span<const std::string_view> declared);

  // The name that the provider is told; names that were not declared (of the history) are mapped alike.
  [[nodiscard]] std::string to_provider(std::string_view client_name) const;
  // The reverse; a name that the provider made up stays.
  [[nodiscard]] std::string to_client(std::string_view provider_name) const;

 private:
  // Only names that differ.
  std::unordered_map<std::string, std::string> to_provider_;
  std::unordered_map<std::string, std::string> to_client_;
};

}  // namespace balancer::gateway
