#include "controlplane/config/watch_points.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/temp_dir.hpp"

namespace balancer::controlplane {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::UnorderedElementsAre;

TEST(WatchPointsTest, NamesEveryFolderOnTheWay) {
  const WatchPoints points = find_watch_points("/no-such-folder/deeper/config.yaml");

  EXPECT_THAT(points, UnorderedElementsAre(
                          ::testing::Pair("/", UnorderedElementsAre("no-such-folder")),
                          ::testing::Pair("/no-such-folder", UnorderedElementsAre("deeper")),
                          ::testing::Pair("/no-such-folder/deeper", UnorderedElementsAre("config.yaml"))));
}

TEST(WatchPointsTest, FollowsLinksOfFilesAndFolders) {
  const fakes::TempDir folder;
  fs::create_directory(folder.path() / "v1");
  fs::create_symlink("v1", folder.path() / "..data");
  fs::create_symlink("..data/config.yaml", folder.path() / "config.yaml");

  const WatchPoints points = find_watch_points(folder.path() / "config.yaml");

  EXPECT_THAT(points.at(folder.path()), UnorderedElementsAre("config.yaml", "..data", "v1"));
  EXPECT_THAT(points.at(folder.path() / "v1"), UnorderedElementsAre("config.yaml"));
}

TEST(WatchPointsTest, EndsInACircleOfLinks) {
  const fakes::TempDir folder;
  fs::create_symlink("b", folder.path() / "a");
  fs::create_symlink("a", folder.path() / "b");

  EXPECT_THAT(find_watch_points(folder.path() / "a").at(folder.path()), UnorderedElementsAre("a", "b"));
}

}  // namespace
}  // namespace balancer::controlplane
