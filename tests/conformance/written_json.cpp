#include "tests/conformance/written_json.hpp"

#include <fmt/format.h>
#include <re2/re2.h>
#include <simdjson.h>

#include <algorithm>
#include <stdexcept>

#include "tests/conformance/placeholders.hpp"

namespace balancer::conformance {
namespace {

namespace od = simdjson::ondemand;
using Kind = WrittenJson::Kind;

enum class KeyOrder { kFree, kCounts };

std::string trimmed(std::string_view token) {
  return std::string(token.substr(0, token.find_last_not_of(" \t\r\n") + 1));
}

// RFC 8259 section 6; simdjson checks numbers only when it converts them.
std::string number(std::string token) {
  static const RE2 kNumber(R"(-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?)");
  if (!RE2::FullMatch(token, kNumber)) throw std::runtime_error("not a number: " + token);
  return token;
}

WrittenJson read_value(od::value value) {
  WrittenJson json;
  switch (value.type()) {
    case od::json_type::object:
      json.kind = Kind::kObject;
      for (auto field : value.get_object()) {
        std::string key(std::string_view(field.unescaped_key()));
        json.members.emplace_back(std::move(key), read_value(field.value()));
      }
      break;
    case od::json_type::array:
      json.kind = Kind::kArray;
      for (auto element : value.get_array()) json.elements.push_back(read_value(element.value()));
      break;
    case od::json_type::string:
      json.kind = Kind::kString;
      json.text = std::string_view(value.get_string());
      break;
    case od::json_type::number:
      json.kind = Kind::kNumber;
      json.text = number(trimmed(value.raw_json_token()));
      break;
    case od::json_type::boolean:
      json.kind = Kind::kBoolean;
      json.text = bool(value.get_bool()) ? "true" : "false";
      break;
    case od::json_type::null:
      json.text = "null";
      break;
  }
  return json;
}

std::string shown(const WrittenJson& json) {
  if (json.kind == Kind::kString) return fmt::format("\"{}\"", json.text);
  if (json.kind == Kind::kArray) return fmt::format("an array of {}", json.elements.size());
  if (json.kind != Kind::kObject) return json.text;
  std::string keys;
  for (const auto& [key, value] : json.members) keys += (keys.empty() ? "" : ", ") + key;
  return fmt::format("an object of [{}]", keys);
}

const WrittenJson* member(const WrittenJson& object, std::string_view key) {
  const auto found = std::find_if(object.members.begin(), object.members.end(),
                                  [&](const auto& entry) { return entry.first == key; });
  return found == object.members.end() ? nullptr : &found->second;
}

std::string difference(const WrittenJson& expected, const WrittenJson& actual, const std::string& path, KeyOrder order);

std::string member_difference(const WrittenJson& expected, const WrittenJson& actual, const std::string& path,
                              KeyOrder order) {
  for (const auto& [key, value] : actual.members) {
    if (member(expected, key) == nullptr) return fmt::format("{}.{}: unexpected, {}", path, key, shown(value));
  }
  for (std::size_t i = 0; i < expected.members.size(); ++i) {
    const auto& [key, value] = expected.members[i];
    const WrittenJson* const other = member(actual, key);
    if (other == nullptr) return fmt::format("{}.{}: missing", path, key);
    if (order == KeyOrder::kCounts && i < actual.members.size() && actual.members[i].first != key) {
      return fmt::format("{}: keys in another order, {}", path, shown(actual));
    }
    const bool verbatim = key == "parameters" || key == "schema" || key == "input";
    std::string problem = difference(value, *other, path + "." + key, verbatim ? KeyOrder::kCounts : order);
    if (!problem.empty()) return problem;
  }
  if (expected.members.size() != actual.members.size()) return path + ": duplicate keys";
  return {};
}

std::string difference(const WrittenJson& expected, const WrittenJson& actual, const std::string& path,
                       KeyOrder order) {
  if (expected.kind == Kind::kString && expected.text == "<any>") return {};
  const bool any_number = expected.kind == Kind::kString && expected.text == "<n>" && actual.kind == Kind::kNumber;
  if (any_number && matches_expected("<n>", actual.text)) return {};
  const bool same_form = expected.kind == actual.kind && expected.elements.size() == actual.elements.size();
  if (!same_form || !matches_expected(expected.text, actual.text)) {
    return fmt::format("{}: expected {}, got {}", path, shown(expected), shown(actual));
  }
  for (std::size_t i = 0; i < expected.elements.size(); ++i) {
    std::string problem =
        difference(expected.elements[i], actual.elements[i], fmt::format("{}[{}]", path, i), order);
    if (!problem.empty()) return problem;
  }
  return member_difference(expected, actual, path, order);
}

}  // namespace

WrittenJson read_written_json(std::string_view text) {
  try {
    // Inside an array, scalars are read like everything else, and nothing may stand behind the value.
    od::parser parser;
    const simdjson::padded_string padded("[" + std::string(text) + "]");
    od::document document = parser.iterate(padded);
    std::vector<WrittenJson> values;
    for (auto element : document.get_array()) values.push_back(read_value(element.value()));
    if (values.size() != 1) throw std::runtime_error(fmt::format("not one JSON value: {}", text));
    return values.front();
  } catch (const simdjson::simdjson_error& error) {
    throw std::runtime_error(fmt::format("no JSON ({}): {}", error.what(), text));
  }
}

std::string json_difference(std::string_view expected, std::string_view actual) {
  return difference(read_written_json(expected), read_written_json(actual), "", KeyOrder::kFree);
}

}  // namespace balancer::conformance
