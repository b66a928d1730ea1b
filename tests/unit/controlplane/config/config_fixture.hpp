// Loads configurations that are written down in a test.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "controlplane/config/config_loader.hpp"
#include "tests/fakes/temp_dir.hpp"

namespace balancer::controlplane {

class ConfigFixture : public ::testing::Test {
 protected:
  static constexpr std::string_view kProvider =
      "providers: [{name: a, type: anthropic, base_url: https://a.example, auth_value: sk-a}]\n";
  static constexpr std::string_view kRoute = "model_routes: {\"*\": [{provider: a}]}\n";

  // Loads the text as config.yaml.
  ConfigLoad& load(std::string_view text) {
    load_ = load_config(folder_.overwrite("config.yaml", text), [this](std::string_view name) {
      const auto found = variables_.find(std::string(name));
      return found == variables_.end() ? std::nullopt : std::optional(found->second);
    });
    return load_;
  }

  // A provider "a" and a route to it, with these lines (from line 3 on) below "settings:".
  ConfigLoad& load_settings(std::string_view lines) {
    return load(std::string(kProvider) + std::string(kRoute) + "settings:\n" + std::string(lines));
  }

  // One provider (from line 2 on), named "a" by the text, and a route to it.
  ConfigLoad& load_provider(std::string_view lines) {
    return load("providers:\n" + std::string(lines) + std::string(kRoute));
  }

  // "line:column error path: message"
  std::vector<std::string> problems() const {
    const std::string file = (folder_.path() / "config.yaml").string();
    std::vector<std::string> result;
    for (const ConfigProblem& problem : load_.problems) result.push_back(to_string(problem).substr(file.size() + 1));
    return result;
  }

  fakes::TempDir folder_;
  std::map<std::string, std::string> variables_;

 private:
  ConfigLoad load_;
};

}  // namespace balancer::controlplane
