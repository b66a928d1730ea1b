// The scalar fields of a request: limits, sampling, stops, streaming, and who asks (protocol.md 2.2, 2.9).
#pragma once

#include <string>

#include "gateway/dialect/openai_request/messages_fields.hpp"

namespace balancer::gateway {

// Appends the members, each behind a comma. Hints that are dropped go to `dropped`.
void append_generation_fields(std::string& out, const MessagesFields& fields, const ConversionTarget& target,
                              std::vector<std::string>& dropped);

// The request's JSON schema for the answer; absent when it has none.
[[nodiscard]] JsonValue answer_schema(const MessagesFields& fields);
// Appends "response_format" as far as the provider has it.
void append_answer_format(std::string& out, JsonValue schema, const ConversionSettings& settings);
// Raw text that asks for the same in words, for providers that cannot be given the schema; empty when they can.
[[nodiscard]] std::string answer_instruction(JsonValue schema, const ConversionSettings& settings);

}  // namespace balancer::gateway
