// Reads a small YAML text and keeps its problems as text.
#pragma once

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "common/config/yaml_document.hpp"

namespace balancer {

class YamlFixture : public ::testing::Test {
 protected:
  // The document's top; valid until the next call.
  std::optional<YamlMap> open(std::string_view text) {
    document_.emplace(text, [](std::string_view name) -> std::optional<std::string> {
      if (name == "PORT") return "8080";
      if (name == "SECRET") return "sk-secret";
      return std::nullopt;
    });
    return document_->root();
  }

  // "line:column error path: message"
  std::vector<std::string> problems() const {
    std::vector<std::string> result;
    for (const YamlProblem& problem : document_->problems()) {
      result.push_back(fmt::format("{}:{} {} {}: {}", problem.place.line, problem.place.column,
                                   problem.severity == YamlSeverity::kError ? "error" : "warning", problem.path,
                                   problem.message));
    }
    return result;
  }

 private:
  std::optional<YamlDocument> document_;
};

}  // namespace balancer
