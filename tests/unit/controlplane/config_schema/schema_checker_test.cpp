// The checker refuses what each keyword is for, so that "conforms" means something in the other tests.
#include "tests/unit/controlplane/config_schema/schema_checker.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace balancer::controlplane {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct KeywordCase {
  const char* schema;
  const char* good;
  const char* bad;
};

class SchemaCheckerKeywordTest : public ::testing::TestWithParam<KeywordCase> {};

TEST_P(SchemaCheckerKeywordTest, TellsGoodFromBad) {
  const SchemaChecker checker(json::parse(GetParam().schema));

  EXPECT_THAT(checker.problems(json::parse(GetParam().good)), IsEmpty()) << GetParam().schema;
  EXPECT_THAT(checker.problems(json::parse(GetParam().bad)), SizeIs(1)) << GetParam().schema;
}

INSTANTIATE_TEST_SUITE_P(
    Keywords, SchemaCheckerKeywordTest,
    ::testing::Values(
        KeywordCase{R"({"type": "integer"})", "2.0", "2.5"},
        KeywordCase{R"({"type": ["string", "null"]})", "null", "1"},
        KeywordCase{R"({"enum": ["a", true]})", "true", "\"true\""},
        KeywordCase{R"({"const": "a"})", "\"a\"", "\"A\""},
        KeywordCase{R"({"pattern": "^a+$"})", "\"aa\"", "\"ab\""},
        KeywordCase{R"({"minLength": 2})", "\"ab\"", "\"\u00e4\""},
        KeywordCase{R"({"maxLength": 1})", "\"\u00e4\"", "\"ab\""},
        KeywordCase{R"({"minimum": 1})", "1", "0.9"},
        KeywordCase{R"({"maximum": 1})", "\"2\"", "2"},
        KeywordCase{R"({"minItems": 1})", "[1]", "[]"},
        KeywordCase{R"({"minProperties": 1})", R"({"a": 1})", "{}"},
        KeywordCase{R"({"items": {"type": "string"}})", R"(["a"])", R"(["a", 1])"},
        KeywordCase{R"({"propertyNames": {"minLength": 1}})", R"({"a": 1})", R"({"": 1})"},
        KeywordCase{R"({"required": ["a"]})", R"({"a": null})", R"({"b": 1})"},
        KeywordCase{R"({"properties": {"a": {"type": "string"}}})", R"({"b": 1})", R"({"a": 1})"},
        KeywordCase{R"({"properties": {"a": false}})", R"({"b": 1})", R"({"a": 1})"},
        KeywordCase{R"({"patternProperties": {"^x-": {"type": "string"}}})", R"({"y": 1})", R"({"x-a": 1})"},
        KeywordCase{R"({"properties": {"a": true}, "patternProperties": {"^x-": true}, "additionalProperties": false})",
                    R"({"a": 1, "x-b": 1})", R"({"a": 1, "b": 1})"},
        KeywordCase{R"({"additionalProperties": {"type": "string"}})", R"({"a": "b"})", R"({"a": 1})"},
        KeywordCase{R"({"allOf": [{"minimum": 1}, {"maximum": 3}]})", "2", "4"},
        KeywordCase{R"({"anyOf": [{"type": "string"}, {"minimum": 3}]})", "3", "2"},
        KeywordCase{R"({"oneOf": [{"type": "integer"}, {"minimum": 3}]})", "2", "4"},
        KeywordCase{R"({"not": {"type": "null"}})", "1", "null"},
        KeywordCase{R"({"if": {"required": ["a"]}, "then": {"required": ["b"]}})", R"({"b": 1})", R"({"a": 1})"},
        KeywordCase{R"({"$ref": "#/$defs/name", "$defs": {"name": {"type": "string"}}})", "\"a\"", "1"}));

TEST(SchemaCheckerTest, SaysWhereAndWhy) {
  const SchemaChecker checker(json::parse(R"({"properties": {"a": {"items": {"type": "string"}}}})"));

  EXPECT_THAT(checker.problems(json::parse(R"({"a": ["b", 1]})")), ElementsAre("/a/1: type"));
}

TEST(SchemaCheckerTest, AKeywordThatItDoesNotKnowIsNoAnnotation) {
  EXPECT_THROW((void)SchemaChecker(json::parse(R"({"maxItems": 1})")).problems(json::array()), std::invalid_argument);
}

TEST(SchemaCheckerTest, AReferenceThatLeadsNowhereIsRefused) {
  EXPECT_THROW((void)SchemaChecker(json::parse(R"({"$ref": "#/$defs/a"})")).problems(1), std::invalid_argument);
}

TEST(SchemaCheckerTest, SchemasAreFoundWhereverTheyStand) {
  const json schema = json::parse(R"({"$defs": {"a": {"items": true}}, "anyOf": [{"not": {}}], "default": {"not": {}}})");

  std::vector<std::string> places;
  for (const auto& [place, unused] : all_schemas(schema)) places.push_back(place.to_string());
  EXPECT_THAT(places, ElementsAre("", "/$defs/a", "/$defs/a/items", "/anyOf/0", "/anyOf/0/not"));
}

}  // namespace
}  // namespace balancer::controlplane
