// Where keys can stand in a configuration: for each object that the schema describes, a small file that has one.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace balancer::controlplane {

struct SchemaPlace {
  std::string name;
  // Of its schema, e.g. "/$defs/settings".
  nlohmann::json::json_pointer schema;
  // Loads without problems.
  nlohmann::json file;
  // Of the object, in the file.
  nlohmann::json::json_pointer object;
  // Pairs of keys of which the object may have but one.
  std::vector<std::pair<std::string, std::string>> alternatives;

  // The file with this key, and without its alternative if there is a value.
  [[nodiscard]] nlohmann::json with(const std::string& key, nlohmann::json value) const;
  [[nodiscard]] nlohmann::json without(const std::string& key) const;
};

// Providers are two places, since their type decides which keys they may have.
[[nodiscard]] const std::vector<SchemaPlace>& schema_places();

}  // namespace balancer::controlplane
