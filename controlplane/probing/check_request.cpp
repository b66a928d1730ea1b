#include "controlplane/probing/check_request.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "common/http/loop_guard.hpp"
#include "common/snapshot/provider_url.hpp"
#include "common/upstream/provider_request.hpp"

namespace balancer::controlplane {
namespace {

std::string begin_head(std::string_view method, std::string_view target, const Provider& provider, std::string_view via) {
  std::string head = fmt::format("{} {} HTTP/1.1\r\n", method, target);
  append_field(head, "host", authority(provider.url));
  append_field(head, "user-agent", "provider-balancer/" BALANCER_VERSION);
  append_field(head, "accept", "application/json");
  append_field(head, "accept-encoding", "identity");
  if (provider.type == ProviderType::kAnthropic) {
    const std::string_view version = provider.version_override;
    append_field(head, "anthropic-version", version.empty() ? kDefaultAnthropicVersion : version);
  }
  if (!via.empty()) append_field(head, http::kViaField, via);
  append_credential(head, provider);
  return head;
}

std::string one_token_body(const std::string& model, const Provider& provider) {
  nlohmann::ordered_json body{{"model", model}};
  if (provider.type == ProviderType::kAnthropic || provider.conversion.max_tokens_field == MaxTokensField::kMaxTokens) {
    body["max_tokens"] = 1;
  } else if (provider.conversion.max_tokens_field == MaxTokensField::kMaxCompletionTokens) {
    body["max_completion_tokens"] = 1;
  }
  body["messages"] = {{{"role", "user"}, {"content", "Hi"}}};
  return body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

CheckRequest make_check_request(const HealthCheck& check, const Provider& provider, std::string_view via) {
  if (check.model.empty()) {
    return {.head = begin_head("GET", endpoint_path(provider.url, check.get_path), provider, via) + "\r\n", .body = {}};
  }
  const bool anthropic = provider.type == ProviderType::kAnthropic;
  CheckRequest request{.head = begin_head("POST",
                                          anthropic ? endpoint_path(provider.url, "/v1/messages")
                                                    : chat_completions_path(provider.url),
                                          provider, via),
                       .body = one_token_body(check.model, provider)};
  if (anthropic) {
    for (const std::string& beta : provider.beta_add) append_field(request.head, "anthropic-beta", beta);
  }
  append_field(request.head, "content-type", "application/json");
  append_field(request.head, "content-length", std::to_string(request.body.size()));
  request.head += "\r\n";
  return request;
}

}  // namespace balancer::controlplane
