#include "tests/unit/controlplane/config_schema/editor_reading.hpp"

#include <re2/re2.h>
#include <yaml-cpp/yaml.h>

namespace balancer::controlplane {
namespace {

using nlohmann::json;

json plain_scalar(const std::string& text) {
  if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") return nullptr;
  if (text == "true" || text == "True" || text == "TRUE") return true;
  if (text == "false" || text == "False" || text == "FALSE") return false;
  if (RE2::FullMatch(text, "[-+]?[0-9]+")) return std::stoll(text);
  if (RE2::FullMatch(text, R"([-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?)")) return std::stod(text);
  return text;
}

json to_json(const YAML::Node& node);

void merge(json& object, const YAML::Node& source) {
  if (source.IsSequence()) {
    for (const YAML::Node& item : source) merge(object, item);
    return;
  }
  // The object's own members, and those of earlier sources, win.
  json merged = to_json(source);
  merged.update(object);
  object = std::move(merged);
}

json to_object(const YAML::Node& node) {
  json object = json::object();
  for (const auto& item : node) {
    if (item.first.Scalar() != "<<") object[item.first.Scalar()] = to_json(item.second);
  }
  for (const auto& item : node) {
    if (item.first.Scalar() == "<<") merge(object, item.second);
  }
  return object;
}

json to_json(const YAML::Node& node) {
  if (node.IsMap()) return to_object(node);
  if (node.IsSequence()) {
    json list = json::array();
    for (const YAML::Node& item : node) list.push_back(to_json(item));
    return list;
  }
  if (!node.IsScalar()) return nullptr;
  return node.Tag() == "?" ? plain_scalar(node.Scalar()) : json(node.Scalar());
}

}  // namespace

json read_as_editor(const std::string& yaml) { return to_json(YAML::Load(yaml)); }

}  // namespace balancer::controlplane
