// The schema as a document of its own.
#include <re2/re2.h>

#include <fstream>
#include <iterator>
#include <set>

#include "tests/unit/controlplane/config_schema/schema_fixture.hpp"

namespace balancer::controlplane {
namespace {

using ::testing::ContainerEq;
using ::testing::IsEmpty;
using nlohmann::json;

class SchemaDocumentTest : public SchemaFixture {
 protected:
  const std::vector<std::pair<json::json_pointer, const json*>> schemas_ = all_schemas(checker_.schema());
};

TEST_F(SchemaDocumentTest, TheProgramsHoldTheFile) {
  std::ifstream file(std::string(BALANCER_DEPLOY_DIR) + "/config/config.schema.json", std::ios::binary);

  EXPECT_EQ(kConfigSchema, std::string(std::istreambuf_iterator<char>(file), {}));
}

TEST_F(SchemaDocumentTest, ItSaysWhatItIs) {
  EXPECT_EQ(checker_.schema().at("$schema"), "https://json-schema.org/draft/2020-12/schema");
  EXPECT_TRUE(checker_.schema().at("$id").get<std::string>().starts_with("urn:"));
  EXPECT_NE(checker_.schema().at("title"), "");
}

TEST_F(SchemaDocumentTest, EveryReferenceLeadsSomewhereAndEveryDefinitionIsUsed) {
  std::set<std::string> used;
  for (const auto& [place, schema] : schemas_) {
    if (!schema->is_object() || !schema->contains("$ref")) continue;
    const std::string reference = schema->at("$ref").get<std::string>();
    EXPECT_NO_THROW((void)checker_.target(reference)) << place;
    used.insert(reference);
  }

  std::set<std::string> defined;
  for (const auto& [name, unused] : checker_.schema().at("$defs").items()) defined.insert("#/$defs/" + name);
  EXPECT_THAT(used, ContainerEq(defined));
}

TEST_F(SchemaDocumentTest, EveryKeyIsDescribedInASentence) {
  for (const SchemaPlace& place : schema_places()) {
    for (const auto& [key, property] : properties(place).items()) {
      const std::string description = property.value("description", "");
      EXPECT_THAT(description, ::testing::MatchesRegex(".* .*\\.")) << place.name << ' ' << key;
    }
  }
}

TEST_F(SchemaDocumentTest, EveryKeyHasAValueToBeginWith) {
  for (const SchemaPlace& place : schema_places()) {
    for (const auto& [key, property] : properties(place).items()) {
      const bool choice = property.contains("anyOf") && property["anyOf"][0].contains("enum");
      EXPECT_TRUE(choice || property.contains("default") || property.contains("examples")) << place.name << ' ' << key;
    }
  }
}

// Editors read patterns as ECMAScript does with its flag u, which allows no other escapes; RE2 has no lookaround.
TEST_F(SchemaDocumentTest, PatternsAreReadAlikeEverywhere) {
  int count = 0;
  for (const auto& [place, schema] : schemas_) {
    if (!schema->is_object() || !schema->contains("pattern")) continue;
    ++count;
    const std::string pattern = schema->at("pattern").get<std::string>();
    EXPECT_TRUE(RE2::FullMatch(pattern, R"((?:[^\\]|\\[\^$\\.*+?()\[\]{}|/nts-])*)")) << place << ' ' << pattern;
    EXPECT_TRUE(RE2(pattern, RE2::Quiet).ok()) << place << ' ' << pattern;
  }
  EXPECT_GT(count, 10);
}

// The other tests visit the places; so they must know all of them.
TEST_F(SchemaDocumentTest, EveryObjectWithKeysIsClosedAndIsAPlace) {
  std::set<std::string> objects;
  for (const auto& [place, schema] : schemas_) {
    if (!schema->is_object() || !schema->contains("properties") || !schema->contains("description")) continue;
    objects.insert(place.to_string());
    EXPECT_EQ(schema->value("additionalProperties", json()), json(false)) << place;
  }

  std::set<std::string> places;
  for (const SchemaPlace& place : schema_places()) places.insert(place.schema.to_string());
  EXPECT_THAT(objects, ContainerEq(places));
}

TEST_F(SchemaDocumentTest, EveryPlaceLoadsAndConforms) {
  for (const SchemaPlace& place : schema_places()) {
    EXPECT_THAT(text_of(load(place.file)), IsEmpty()) << place.name;
    EXPECT_THAT(refusals(place.file), IsEmpty()) << place.name;
  }
}

}  // namespace
}  // namespace balancer::controlplane
