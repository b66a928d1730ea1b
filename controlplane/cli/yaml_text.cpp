#include "controlplane/cli/yaml_text.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

#include "controlplane/cli/printable_text.hpp"

namespace balancer::controlplane::cli {
namespace {

using Json = nlohmann::ordered_json;

// What begins otherwise may be a number, a time, a merge key or a mark, by some version of YAML.
bool begins_as_a_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '/' || c == '_'; }

bool is_printable_ascii(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
}

// yaml-cpp quotes what is no plain scalar, but not text that would read back as something else.
bool reads_back_as_text(const std::string& text) {
  const YAML::Node node = YAML::Load(text);
  if (!node.IsScalar() || node.Scalar() != text) return false;
  bool flag = false;
  double number = 0;
  return !YAML::convert<bool>::decode(node, flag) && !YAML::convert<double>::decode(node, number);
}

bool is_plain(const std::string& text) {
  try {
    return !text.empty() && begins_as_a_word(text.front()) && is_printable_ascii(text) && reads_back_as_text(text);
  } catch (const YAML::Exception&) {
    return false;
  }
}

void emit_text(const std::string& text, YAML::Emitter& out) {
  if (!is_plain(text)) out << YAML::DoubleQuoted;
  out << text;
}

void emit(const Json& json, YAML::Emitter& out) {
  if (json.is_object()) {
    if (json.empty()) out << YAML::Flow;
    out << YAML::BeginMap;
    for (const auto& [key, value] : json.items()) {
      out << YAML::Key;
      emit_text(key, out);
      out << YAML::Value;
      emit(value, out);
    }
    out << YAML::EndMap;
  } else if (json.is_array()) {
    if (json.empty()) out << YAML::Flow;
    out << YAML::BeginSeq;
    for (const Json& element : json) emit(element, out);
    out << YAML::EndSeq;
  } else if (json.is_string()) {
    emit_text(json.get_ref<const std::string&>(), out);
  } else if (json.is_null()) {
    out << YAML::Null;
  } else if (json.is_boolean()) {
    out << json.get<bool>();
  } else {
    out << json.dump();
  }
}

}  // namespace

std::string yaml_text(const Json& json) {
  YAML::Emitter out;
  emit(json, out);
  return with_escaped_controls(std::string_view(out.c_str(), out.size())) + '\n';
}

}  // namespace balancer::controlplane::cli
