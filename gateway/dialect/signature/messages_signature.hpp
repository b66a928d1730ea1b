// What makes two Messages requests the same question: the signature under which their answer is shared.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "common/digest/sha256.hpp"
#include "common/http/header_field.hpp"
#include "common/signature/request_signature.hpp"
#include "gateway/dialect/json/json_document.hpp"
#include "gateway/dialect/messages_request.hpp"

namespace balancer::gateway {

// What counts beside the body.
struct SignatureContext {
  // Configured name of the client's key; empty when clients are not authenticated.
  std::string_view caller;
  // Of the client. Every credential that it presents is part of its identity, and every header that a provider would be
  // sent and that is not listed as volatile counts.
  std::span<const http::HeaderField> client_fields;
  // Behind '?', as it arrived.
  std::string_view query;
  // Snapshot::routing_digest: who would answer.
  Sha256Digest routing_digest{};
  bool include_max_tokens = false;
};

// Nothing for a body that cannot be read completely: its answer is shared with nobody. `request` was scanned from `body`,
// which is followed by at least 64 readable bytes. `scratch` is used during the call only; its memory is given back if it
// grew large.
[[nodiscard]] std::optional<RequestSignature> sign_messages_request(const SignatureContext& context,
                                                                    const MessagesRequest& request,
                                                                    std::string_view body, JsonDocument& scratch);
// The same with less work where `scanner` still has the body that `request` was scanned from.
[[nodiscard]] std::optional<RequestSignature> sign_messages_request(const SignatureContext& context,
                                                                    const MessagesRequest& request,
                                                                    std::string_view body,
                                                                    const JsonObjectScanner& scanner,
                                                                    JsonDocument& scratch);

}  // namespace balancer::gateway
