// Holds a document against a JSON Schema, as an editor does.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace balancer::controlplane {

// Knows the keywords of draft 2020-12 that config.schema.json uses; throws std::invalid_argument for any other, and for
// a $ref that leads nowhere. Patterns are read by RE2.
class SchemaChecker {
 public:
  explicit SchemaChecker(nlohmann::json schema) : schema_(std::move(schema)) {}

  // "/settings/port: type"; the keyword that refuses, and where. Empty if the document conforms.
  [[nodiscard]] std::vector<std::string> problems(const nlohmann::json& document) const;

  [[nodiscard]] const nlohmann::json& schema() const { return schema_; }
  // What "#/$defs/name" means.
  [[nodiscard]] const nlohmann::json& target(std::string_view reference) const;

 private:
  nlohmann::json schema_;
};

// Every schema in it, itself included, with where it stands.
[[nodiscard]] std::vector<std::pair<nlohmann::json::json_pointer, const nlohmann::json*>> all_schemas(
    const nlohmann::json& schema);

}  // namespace balancer::controlplane
