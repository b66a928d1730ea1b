// Reads YAML as its core schema says (YAML 1.2, 10.3.2), which is what programs make of balancerctl's output.
#pragma once

#include <yaml-cpp/yaml.h>

#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <regex>
#include <string>

namespace balancer::controlplane::cli {

inline nlohmann::ordered_json read_plain_scalar(const std::string& text) {
  static const std::regex kNull("~|null|Null|NULL|");
  static const std::regex kTrue("true|True|TRUE");
  static const std::regex kFalse("false|False|FALSE");
  static const std::regex kInteger("[-+]?[0-9]+");
  static const std::regex kOctal("0o[0-7]+");
  static const std::regex kHexadecimal("0x[0-9a-fA-F]+");
  static const std::regex kFloat("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");
  static const std::regex kNoFiniteNumber("[-+]?\\.(inf|Inf|INF)|\\.(nan|NaN|NAN)");
  if (std::regex_match(text, kNull)) return nullptr;
  if (std::regex_match(text, kTrue)) return true;
  if (std::regex_match(text, kFalse)) return false;
  if (std::regex_match(text, kInteger)) return static_cast<std::int64_t>(std::strtoll(text.c_str(), nullptr, 10));
  if (std::regex_match(text, kOctal)) return static_cast<std::int64_t>(std::strtoll(text.c_str() + 2, nullptr, 8));
  if (std::regex_match(text, kHexadecimal)) return static_cast<std::int64_t>(std::strtoll(text.c_str(), nullptr, 16));
  if (std::regex_match(text, kFloat)) return std::strtod(text.c_str(), nullptr);
  if (std::regex_match(text, kNoFiniteNumber)) return std::strtod(text.c_str() + (text[0] == '.' ? 1 : 2), nullptr);
  return text;
}

inline nlohmann::ordered_json to_json(const YAML::Node& node) {
  nlohmann::ordered_json json;
  switch (node.Type()) {
    case YAML::NodeType::Map:
      json = nlohmann::ordered_json::object();
      // A key is text, whatever it looks like: JSON has no others. A quoted one is told from a plain one all the same.
      for (const auto& member : node) {
        const nlohmann::ordered_json key = to_json(member.first);
        json[key.is_string() ? key.get<std::string>() : "(no text) " + key.dump()] = to_json(member.second);
      }
      return json;
    case YAML::NodeType::Sequence:
      json = nlohmann::ordered_json::array();
      for (const YAML::Node& element : node) json.push_back(to_json(element));
      return json;
    case YAML::NodeType::Scalar:
      // yaml-cpp's mark of a scalar in quotes.
      return node.Tag() == "!" ? nlohmann::ordered_json(node.Scalar()) : read_plain_scalar(node.Scalar());
    default: return nullptr;
  }
}

inline nlohmann::ordered_json read_yaml(const std::string& text) { return to_json(YAML::Load(text)); }

}  // namespace balancer::controlplane::cli
