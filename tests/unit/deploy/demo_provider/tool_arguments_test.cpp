#include "deploy/demo_provider/tool_arguments.hpp"

#include <gtest/gtest.h>

namespace balancer::demo {
namespace {

using nlohmann::json;

json arguments_for(const char* schema) { return json::parse(demo_arguments(json::parse(schema))); }

TEST(ToolArgumentsTest, EachTypeHasItsValue) {
  const json arguments = arguments_for(R"({"type":"object","properties":{
      "s":{"type":"string"},"n":{"type":"number"},"i":{"type":"integer"},"b":{"type":"boolean"},
      "a":{"type":"array"},"o":{"type":"object"},"z":{"type":"null"},"t":{"type":["integer","null"]}},
      "required":["s","n","i","b","a","o","z","t"]})");

  EXPECT_EQ(arguments, json::parse(R"({"s":"demo","n":1,"i":1,"b":true,"a":[],"o":{},"z":null,"t":1})"));
}

TEST(ToolArgumentsTest, OnlyRequiredPropertiesAreGiven) {
  EXPECT_EQ(arguments_for(R"({"properties":{"a":{"type":"number"},"b":{"type":"number"}},"required":["b"]})"),
            json::parse(R"({"b":1})"));
  EXPECT_EQ(arguments_for(R"({"properties":{"a":{"type":"number"}}})"), json::object());
}

TEST(ToolArgumentsTest, AConstantOrAPermittedValueComesBeforeTheType) {
  EXPECT_EQ(arguments_for(R"({"properties":{"e":{"type":"string","enum":["red","blue"]},"c":{"const":7}},
                              "required":["e","c"]})"),
            json::parse(R"({"e":"red","c":7})"));
}

TEST(ToolArgumentsTest, WhatTheSchemaDoesNotTellIsADemoText) {
  EXPECT_EQ(arguments_for(R"({"properties":{"r":{"$ref":"#/x"},"t":{"type":[]},"w":1},"required":["r","t","w","u"]})"),
            json::parse(R"({"r":"demo","t":"demo","w":"demo","u":"demo"})"));
}

TEST(ToolArgumentsTest, SurvivesSchemasOfAnUnexpectedShape) {
  for (const char* schema : {"null", "[]", "1", R"({"required":"a"})", R"({"required":[1,null,[]]})"}) {
    EXPECT_EQ(arguments_for(schema), json::object()) << schema;
  }
  EXPECT_EQ(arguments_for(R"({"properties":[1],"required":["a"]})"), json::parse(R"({"a":"demo"})"));
}

TEST(ToolArgumentsTest, NeverCopiesNestedValues) {
  const std::string nested = std::string(100'000, '[') + std::string(100'000, ']');
  const std::string property = R"({"const":)" + nested + R"(,"enum":[)" + nested + "]}";
  const std::string schema = R"({"properties":{"a":)" + property + R"(},"required":["a"]})";

  EXPECT_EQ(arguments_for(schema.c_str()), json::parse(R"({"a":"demo"})"));
}

}  // namespace
}  // namespace balancer::demo
