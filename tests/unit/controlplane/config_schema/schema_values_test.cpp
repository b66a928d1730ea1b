// The schema says of each key's values what the parser says.
#include <re2/re2.h>

#include <algorithm>
#include <map>
#include <set>

#include "tests/unit/controlplane/config_schema/schema_fixture.hpp"

namespace balancer::controlplane {
namespace {

using ::testing::ContainerEq;
using ::testing::IsEmpty;
using nlohmann::json;

class SchemaValuesTest : public SchemaFixture {
 protected:
  // Calls visit(place, key, property, label) for every key of every place.
  template <class Visit>
  void visit_keys(Visit visit) const {
    for (const SchemaPlace& place : schema_places()) {
      for (const auto& [key, property] : properties(place).items()) {
        visit(place, key, property, place.name + ": " + key);
      }
    }
  }

  // A key that only the other type of provider has.
  [[nodiscard]] bool is_barred(const SchemaPlace& place, const std::string& key) const {
    const auto refused = refusals(place.with(key, nullptr));
    const std::string barred = (place.object / key).to_string() + ": false";
    return std::find(refused.begin(), refused.end(), barred) != refused.end();
  }

  // Empty if the key's values are not a choice of names.
  static std::vector<json> choices(const json& property) {
    if (!property.contains("anyOf") || !property["anyOf"][0].contains("enum")) return {};
    return property["anyOf"][0]["enum"].get<std::vector<json>>();
  }

  // default, examples and names to choose from.
  static std::vector<json> named_values(const json& property) {
    std::vector<json> values = choices(property);
    if (property.contains("default")) values.push_back(property["default"]);
    for (const json& example : property.value("examples", json::array())) values.push_back(example);
    return values;
  }

  // What the schema that a property refers to says, with what the property adds.
  json resolved(const json& property) const {
    json result = property.contains("$ref") ? checker_.target(property["$ref"].get<std::string>()) : json::object();
    result.update(property);
    return result;
  }
};

std::string as_written(const json& scalar) { return scalar.is_string() ? scalar.get<std::string>() : scalar.dump(); }

TEST_F(SchemaValuesTest, EveryNamedValueIsTakenByBoth) {
  visit_keys([&](const SchemaPlace& place, const std::string& key, const json& property, const std::string& label) {
    if (is_barred(place, key)) return;
    for (const json& value : named_values(property)) {
      const json file = place.with(key, value);
      const ConfigLoad loaded = load(file);
      EXPECT_TRUE(loaded.config) << label << " = " << value << '\n' << text_of(loaded);
      EXPECT_THAT(refusals(file), IsEmpty()) << label << " = " << value;
    }
  });
}

TEST_F(SchemaValuesTest, KeysOfTheOtherTypeOfProviderAreRefusedByBoth) {
  std::map<std::string, int> barred;
  visit_keys([&](const SchemaPlace& place, const std::string& key, const json& property, const std::string& label) {
    if (!is_barred(place, key)) return;
    ++barred[place.name];
    for (const json& value : named_values(property)) {
      if (value.is_null()) continue;
      EXPECT_THAT(text_of(load(place.with(key, value))), ::testing::HasSubstr("is only for providers of type")) << label;
    }
  });

  EXPECT_THAT(barred, ::testing::ElementsAre(::testing::Pair("provider of type anthropic", ::testing::Gt(1)),
                                             ::testing::Pair("provider of type openai", 1)));
}

TEST_F(SchemaValuesTest, WritingDownADefaultChangesNothing) {
  visit_keys([&](const SchemaPlace& place, const std::string& key, const json& property, const std::string& label) {
    if (!property.contains("default") || is_barred(place, key)) return;

    EXPECT_TRUE(config_of(place.with(key, property["default"])) == config_of(place.without(key))) << label;
  });
}

TEST_F(SchemaValuesTest, AKeyWithoutAValueCountsAsAbsent) {
  visit_keys([&](const SchemaPlace& place, const std::string& key, const json&, const std::string& label) {
    if (is_barred(place, key)) return;
    const json absent = place.without(key);
    const json empty = place.with(key, nullptr);

    EXPECT_EQ(refusals(empty).empty(), load(empty).config.has_value()) << label;
    EXPECT_EQ(refusals(empty).empty(), refusals(absent).empty()) << label;
  });
}

// An editor strikes through what is deprecated.
TEST_F(SchemaValuesTest, DeprecatedKeysAreThoseThatAreIgnoredOrHaveANewerName) {
  std::set<std::string> names;
  visit_keys([&](const SchemaPlace&, const std::string& key, const json&, const std::string&) { names.insert(key); });

  visit_keys([&](const SchemaPlace& place, const std::string& key, const json& property, const std::string& label) {
    const std::vector<json> values = named_values(property);
    if (is_barred(place, key)) return;
    const std::string problems = text_of(load(place.with(key, values.back())));
    const bool ignored = problems.find(key + ": is ignored: ") != std::string::npos;
    const std::string description = property["description"].get<std::string>();
    std::string newer;
    const bool renamed = RE2::PartialMatch(description, "^Older name of (?:[a-z_]+\\.)*([a-z_]+)[.,]", &newer);

    EXPECT_EQ(is_deprecated(property), ignored || renamed) << label << '\n' << problems;
    EXPECT_EQ(ignored, description.starts_with("Accepted and ignored: ")) << label;
    EXPECT_TRUE(!renamed || names.contains(newer)) << label << ": " << newer;
  });
}

TEST_F(SchemaValuesTest, ChoicesAreThoseThatTheParserNames) {
  int count = 0;
  visit_keys([&](const SchemaPlace& place, const std::string& key, const json& property, const std::string& label) {
    std::set<std::string> names;
    for (const json& choice : choices(property)) names.insert(as_written(choice));
    if (names.empty() || is_barred(place, key)) return;
    ++count;

    const json file = place.with(key, "no_such_choice");

    EXPECT_THAT(refusals(file), ::testing::Not(IsEmpty())) << label;
    std::set<std::string> named_by_parser;
    for (const ConfigProblem& problem : load(file).problems) {
      constexpr std::string_view kBegin = "must be one of ";
      if (!problem.message.starts_with(kBegin)) continue;
      std::string list = problem.message.substr(kBegin.size(), problem.message.find(';') - kBegin.size()) + ", ";
      for (std::size_t end = 0; (end = list.find(", ")) != std::string::npos; list.erase(0, end + 2)) {
        named_by_parser.insert(list.substr(0, end));
      }
    }
    EXPECT_THAT(named_by_parser, ContainerEq(names)) << label;
  });
  EXPECT_GT(count, 25);
}

TEST_F(SchemaValuesTest, BoundsAreThoseOfTheParser) {
  int count = 0;
  visit_keys([&](const SchemaPlace& place, const std::string& key, const json& property, const std::string& label) {
    const json schema = resolved(property);
    if (!schema.contains("minimum") || is_barred(place, key)) return;
    ++count;
    const bool whole = schema["type"][0] == "integer";
    const json minimum = schema["minimum"];
    const json maximum = schema["maximum"];
    const json below = whole ? json(minimum.get<std::int64_t>() - 1)
                             : json(minimum == 0 ? -1.0 : minimum.get<double>() / 2);
    const json above = maximum.get<std::int64_t>() + 1;

    for (const json& bound : {minimum, maximum}) {
      EXPECT_TRUE(load(place.with(key, bound)).config) << label << " = " << bound;
      EXPECT_THAT(refusals(place.with(key, bound)), IsEmpty()) << label << " = " << bound;
    }
    for (const json& beyond : {below, above}) {
      EXPECT_FALSE(load(place.with(key, beyond)).config) << label << " = " << beyond;
      EXPECT_THAT(refusals(place.with(key, beyond)), ::testing::Not(IsEmpty())) << label << " = " << beyond;
    }
  });
  EXPECT_GT(count, 30);
}

TEST_F(SchemaValuesTest, AVariableMayStandForEveryScalar) {
  visit_keys([&](const SchemaPlace& place, const std::string& key, const json& property, const std::string& label) {
    if (is_deprecated(property) || is_barred(place, key)) return;
    for (const json& value : named_values(property)) {
      const bool scalar = value.is_primitive() && !value.is_null();
      const std::string text = scalar ? as_written(value) : std::string();
      if (text.empty() || text.starts_with("${")) continue;
      const json file = place.with(key, "${UNSET:-" + text + "}");

      EXPECT_THAT(refusals(file), IsEmpty()) << label << " = " << value;
      EXPECT_TRUE(config_of(file) == config_of(place.with(key, value))) << label << " = " << value;
    }
  });
}

// Values of all sorts, most of them wrong for most keys.
class SchemaVerdictTest : public SchemaValuesTest {
 protected:
  // Calls visit(place, key, value, label) for each key, at one place: with every value for the first key of its kind,
  // with a few for the others.
  template <class Visit>
  void visit_values(Visit visit) const {
    const json many = json::parse(kManyValues);
    const json few = json::parse(kFewValues);
    std::set<std::string> done;
    std::set<json> kinds;
    visit_keys([&](const SchemaPlace& place, const std::string& key, const json& property, const std::string& label) {
      const json kind = kind_of(property);
      if (is_barred(place, key) || kind.empty() || !done.insert(place.schema.to_string() + key).second) return;
      const bool is_new = kinds.insert(kind).second;
      for (const json& value : is_new ? many : few) visit(place, key, value, label + " = " + value.dump());
    });
  }

  // What its schema allows, apart from bounds and names to choose from, which are held against the parser's own. Empty if
  // it allows everything.
  static json kind_of(json property) {
    for (const char* const other : {"description", "deprecated", "default", "examples", "minimum", "maximum"}) {
      property.erase(other);
    }
    if (!choices(property).empty()) property["anyOf"][0].erase("enum");
    return property;
  }

  // What a schema cannot tell.
  static bool is_beyond_a_schema(const SchemaPlace& place, const std::string& key, const json& value) {
    const std::string text = value.is_string() ? value.get<std::string>() : std::string();
    std::int64_t number = 0;
    return text.find("${") != std::string::npos ||                   // what variables hold
           RE2::FullMatch(text, "(-?[0-9]+)", &number) ||            // the size of numbers in quotes
           (key == "ping_interval" && text == "250ms") ||            // and that of durations with a unit
           text == "file:/no/such/file" ||                           // whether files exist
           (key == "provider" && value.is_primitive()) ||            // names of providers
           (key == "auth_value" && text == "oauth") ||               // what only providers that are not enabled may have
           (place.name == "auth" && key == "enabled");               // that there are keys elsewhere
  }

  static constexpr std::string_view kFewValues = R"([true, 1, -1, 1.5, "", "5m", "word", [], ["word"], {}])";
  static constexpr std::string_view kManyValues = R"([
    null, true, false, 0, 1, -1, 2, 1.5, 0.5, 404, 65535, 70000, 1000000000000, "", "0", "1", "-1", "404", "true", "True",
    "OFF", "yes", "maybe", "word", "two words", " blank", "5m", "250ms", "1.5h", ".5d", "5.", "0ms", "0.0s", "-5m", "90x",
    "5 m", "1e3", "a,b", "\u00e4", "line\nbreak", "*", "${UNSET}", "${UNSET:-5}", "${UNSET:-true}", "${UNSET:-5m}",
    "$${UNSET}", "$5", "${", "file:/no/such/file", "https://b.example", "HTTP://b.example:8080/v1/", "https://b.example?q",
    "https://u@b.example", "ftp://b.example", "/path", "/a//b/c.d", "/.git", "//a", "/a/*", "http://p.example:3128",
    "socks5://u:p@p.example:1080", "socks5h://p.example:1080", "http://p.example", "info", "Warning", "ERROR",
    "passthrough", "oauth", "host.example", "h@st", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    [], ["word"], ["/path"], ["a,b"], [""], [null], [404], ["404"], [99], [1000], [[]], [{}], [true], ["(unclosed"],
    {}, {"word": 1}, {"get": "/"}, {"get": "/", "model": null}, {"get": "/", "model": "m"},
    [{"provider": "Anthropic"}], [{"name": "b", "key": "a-key-that-is-long-enough"}], [{"name": "b"}]
  ])";
};

TEST_F(SchemaVerdictTest, WhatTheParserTakesConforms) {
  visit_values([&](const SchemaPlace& place, const std::string& key, const json& value, const std::string& label) {
    const json file = place.with(key, value);
    const auto refused = refusals(file);
    if (refused.empty()) return;
    EXPECT_FALSE(load(file).config) << label << ": " << refused[0];
  });
}

TEST_F(SchemaVerdictTest, WhatConformsIsTakenWhereASchemaCanTell) {
  visit_values([&](const SchemaPlace& place, const std::string& key, const json& value, const std::string& label) {
    const json file = place.with(key, value);
    if (is_beyond_a_schema(place, key, value) || !refusals(file).empty()) return;
    const ConfigLoad loaded = load(file);
    EXPECT_TRUE(loaded.config) << label << '\n' << text_of(loaded);
  });
}

}  // namespace
}  // namespace balancer::controlplane
