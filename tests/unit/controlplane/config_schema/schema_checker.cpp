#include "tests/unit/controlplane/config_schema/schema_checker.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <stdexcept>

namespace balancer::controlplane {
namespace {

using nlohmann::json;
using Pointer = json::json_pointer;
using Problems = std::vector<std::string>;

bool is_whole(const json& value) {
  return value.is_number_integer() || (value.is_number_float() && std::trunc(value.get<double>()) == value.get<double>());
}

bool has_type(const json& value, const std::string& type) {
  if (type == "null") return value.is_null();
  if (type == "boolean") return value.is_boolean();
  if (type == "integer") return is_whole(value);
  if (type == "number") return value.is_number();
  if (type == "string") return value.is_string();
  if (type == "array") return value.is_array();
  if (type == "object") return value.is_object();
  throw std::invalid_argument("no such type: " + type);
}

bool has_one_type(const json& value, const json& types) {
  if (types.is_string()) return has_type(value, types.get<std::string>());
  return std::any_of(types.begin(), types.end(),
                     [&](const json& type) { return has_type(value, type.get<std::string>()); });
}

bool matches(const std::string& text, const std::string& pattern) {
  static std::map<std::string, RE2, std::less<>> compiled;
  const RE2& expression = compiled.try_emplace(pattern, pattern, RE2::Quiet).first->second;
  if (!expression.ok()) throw std::invalid_argument("no pattern: " + pattern);
  return RE2::PartialMatch(text, expression);
}

std::size_t characters(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

// One document against one schema.
class Check {
 public:
  explicit Check(const SchemaChecker& checker) : checker_(checker) {}

  Problems problems(const json& schema, const json& value, const Pointer& place) const {
    if (schema.is_boolean()) return schema.get<bool>() ? Problems() : Problems{place.to_string() + ": false"};
    Problems result;
    for (const auto& [keyword, argument] : schema.items()) {
      const auto rule = kRules.find(keyword);
      if (rule == kRules.end()) throw std::invalid_argument("no such keyword: " + keyword);
      Problems found = rule->second(*this, {schema, argument, value, place, keyword});
      result.insert(result.end(), found.begin(), found.end());
    }
    return result;
  }

 private:
  struct Use {
    const json& schema;
    const json& argument;
    const json& value;
    const Pointer& place;
    const std::string& keyword;

    [[nodiscard]] Problems unless(bool good) const {
      return good ? Problems() : Problems{place.to_string() + ": " + keyword};
    }
  };
  using Rule = std::function<Problems(const Check&, const Use&)>;

  [[nodiscard]] std::ptrdiff_t conforming(const Use& use) const {
    return std::count_if(use.argument.begin(), use.argument.end(),
                         [&](const json& schema) { return problems(schema, use.value, use.place).empty(); });
  }

  static bool is_named(const json& schema, const std::string& key) {
    if (schema.contains("properties") && schema["properties"].contains(key)) return true;
    if (!schema.contains("patternProperties")) return false;
    const json& patterns = schema["patternProperties"];
    for (const auto& [pattern, unused] : patterns.items()) {
      if (matches(key, pattern)) return true;
    }
    return false;
  }

  // The problems of those members that `schema_of` has a schema for.
  template <class SchemaOf>
  Problems of_members(const Use& use, SchemaOf schema_of) const {
    Problems result;
    if (!use.value.is_object()) return result;
    for (const auto& [key, member] : use.value.items()) {
      const json* const schema = schema_of(key);
      if (!schema) continue;
      Problems found = problems(*schema, member, use.place / key);
      result.insert(result.end(), found.begin(), found.end());
    }
    return result;
  }

  Problems of_items(const Use& use) const {
    Problems result;
    if (!use.value.is_array()) return result;
    for (std::size_t i = 0; i < use.value.size(); ++i) {
      Problems found = problems(use.argument, use.value[i], use.place / i);
      result.insert(result.end(), found.begin(), found.end());
    }
    return result;
  }

  Problems of_names(const Use& use) const {
    Problems result;
    if (!use.value.is_object()) return result;
    for (const auto& [key, unused] : use.value.items()) {
      Problems found = problems(use.argument, json(key), use.place / key);
      result.insert(result.end(), found.begin(), found.end());
    }
    return result;
  }

  Problems of_all(const Use& use) const {
    Problems result;
    for (const json& schema : use.argument) {
      Problems found = problems(schema, use.value, use.place);
      result.insert(result.end(), found.begin(), found.end());
    }
    return result;
  }

  static Problems missing(const Use& use) {
    Problems result;
    if (!use.value.is_object()) return result;
    for (const json& name : use.argument) {
      if (!use.value.contains(name.get<std::string>())) {
        result.push_back(use.place.to_string() + ": required " + name.get<std::string>());
      }
    }
    return result;
  }

  static const std::map<std::string, Rule> kRules;

  const SchemaChecker& checker_;
};

const std::map<std::string, Check::Rule> Check::kRules = [] {
  std::map<std::string, Rule> rules;
  for (const char* const annotation :
       {"$schema", "$id", "$comment", "$defs", "title", "description", "default", "examples", "deprecated"}) {
    rules[annotation] = [](const Check&, const Use&) { return Problems(); };
  }
  rules["$ref"] = [](const Check& check, const Use& use) {
    return check.problems(check.checker_.target(use.argument.get<std::string>()), use.value, use.place);
  };
  rules["type"] = [](const Check&, const Use& use) { return use.unless(has_one_type(use.value, use.argument)); };
  rules["enum"] = [](const Check&, const Use& use) {
    return use.unless(std::find(use.argument.begin(), use.argument.end(), use.value) != use.argument.end());
  };
  rules["const"] = [](const Check&, const Use& use) { return use.unless(use.value == use.argument); };
  rules["pattern"] = [](const Check&, const Use& use) {
    return use.unless(!use.value.is_string() ||
                      matches(use.value.get<std::string>(), use.argument.get<std::string>()));
  };
  rules["minLength"] = [](const Check&, const Use& use) {
    return use.unless(!use.value.is_string() || characters(use.value.get<std::string>()) >= use.argument);
  };
  rules["maxLength"] = [](const Check&, const Use& use) {
    return use.unless(!use.value.is_string() || characters(use.value.get<std::string>()) <= use.argument);
  };
  rules["minimum"] = [](const Check&, const Use& use) {
    return use.unless(!use.value.is_number() || use.value >= use.argument);
  };
  rules["maximum"] = [](const Check&, const Use& use) {
    return use.unless(!use.value.is_number() || use.value <= use.argument);
  };
  rules["minItems"] = [](const Check&, const Use& use) {
    return use.unless(!use.value.is_array() || use.value.size() >= use.argument);
  };
  rules["minProperties"] = [](const Check&, const Use& use) {
    return use.unless(!use.value.is_object() || use.value.size() >= use.argument);
  };
  rules["items"] = [](const Check& check, const Use& use) { return check.of_items(use); };
  rules["propertyNames"] = [](const Check& check, const Use& use) { return check.of_names(use); };
  rules["required"] = [](const Check&, const Use& use) { return missing(use); };
  rules["properties"] = [](const Check& check, const Use& use) {
    return check.of_members(use, [&](const std::string& key) -> const json* {
      return use.argument.contains(key) ? &use.argument[key] : nullptr;
    });
  };
  rules["patternProperties"] = [](const Check& check, const Use& use) {
    Problems result;
    for (const auto& item : use.argument.items()) {
      Problems found = check.of_members(use, [&](const std::string& key) -> const json* {
        return matches(key, item.key()) ? &item.value() : nullptr;
      });
      result.insert(result.end(), found.begin(), found.end());
    }
    return result;
  };
  rules["additionalProperties"] = [](const Check& check, const Use& use) {
    return check.of_members(use, [&](const std::string& key) -> const json* {
      return is_named(use.schema, key) ? nullptr : &use.argument;
    });
  };
  rules["allOf"] = [](const Check& check, const Use& use) { return check.of_all(use); };
  rules["anyOf"] = [](const Check& check, const Use& use) { return use.unless(check.conforming(use) > 0); };
  rules["oneOf"] = [](const Check& check, const Use& use) { return use.unless(check.conforming(use) == 1); };
  rules["not"] = [](const Check& check, const Use& use) {
    return use.unless(!check.problems(use.argument, use.value, use.place).empty());
  };
  rules["if"] = [](const Check& check, const Use& use) {
    const bool applies = check.problems(use.argument, use.value, use.place).empty();
    return applies ? check.problems(use.schema.at("then"), use.value, use.place) : Problems();
  };
  rules["then"] = [](const Check&, const Use&) { return Problems(); };
  return rules;
}();

// Keywords whose argument is one schema, a list of schemas, or schemas by name.
constexpr std::string_view kOne[] = {"items", "additionalProperties", "propertyNames", "not", "if", "then"};
constexpr std::string_view kListed[] = {"allOf", "anyOf", "oneOf"};
constexpr std::string_view kByName[] = {"properties", "patternProperties", "$defs"};

template <class Names>
bool is_among(const Names& names, std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

void collect(const Pointer& place, const json& schema, std::vector<std::pair<Pointer, const json*>>& result) {
  result.emplace_back(place, &schema);
  if (!schema.is_object()) return;
  for (const auto& [keyword, argument] : schema.items()) {
    if (is_among(kOne, keyword)) collect(place / keyword, argument, result);
    if (is_among(kListed, keyword)) {
      for (std::size_t i = 0; i < argument.size(); ++i) collect(place / keyword / i, argument[i], result);
    }
    if (is_among(kByName, keyword)) {
      for (const auto& [name, named] : argument.items()) collect(place / keyword / name, named, result);
    }
  }
}

}  // namespace

std::vector<std::string> SchemaChecker::problems(const json& document) const {
  return Check(*this).problems(schema_, document, Pointer());
}

const json& SchemaChecker::target(std::string_view reference) const {
  const Pointer pointer(reference.starts_with('#') ? std::string(reference.substr(1)) : std::string("not local"));
  if (!schema_.contains(pointer)) throw std::invalid_argument("leads nowhere: " + std::string(reference));
  return schema_.at(pointer);
}

std::vector<std::pair<Pointer, const json*>> all_schemas(const json& schema) {
  std::vector<std::pair<Pointer, const json*>> result;
  collect(Pointer(), schema, result);
  return result;
}

}  // namespace balancer::controlplane
