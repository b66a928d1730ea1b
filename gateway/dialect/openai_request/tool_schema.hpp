// The JSON schema of a tool or an answer, copied with the few changes that providers need (protocol.md 2.6).
#pragma once

#include <span>
#include <string>

#include "gateway/dialect/json/json_document.hpp"

namespace balancer::gateway {

// Appends the schema's own bytes, with "type":"object" and "properties":{} added at the root where they are missing
// and the keys of `removed` taken out at any depth (names of properties are no keys). Anything but an object becomes
// the empty object schema.
void append_tool_schema(std::string& out, JsonValue schema, std::span<const std::string> removed);

// OpenAI's strict subset: every object forbids additional properties and requires all that it names.
[[nodiscard]] bool is_strict_schema(JsonValue schema);

}  // namespace balancer::gateway
