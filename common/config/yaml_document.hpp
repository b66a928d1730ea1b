// A YAML document that is read once, with all of its problems collected instead of stopping at the first.
//
//   YamlDocument document(text, lookup);
//   if (auto root = document.root()) {
//     server.port = root->integer<int>("port", 9090, 0, 65'535);
//   }                                   // here keys that nobody asked for become problems
//   show(document.problems());
//
// Built on yaml-cpp, with its gaps closed: duplicate keys are an error, "<<" merges are followed, and bytes that end
// its reading early or that are not UTF-8 are refused. Throws for nothing that the text holds.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "common/config/variable_substitution.hpp"
#include "common/config/yaml_map.hpp"
#include "common/config/yaml_problem.hpp"

namespace balancer {

class YamlDocument {
 public:
  // yaml-cpp reads about 1.5 MB a second, and reads it twice.
  static constexpr std::size_t kMaxBytes = 1024 * 1024;

  YamlDocument(std::string_view text, VariableLookup variables);
  ~YamlDocument();
  YamlDocument(const YamlDocument&) = delete;
  YamlDocument& operator=(const YamlDocument&) = delete;

  // Absent, with an error among the problems, when the text is no YAML or its top is no mapping. What is read
  // through it must not outlive the document.
  [[nodiscard]] std::optional<YamlMap> root();

  [[nodiscard]] std::vector<YamlProblem> problems() const;

 private:
  std::unique_ptr<YamlContext> context_;
  std::optional<YamlValue> top_;
};

}  // namespace balancer
