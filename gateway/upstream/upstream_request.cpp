#include "gateway/upstream/upstream_request.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "common/http/loop_guard.hpp"
#include "common/snapshot/provider_url.hpp"
#include "common/text/ascii.hpp"
#include "common/upstream/provider_request.hpp"

namespace balancer::gateway {
namespace {

// Lower case. Between two hops only, replaced by the gateway's own, or private to client and gateway.
constexpr auto kDropped = std::to_array<std::string_view>({
    "accept-encoding", "access-control-request-headers", "access-control-request-method",
    "anthropic-dangerous-direct-browser-access", "connection", "content-encoding", "content-length", "cookie",
    "expect", "forwarded", "host", "http2-settings", "keep-alive", "openai-beta", "openai-organization",
    "openai-project", "origin", "referer", "te", "trailer", "transfer-encoding", "true-client-ip", "upgrade", "via",
    "x-client-request-id", "x-real-ip",
});
constexpr auto kDroppedPrefixes =
    std::to_array<std::string_view>({"access-control-", "cf-", "proxy-", "sec-", "x-forwarded-"});
// What a provider of the openai type is told of the client's header.
constexpr auto kKeptForChatCompletions =
    std::to_array<std::string_view>({"baggage", "idempotency-key", "traceparent", "tracestate", http::kViaField});
constexpr auto kCredentials = std::to_array<std::string_view>({"api-key", "authorization", "x-api-key"});

bool is_one_of(std::string_view name, std::span<const std::string_view> names) {
  return std::any_of(names.begin(), names.end(), [&](std::string_view n) { return ascii_iequal(name, n); });
}

bool is_dropped(std::string_view name) {
  return is_one_of(name, kDropped) || std::any_of(kDroppedPrefixes.begin(), kDroppedPrefixes.end(),
                                                  [&](std::string_view p) { return ascii_istarts_with(name, p); });
}

bool is_replaced_trace(const http::HeaderField& field, std::string_view traceparent) {
  return !traceparent.empty() && ascii_iequal(field.name, "traceparent");
}

template <class OnItem>
void for_each_list_item(std::string_view list, OnItem&& on_item) {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    const std::string_view item = trim_blanks(list.substr(0, comma));
    if (!item.empty()) on_item(item);
    if (comma == std::string_view::npos) return;
    list.remove_prefix(comma + 1);
  }
}

// Header names that "Connection:" declares hop-by-hop.
std::vector<std::string_view> connection_options(std::span<const http::HeaderField> fields) {
  std::vector<std::string_view> names;
  for (const http::HeaderField& field : fields) {
    if (!ascii_iequal(field.name, "connection")) continue;
    for_each_list_item(field.value, [&](std::string_view item) { names.push_back(item); });
  }
  return names;
}

// The values of one anthropic-beta line without those that the provider is not to see.
std::string kept_betas(std::string_view line, const Provider& provider) {
  std::string kept;
  for_each_list_item(line, [&](std::string_view beta) {
    if (std::find(provider.beta_remove.begin(), provider.beta_remove.end(), beta) != provider.beta_remove.end()) return;
    if (!kept.empty()) kept += ',';
    kept += beta;
  });
  return kept;
}

}  // namespace

std::string passthrough_head(const PassthroughRequest& request, const Provider& provider) {
  std::string head;
  head.reserve(2048);
  head += "POST ";
  head += endpoint_path(provider.url, request.path);
  if (!request.query.empty()) {
    head += '?';
    head += request.query;
  }
  head += " HTTP/1.1\r\n";
  append_field(head, "host", authority(provider.url));

  const bool forward_credentials = provider.authentication == ProviderAuthentication::kPassthrough;
  const std::vector<std::string_view> hop_by_hop = connection_options(request.client_fields);
  bool has_version = false;
  for (const http::HeaderField& field : request.client_fields) {
    if (is_dropped(field.name) || is_one_of(field.name, hop_by_hop)) continue;
    if (is_one_of(field.name, kCredentials) && !forward_credentials) continue;
    if (ascii_iequal(field.name, request.withheld)) continue;
    if (is_replaced_trace(field, request.traceparent)) continue;
    if (!provider.forward_client_identity && ascii_istarts_with(field.name, "x-claude-code-")) continue;
    if (ascii_iequal(field.name, "anthropic-version")) {
      if (!provider.version_override.empty() || has_version) continue;
      has_version = true;
    }
    if (!provider.beta_remove.empty() && ascii_iequal(field.name, "anthropic-beta")) {
      const std::string betas = kept_betas(field.value, provider);
      if (!betas.empty()) append_field(head, field.name, betas);
      continue;
    }
    append_field(head, field.name, field.value);
  }
  if (!has_version) {
    const std::string_view version = provider.version_override;
    append_field(head, "anthropic-version", version.empty() ? kDefaultAnthropicVersion : version);
  }
  for (const std::string& beta : provider.beta_add) append_field(head, "anthropic-beta", beta);
  if (!request.traceparent.empty()) append_field(head, "traceparent", request.traceparent);
  if (!request.via.empty()) append_field(head, http::kViaField, request.via);
  append_credential(head, provider);
  head += "accept-encoding: identity\r\n";
  append_field(head, "content-length", std::to_string(request.body_size));
  head += "\r\n";
  return head;
}

std::string chat_completions_head(const ChatCompletionsRequest& request, const Provider& provider) {
  std::string head;
  head.reserve(1024);
  head += "POST ";
  head += chat_completions_path(provider.url);
  head += " HTTP/1.1\r\n";
  append_field(head, "host", authority(provider.url));
  append_field(head, "user-agent", "provider-balancer/" BALANCER_VERSION);
  append_field(head, "content-type", "application/json");
  append_field(head, "accept", request.stream ? "text/event-stream" : "application/json");
  const bool forward_credentials = provider.authentication == ProviderAuthentication::kPassthrough;
  const std::vector<std::string_view> hop_by_hop = connection_options(request.client_fields);
  for (const http::HeaderField& field : request.client_fields) {
    const bool credential = forward_credentials && is_one_of(field.name, kCredentials) &&
                            !ascii_iequal(field.name, request.withheld);
    if (!credential && !is_one_of(field.name, kKeptForChatCompletions)) continue;
    if (is_replaced_trace(field, request.traceparent)) continue;
    if (!is_one_of(field.name, hop_by_hop)) append_field(head, field.name, field.value);
  }
  if (!request.traceparent.empty()) append_field(head, "traceparent", request.traceparent);
  if (!request.via.empty()) append_field(head, http::kViaField, request.via);
  append_credential(head, provider);
  head += "accept-encoding: identity\r\n";
  append_field(head, "content-length", std::to_string(request.body_size));
  head += "\r\n";
  return head;
}

}  // namespace balancer::gateway
