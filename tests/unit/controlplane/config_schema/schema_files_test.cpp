// Whole files: those that are shipped conform, and of the examples beside this test both judges think the same.
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/unit/controlplane/config_schema/editor_reading.hpp"
#include "tests/unit/controlplane/config_schema/schema_fixture.hpp"

namespace balancer::controlplane {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::Ge;
using Files = std::vector<std::filesystem::path>;

std::string content_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

Files yaml_files_in(const std::string& folder) {
  Files files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  }
  return files;
}

class SchemaFilesTest : public SchemaFixture {};

TEST_F(SchemaFilesTest, ShippedFilesConform) {
  Files files = yaml_files_in(BALANCER_DEPLOY_DIR "/config");
  files.emplace_back(BALANCER_DEPLOY_DIR "/docker/balancer.yaml");
  EXPECT_THAT(files, SizeIs(Ge(4u)));

  for (const auto& file : files) EXPECT_THAT(refusals(read_as_editor(content_of(file))), IsEmpty()) << file;
}

TEST_F(SchemaFilesTest, GoodExamplesAreTakenByBoth) {
  const Files files = yaml_files_in(BALANCER_EXAMPLE_DIR "/good");
  EXPECT_THAT(files, Not(IsEmpty()));

  for (const auto& file : files) {
    const ConfigLoad loaded = load(std::string_view(content_of(file)));
    EXPECT_TRUE(loaded.config) << file << '\n' << text_of(loaded);
    EXPECT_THAT(refusals(read_as_editor(content_of(file))), IsEmpty()) << file;
  }
}

TEST_F(SchemaFilesTest, BadExamplesAreRefusedByBoth) {
  const Files files = yaml_files_in(BALANCER_EXAMPLE_DIR "/bad");
  EXPECT_THAT(files, Not(IsEmpty()));

  for (const auto& file : files) {
    EXPECT_FALSE(load(std::string_view(content_of(file))).config) << file;
    EXPECT_THAT(refusals(read_as_editor(content_of(file))), Not(IsEmpty())) << file;
  }
}

}  // namespace
}  // namespace balancer::controlplane
