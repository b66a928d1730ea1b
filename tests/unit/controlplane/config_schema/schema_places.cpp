#include "tests/unit/controlplane/config_schema/schema_places.hpp"

namespace balancer::controlplane {
namespace {

using nlohmann::json;
using Pointer = json::json_pointer;

// The second provider has no route, so that its name may be any.
json file_with_provider(const char* type) {
  json file = json::parse(R"({
    "providers": [
      {"name": "Anthropic", "type": "anthropic", "base_url": "https://api.anthropic.com", "auth_value": "sk-a"},
      {"name": "b", "base_url": "https://b.example", "auth_value": "sk-b"}
    ],
    "model_routes": {"*": [{"provider": "Anthropic"}]}
  })");
  file["providers"][1]["type"] = type;
  return file;
}

SchemaPlace place(std::string name, const char* schema, const char* object, json value = json::object()) {
  json file = file_with_provider("anthropic");
  json& target = file[Pointer(object)];
  if (target.is_null() || !value.empty()) target = std::move(value);
  return {std::move(name), Pointer(schema), std::move(file), Pointer(object), {}};
}

SchemaPlace openai_provider() {
  return {"provider of type openai", Pointer("/$defs/provider"), file_with_provider("openai"), Pointer("/providers/1"),
          {}};
}

SchemaPlace health_check() {
  SchemaPlace result =
      place("health_check", "/$defs/health_check", "/providers/1/health_check", json::parse(R"({"get": "/"})"));
  result.alternatives = {{"get", "model"}};
  return result;
}

SchemaPlace client_key() {
  json file = file_with_provider("anthropic");
  file["settings"]["auth"]["keys"] = json::parse(R"([{"name": "alice", "key": "a-key-that-is-long-enough"}])");
  return {"client key", Pointer("/$defs/client_key"), std::move(file), Pointer("/settings/auth/keys/0"),
          {{"key", "sha256"}}};
}

}  // namespace

json SchemaPlace::with(const std::string& key, json value) const {
  json result = file;
  json& target = result[object];
  for (const auto& [one, other] : alternatives) {
    if (value.is_null()) continue;
    if (key == one) target.erase(other);
    if (key == other) target.erase(one);
  }
  target[key] = std::move(value);
  return result;
}

json SchemaPlace::without(const std::string& key) const {
  json result = file;
  result[object].erase(key);
  return result;
}

const std::vector<SchemaPlace>& schema_places() {
  static const std::vector<SchemaPlace> kPlaces{
      place("top", "", ""),
      place("provider of type anthropic", "/$defs/provider", "/providers/1"),
      openai_provider(),
      health_check(),
      place("route with a strategy", "/$defs/route_with_strategy", "/model_routes/*",
            json::parse(R"({"providers": [{"provider": "Anthropic"}]})")),
      place("route target", "/$defs/route_target", "/model_routes/*/0"),
      place("settings", "/$defs/settings", "/settings"),
      place("timeouts", "/$defs/timeouts", "/settings/timeouts"),
      place("timeouts of streams", "/$defs/streaming_timeouts", "/settings/timeouts/streaming"),
      place("timeouts of whole answers", "/$defs/non_streaming_timeouts", "/settings/timeouts/non_streaming"),
      place("timeouts of sharing", "/$defs/caching_timeouts", "/settings/timeouts/caching"),
      place("cache", "/$defs/cache", "/settings/cache"),
      place("deduplication", "/$defs/deduplication", "/settings/deduplication"),
      place("auth", "/$defs/auth", "/settings/auth"),
      client_key(),
  };
  return kPlaces;
}

}  // namespace balancer::controlplane
