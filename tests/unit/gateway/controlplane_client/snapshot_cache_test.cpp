#include "gateway/controlplane_client/snapshot_cache.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include "tests/fakes/temp_dir.hpp"

namespace balancer::gateway {
namespace {

class SnapshotCacheTest : public testing::Test {
 protected:
  const fakes::TempDir own_;
  const std::string folder_ = own_.path();
  const std::string path_ = folder_ + "/snapshot";
};

TEST_F(SnapshotCacheTest, GivesBackWhatWasStoredLast) {
  const SnapshotCache cache(path_);
  const std::string bytes("second\0with a zero", 18);
  ASSERT_TRUE(cache.store("first"));
  ASSERT_TRUE(cache.store(bytes));

  const auto loaded = cache.load();

  ASSERT_TRUE(loaded);
  EXPECT_EQ(*loaded, bytes);
}

TEST_F(SnapshotCacheTest, KeepsItsFileToItsOwnerAndLeavesNoOther) {
  const SnapshotCache cache(path_);
  ASSERT_TRUE(cache.store("bytes"));

  struct stat status{};
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);
}

TEST_F(SnapshotCacheTest, NoFileIsNotFound) {
  const auto loaded = SnapshotCache(path_).load();

  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, ErrorCode::kNotFound);
}

TEST_F(SnapshotCacheTest, EveryTruncationIsNoticed) {
  const SnapshotCache cache(path_);
  ASSERT_TRUE(cache.store("bytes"));

  for (auto size = std::filesystem::file_size(path_); size-- > 0;) {
    std::filesystem::resize_file(path_, size);
    EXPECT_FALSE(cache.load()) << "cut to " << size;
  }
}

TEST_F(SnapshotCacheTest, EveryChangedByteIsNoticed) {
  const SnapshotCache cache(path_);
  ASSERT_TRUE(cache.store("bytes"));
  const auto size = static_cast<std::streamoff>(std::filesystem::file_size(path_));

  for (std::streamoff at = 0; at < size; ++at) {
    std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
    const int original = file.seekg(at).get();
    file.seekp(at).put(static_cast<char>(original ^ 1)).flush();
    EXPECT_FALSE(cache.load()) << "changed at " << at;
    file.seekp(at).put(static_cast<char>(original)).flush();
  }
  EXPECT_TRUE(cache.load());
}

TEST_F(SnapshotCacheTest, RefusesAFileThatOthersCanRead) {
  const SnapshotCache cache(path_);
  ASSERT_TRUE(cache.store("bytes"));

  for (const mode_t mode : {0640U, 0604U, 0620U}) {
    ASSERT_EQ(::chmod(path_.c_str(), mode), 0);
    const auto loaded = cache.load();
    ASSERT_FALSE(loaded);
    EXPECT_NE(loaded.error().message.find("other users"), std::string::npos);
  }
}

TEST_F(SnapshotCacheTest, RefusesALinkAndAFolder) {
  const std::string link = folder_ + "/link";
  ASSERT_TRUE(SnapshotCache(path_).store("bytes"));
  std::filesystem::create_symlink(path_, link);

  EXPECT_FALSE(SnapshotCache(link).load());
  EXPECT_FALSE(SnapshotCache(folder_).load());
}

TEST_F(SnapshotCacheTest, SaysWhyItCannotStore) {
  const auto stored = SnapshotCache(folder_ + "/missing/snapshot").store("bytes");

  ASSERT_FALSE(stored);
  EXPECT_FALSE(stored.error().message.empty());
}

}  // namespace
}  // namespace balancer::gateway
