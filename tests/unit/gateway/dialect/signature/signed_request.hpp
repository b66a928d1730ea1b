// A Messages request that can be signed: what a test does not say is the same in all of them.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/dialect/signature/messages_signature.hpp"
#include "tests/unit/gateway/dialect/padded_text.hpp"

namespace balancer::gateway {

struct AskedRequest {
  std::string body = R"({"model":"m","max_tokens":10,"messages":[{"role":"user","content":"hi"}]})";
  std::vector<http::HeaderField> fields = {{"x-api-key", "sk-1"}, {"anthropic-version", "2023-06-01"}};
  std::string caller = "alice";
  std::string query = "beta=true";
  Sha256Digest routing_digest = sha256("routes");
  bool include_max_tokens = false;
};

// However it is read: anew, or by the marks of its scan.
inline std::optional<RequestSignature> sign(const AskedRequest& asked) {
  static JsonDocument scratch;
  JsonObjectScanner scanner;
  const PaddedText text(asked.body);
  const MessagesRequest request = scan_messages_request(text.view(), scanner).value();
  SignatureContext context;
  context.caller = asked.caller;
  context.client_fields = asked.fields;
  context.query = asked.query;
  context.routing_digest = asked.routing_digest;
  context.include_max_tokens = asked.include_max_tokens;
  const auto signature = sign_messages_request(context, request, text.view(), scratch);
  EXPECT_EQ(sign_messages_request(context, request, text.view(), scanner, scratch), signature) << asked.body;
  return signature;
}

// Of a body that can be read.
inline RequestSignature sign_body(std::string_view body, bool include_max_tokens = false) {
  AskedRequest asked;
  asked.body = body;
  asked.include_max_tokens = include_max_tokens;
  return sign(asked).value();
}

inline RequestSignature sign_fields(std::vector<http::HeaderField> fields) {
  AskedRequest asked;
  asked.fields = std::move(fields);
  return sign(asked).value();
}

}  // namespace balancer::gateway
