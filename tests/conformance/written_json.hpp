// JSON as it is written: numbers keep their spelling and objects the order of their keys, so that a test can tell
// whether they were passed on untouched.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace balancer::conformance {

struct WrittenJson {
  enum class Kind { kNull, kBoolean, kNumber, kString, kArray, kObject };

  Kind kind = Kind::kNull;
  // A scalar as it is written, a string decoded.
  std::string text;
  std::vector<WrittenJson> elements;
  std::vector<std::pair<std::string, WrittenJson>> members;
};

// Throws std::runtime_error on what is no JSON, and on lone surrogates.
[[nodiscard]] WrittenJson read_written_json(std::string_view text);

// Empty when the text is the JSON expected; else where it is not. White space between tokens, escapes and the order
// of keys are free, except that order counts within tool schemas and inputs ("parameters", "schema", "input").
// Strings of the expectation may hold placeholders (placeholders.hpp); "<n>" also stands for a number,
// "<any>" for any value.
[[nodiscard]] std::string json_difference(std::string_view expected, std::string_view actual);

}  // namespace balancer::conformance
