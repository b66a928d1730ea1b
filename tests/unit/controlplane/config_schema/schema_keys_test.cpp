// The schema has exactly the keys that the parser knows.
//
// The parser is asked: a key without a value is "unknown" or counts as absent. What it is asked for is every text in the
// sources that could be a key's name, so a key that a reader learns is found without being listed anywhere.
#include <re2/re2.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "common/snapshot/conversion_switches.hpp"
#include "tests/unit/controlplane/config_schema/schema_fixture.hpp"

namespace balancer::controlplane {
namespace {

using ::testing::Contains;
using ::testing::IsSupersetOf;
using ::testing::ContainerEq;
using nlohmann::json;
using Names = std::set<std::string>;

void add_names_in(const std::filesystem::path& source, Names& names) {
  std::ifstream file(source, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  static const RE2 kName("\"([a-z][a-z0-9_]*)\"");
  std::string_view rest = text;
  re2::StringPiece unread(rest.data(), rest.size());
  std::string name;
  while (RE2::FindAndConsume(&unread, kName, &name)) names.insert(name);
}

// Every text of the shape of a key in the sources of the control plane and of what it shares.
Names names_in_sources() {
  Names names;
  for (const char* const folder : {"/controlplane", "/common"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(std::string(BALANCER_SOURCE_DIR) + folder)) {
      const std::string extension = entry.path().extension().string();
      if (extension == ".cpp" || extension == ".hpp") add_names_in(entry.path(), names);
    }
  }
  return names;
}

class SchemaKeysTest : public SchemaFixture {
 protected:
  // Those of the candidates that the parser refuses at this place because it does not know them.
  Names unknown_to_parser(const SchemaPlace& place, const Names& candidates) const {
    // It reports no more than a hundred problems at once.
    constexpr std::size_t kAtOnce = 40;
    Names unknown;
    for (auto next = candidates.begin(); next != candidates.end();) {
      json file = place.file;
      for (std::size_t i = 0; i < kAtOnce && next != candidates.end(); ++i, ++next) file[place.object][*next] = nullptr;
      for (const ConfigProblem& problem : load(file).problems) {
        if (problem.message.starts_with("unknown key")) unknown.insert(problem.path.substr(problem.path.rfind('.') + 1));
      }
    }
    return unknown;
  }

  Names keys_in_schema(const SchemaPlace& place) const {
    Names keys;
    for (const auto& [key, unused] : properties(place).items()) keys.insert(key);
    return keys;
  }

  // Those that the place's file has are known, since it loads.
  static Names keys_in_file(const SchemaPlace& place) {
    Names keys;
    for (const auto& [key, unused] : place.file.at(place.object).items()) keys.insert(key);
    return keys;
  }
};

TEST_F(SchemaKeysTest, TheSourcesNameEveryKeyOfTheSchema) {
  const Names names = names_in_sources();

  for (const SchemaPlace& place : schema_places()) {
    for (const std::string& key : keys_in_schema(place)) EXPECT_THAT(names, Contains(key)) << place.name;
  }
}

TEST_F(SchemaKeysTest, AtEveryPlaceTheKeysAreThoseThatTheParserKnows) {
  Names names = names_in_sources();
  for (const SchemaPlace& place : schema_places()) names.merge(keys_in_schema(place));

  for (const SchemaPlace& place : schema_places()) {
    const Names present = keys_in_file(place);
    Names known = present;
    Names candidates;
    std::set_difference(names.begin(), names.end(), present.begin(), present.end(),
                        std::inserter(candidates, candidates.end()));
    const Names unknown = unknown_to_parser(place, candidates);
    std::set_difference(candidates.begin(), candidates.end(), unknown.begin(), unknown.end(),
                        std::inserter(known, known.end()));

    EXPECT_THAT(known, ContainerEq(keys_in_schema(place))) << place.name;
  }
}

TEST_F(SchemaKeysTest, AnUnknownKeyIsRefusedByBoth) {
  for (const SchemaPlace& place : schema_places()) {
    const json file = place.with("no_such_key", 1);

    EXPECT_THAT(text_of(load(file)), ::testing::HasSubstr("no_such_key: unknown key")) << place.name;
    EXPECT_THAT(refusals(file), ::testing::SizeIs(1)) << place.name;
  }
}

// Patterns of model names are data.
TEST_F(SchemaKeysTest, RoutesAndKeysOfYourOwnHaveAnyName) {
  json file = schema_places().front().file;
  file["x-mine"] = {{"anything", 1}};
  file["model_routes"]["Any name: at all"] = file["model_routes"]["*"];

  EXPECT_THAT(text_of(load(file)), ::testing::IsEmpty());
  EXPECT_THAT(refusals(file), ::testing::IsEmpty());
}

// They are read by name from a list of their own.
TEST_F(SchemaKeysTest, EveryConversionSwitchIsThere) {
  std::vector<std::string> switches;
  visit_switches(ConversionSettings(), [&](std::string_view name, const auto&) { switches.emplace_back(name); });

  EXPECT_THAT(keys_in_schema(schema_places()[1]), IsSupersetOf(switches));
}

}  // namespace
}  // namespace balancer::controlplane
