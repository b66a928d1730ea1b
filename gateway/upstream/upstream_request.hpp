// The head of a request as a provider receives it (protocol.md 1.3, 1.4).
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "common/http/header_field.hpp"
#include "common/snapshot/provider.hpp"

namespace balancer::gateway {

struct PassthroughRequest {
  // As the client sent it: forwarded but for what stays between two hops, names the client's machine, or is a
  // credential.
  std::span<const http::HeaderField> client_fields;
  // "/v1/messages"; put behind the provider's path prefix.
  std::string_view path;
  // Without '?'; forwarded unchanged.
  std::string_view query;
  std::size_t body_size = 0;
  // Goes in place of the client's; empty for the client's own.
  std::string_view traceparent = {};
  // This gateway's name in the list of those that the request has come through (loop_guard.hpp); empty for none.
  std::string_view via = {};
  // Of the client's credentials, the field that is for the gateway alone; empty for none.
  std::string_view withheld = {};
};

// Request line and header fields, up to and with the empty line, for a provider of the Anthropic type. Holds the
// provider's credential: never to be logged.
[[nodiscard]] std::string passthrough_head(const PassthroughRequest& request, const Provider& provider);

struct ChatCompletionsRequest {
  // As the client sent it: little of it means anything to the provider.
  std::span<const http::HeaderField> client_fields;
  bool stream = false;
  std::size_t body_size = 0;
  // As in PassthroughRequest.
  std::string_view traceparent = {};
  std::string_view via = {};
  std::string_view withheld = {};
};

// The same for a provider of the openai type.
[[nodiscard]] std::string chat_completions_head(const ChatCompletionsRequest& request, const Provider& provider);

}  // namespace balancer::gateway
