#include "gateway/dialect/openai_request/tool_schema.hpp"

#include <algorithm>

#include "gateway/dialect/json/json_text.hpp"

namespace balancer::gateway {
namespace {

constexpr std::string_view kEmptySchema = R"({"type":"object","properties":{}})";

bool is_one_of(std::string_view raw_key, std::span<const std::string> keys) {
  return std::any_of(keys.begin(), keys.end(), [&](const std::string& key) { return says(raw_key, key); });
}

enum class KeysAre { kKeywords, kPropertyNames };

// Depth is bounded by JsonDocument::kMaxDepth.
void append_cleaned(std::string& out, JsonValue value, std::span<const std::string> removed, KeysAre keys) {
  if (value.is_array()) {
    out += '[';
    bool first = true;
    for (const JsonValue element : value.elements()) {
      if (!std::exchange(first, false)) out += ',';
      append_cleaned(out, element, removed, KeysAre::kKeywords);
    }
    out += ']';
    return;
  }
  if (!value.is_object()) {
    out += value.raw();
    return;
  }
  out += '{';
  bool first = true;
  for (const auto& [raw_key, member] : value.fields()) {
    if (keys == KeysAre::kKeywords && is_one_of(raw_key, removed)) continue;
    if (!std::exchange(first, false)) out += ',';
    out += '"';
    out += raw_key;
    out += "\":";
    const bool names = keys == KeysAre::kKeywords && says(raw_key, "properties");
    append_cleaned(out, member, removed, names ? KeysAre::kPropertyNames : KeysAre::kKeywords);
  }
  out += '}';
}

bool requires_all(JsonValue properties, JsonValue required) {
  for (const JsonField property : properties.fields()) {
    bool found = false;
    for (const JsonValue name : required.elements()) found = found || name.text() == property.raw_key;
    if (!found) return false;
  }
  return true;
}

}  // namespace

void append_tool_schema(std::string& out, JsonValue schema, std::span<const std::string> removed) {
  if (!schema.is_object() || schema.empty()) {
    out += kEmptySchema;
    return;
  }
  const std::size_t begin = out.size();
  if (removed.empty()) {
    out += schema.raw();
  } else {
    append_cleaned(out, schema, removed, KeysAre::kKeywords);
  }
  std::string missing;
  const JsonValue type = schema["type"];
  if (!type) missing += R"("type":"object",)";
  if ((!type || type.says("object")) && !schema["properties"]) missing += R"("properties":{},)";
  if (missing.empty()) return;
  // Behind the brace; the last comma only before a member.
  const bool has_members = out.find_first_not_of(" \t\r\n", begin + 1) != out.rfind('}');
  if (!has_members) missing.pop_back();
  out.insert(begin + 1, missing);
}

bool is_strict_schema(JsonValue schema) {
  if (schema.is_array()) {
    for (const JsonValue element : schema.elements()) {
      if (!is_strict_schema(element)) return false;
    }
    return true;
  }
  if (!schema.is_object()) return true;
  const JsonValue properties = schema["properties"];
  if (schema["type"].says("object") || properties) {
    if (schema["additionalProperties"].raw() != "false") return false;
    if (!requires_all(properties, schema["required"])) return false;
  }
  for (const auto& [raw_key, member] : schema.fields()) {
    if (says(raw_key, "properties") || says(raw_key, "$defs") || says(raw_key, "definitions")) {
      for (const JsonField named : member.fields()) {
        if (!is_strict_schema(named.value)) return false;
      }
    } else if (says(raw_key, "items") || says(raw_key, "anyOf") || says(raw_key, "allOf") || says(raw_key, "oneOf")) {
      if (!is_strict_schema(member)) return false;
    }
  }
  return true;
}

}  // namespace balancer::gateway
