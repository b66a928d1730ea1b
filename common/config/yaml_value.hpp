// One value of a YAML document, which remembers where it stands.
//
// The readers below report a problem and give nothing when the value is of another kind than wanted. Variables
// (${NAME}) are substituted in every scalar. Messages quote the text of the file, never a substituted value.
#pragma once

#include <yaml-cpp/yaml.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/config/variable_substitution.hpp"
#include "common/config/yaml_problem.hpp"

namespace balancer {

class YamlMap;

// What all values of one document share.
struct YamlContext {
  // Values still to be read. An alias counts as often as it is used, so that a small file cannot unfold into a
  // large one.
  static constexpr std::size_t kMaxValues = 100'000;

  VariableLookup variables;
  YamlProblems problems;
  std::size_t values_left = kMaxValues;
  bool overrun_reported = false;
  // Keys that were warned of already.
  std::set<std::string> ignored_keys;

  // False, with one problem, once too many values have been read.
  [[nodiscard]] bool take_value(YamlPlace place);
};

class YamlValue {
 public:
  YamlValue(YamlContext& context, YAML::Node node, std::string path, YamlPlace place);

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] YamlPlace place() const { return place_; }

  // "~", "null" or nothing at all.
  [[nodiscard]] bool is_null() const;
  // As written, before substitution; empty when it is no scalar.
  [[nodiscard]] std::string written() const;

  [[nodiscard]] std::optional<std::string> text() const;
  // true, false, yes, no, on, off in any case.
  [[nodiscard]] std::optional<bool> boolean() const;
  [[nodiscard]] std::optional<std::int64_t> integer(std::int64_t min, std::int64_t max) const;
  // See duration_text.hpp. Not shorter than min.
  [[nodiscard]] std::optional<std::chrono::milliseconds> duration(std::chrono::milliseconds min) const;
  // Empty for null.
  [[nodiscard]] std::vector<YamlValue> list() const;
  // Without entries for null and for what is no mapping.
  [[nodiscard]] YamlMap map() const;
  [[nodiscard]] bool is_map() const;

  void error(std::string message) const;
  void warning(std::string message) const;

 private:
  friend class YamlMap;

  YamlContext* context_;
  YAML::Node node_;
  std::string path_;
  YamlPlace place_;
};

}  // namespace balancer
