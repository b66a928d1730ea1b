#include "common/tls/watched_files.hpp"

#include <gmock/gmock.h>

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <vector>

#include "tests/fakes/temp_dir.hpp"
#include "tests/fakes/test_certificate.hpp"

namespace balancer::tls {
namespace {

using namespace std::chrono_literals;

class WatchedFilesTest : public testing::Test {
 protected:
  void write(const fakes::TlsIdentity& identity) {
    folder_.write("key.pem", identity.key_pem);
    folder_.write("cert.pem", identity.certificate_pem);
  }
  [[nodiscard]] Result<std::unique_ptr<WatchedFiles>> start() {
    return WatchedFiles::start({.certificate = folder_ / "cert.pem", .key = folder_ / "key.pem"}, "a test",
                               [this](const Material& material) { take(material); }, 5ms);
  }
  void take(const Material& material) {
    const std::lock_guard lock(mutex_);
    chains_.push_back(material.certificate_chain);
    changed_.notify_all();
  }
  // False when it was not put into use within 10 s.
  [[nodiscard]] bool wait_for(const fakes::TlsIdentity& identity) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 10s, [&] { return chains_.back() == identity.certificate_pem; });
  }
  [[nodiscard]] std::vector<std::string> chains() {
    const std::lock_guard lock(mutex_);
    return chains_;
  }

  fakes::TestAuthority authority_;
  fakes::TempDir folder_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> chains_;
};

TEST_F(WatchedFilesTest, IsInUseWhenItStartsAndReplacedWhenItChanges) {
  const fakes::TlsIdentity first = authority_.valid();
  const fakes::TlsIdentity second = authority_.expired();
  write(first);
  const auto watched = start();
  ASSERT_TRUE(watched) << watched.error().message;
  EXPECT_EQ(chains(), std::vector{first.certificate_pem});
  EXPECT_GT((*watched)->expiry(), std::chrono::system_clock::now());

  write(second);

  ASSERT_TRUE(wait_for(second));
  EXPECT_LT((*watched)->expiry(), std::chrono::system_clock::now());
}

TEST_F(WatchedFilesTest, WhatDoesNotBelongTogetherIsNeverPutIntoUse) {
  const fakes::TlsIdentity first = authority_.valid();
  const fakes::TlsIdentity second = authority_.valid();
  const fakes::TlsIdentity third = authority_.valid();
  write(first);
  const auto watched = start();
  ASSERT_TRUE(watched);

  folder_.write("key.pem", second.key_pem);
  folder_.write("cert.pem", "no certificate");
  write(third);

  ASSERT_TRUE(wait_for(third));
  EXPECT_EQ(chains(), (std::vector{first.certificate_pem, third.certificate_pem}));
}

TEST_F(WatchedFilesTest, ALinkThatIsSwitchedIsAChange) {
  const fakes::TlsIdentity first = authority_.valid();
  const fakes::TlsIdentity second = authority_.valid();
  // As Kubernetes mounts secrets: the files are links through a link to a folder.
  for (const auto& [name, identity] : {std::pair{"one", first}, {"two", second}}) {
    std::filesystem::create_directory(folder_ / name);
    folder_.write(std::string(name) + "/cert.pem", identity.certificate_pem);
    folder_.write(std::string(name) + "/key.pem", identity.key_pem);
  }
  std::filesystem::create_symlink("one", folder_ / "current");
  std::filesystem::create_symlink("current/cert.pem", folder_ / "cert.pem");
  std::filesystem::create_symlink("current/key.pem", folder_ / "key.pem");
  const auto watched = start();
  ASSERT_TRUE(watched) << watched.error().message;

  std::filesystem::create_symlink("two", folder_ / "next");
  std::filesystem::rename(folder_ / "next", folder_ / "current");

  EXPECT_TRUE(wait_for(second));
}

TEST_F(WatchedFilesTest, DoesNotStartWithWhatCannotBeUsed) {
  write(authority_.valid());
  folder_.write("key.pem", "no key");

  const auto watched = start();

  ASSERT_FALSE(watched);
  EXPECT_THAT(watched.error().message, testing::HasSubstr("a test: "));
}

}  // namespace
}  // namespace balancer::tls
