#include "deploy/demo_provider/tool_arguments.hpp"

#include "deploy/demo_provider/json_text.hpp"
#include "deploy/demo_provider/request_reading.hpp"

namespace balancer::demo {
namespace {

using nlohmann::json;

json value_of_type(std::string_view type) {
  if (type == "number" || type == "integer") return 1;
  if (type == "boolean") return true;
  if (type == "array") return json::array();
  if (type == "object") return json::object();
  if (type == "null") return nullptr;
  return "demo";
}

// The type, the first if there are several.
std::string_view type_of(const json& property) {
  const json& type = member(property, "type");
  if (!type.is_array() || type.empty() || !type.front().is_string()) return text_member(property, "type");
  return type.front().get_ref<const std::string&>();
}

json demo_value(const json& property) {
  const json& constant = member(property, "const");
  if (constant.is_primitive() && !constant.is_null()) return constant;
  const json& permitted = member(property, "enum");
  if (permitted.is_array() && !permitted.empty() && permitted.front().is_primitive()) return permitted.front();
  return value_of_type(type_of(property));
}

}  // namespace

std::string demo_arguments(const json& schema) {
  json arguments = json::object();
  const json& properties = member(schema, "properties");
  const json& required = member(schema, "required");
  if (!required.is_array()) return to_text(arguments);
  for (const json& name : required) {
    if (!name.is_string()) continue;
    const std::string& key = name.get_ref<const std::string&>();
    arguments[key] = demo_value(member(properties, key.c_str()));
  }
  return to_text(arguments);
}

}  // namespace balancer::demo
