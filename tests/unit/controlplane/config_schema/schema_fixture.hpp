// The schema and the parser side by side.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "controlplane/config/config_loader.hpp"
#include "controlplane/config_schema/config_schema.hpp"
#include "tests/fakes/temp_dir.hpp"
#include "tests/unit/controlplane/config_schema/schema_checker.hpp"
#include "tests/unit/controlplane/config_schema/schema_places.hpp"

namespace balancer::controlplane {

class SchemaFixture : public ::testing::Test {
 protected:
  using json = nlohmann::json;

  // Keys are set, and nothing else.
  static std::optional<std::string> variable(std::string_view name) {
    if (name.ends_with("KEY")) return "sk-from-the-environment";
    return std::nullopt;
  }

  ConfigLoad load(std::string_view text) const { return load_config(folder_.overwrite("config.yaml", text), variable); }
  // JSON is YAML.
  ConfigLoad load(const json& file) const { return load(std::string_view(file.dump(1))); }

  static std::string text_of(const ConfigLoad& loaded) {
    std::string text;
    for (const ConfigProblem& problem : loaded.problems) text += to_string(problem) + '\n';
    return text;
  }

  // What the file means, apart from when it was read. Fails the test if it does not load.
  Config config_of(const json& file) const {
    ConfigLoad loaded = load(file);
    if (!loaded.config) {
      ADD_FAILURE() << file.dump(1) << '\n' << text_of(loaded);
      return {};
    }
    loaded.config->snapshot.load_time = {};
    return *loaded.config;
  }

  [[nodiscard]] std::vector<std::string> refusals(const json& file) const { return checker_.problems(file); }

  [[nodiscard]] const json& properties(const SchemaPlace& place) const {
    return checker_.schema().at(place.schema).at("properties");
  }

  static bool is_deprecated(const json& property) { return property.value("deprecated", false); }

  const SchemaChecker checker_{json::parse(kConfigSchema)};

 private:
  fakes::TempDir folder_;
};

}  // namespace balancer::controlplane
