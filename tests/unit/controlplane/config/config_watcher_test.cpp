#include "controlplane/config/config_watcher.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <fstream>
#include <iterator>
#include <mutex>
#include <thread>
#include <vector>

#include "tests/fakes/temp_dir.hpp"

namespace balancer::controlplane {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

std::string content_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

// What the file held at each notification.
class Notifications {
 public:
  explicit Notifications(fs::path file) : file_(std::move(file)) {}

  void add() {
    const std::lock_guard lock(mutex_);
    contents_.push_back(content_of(file_));
    changed_.notify_all();
  }

  // Waits until the newest notification saw this content.
  bool wait_for(const std::string& content) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 20s, [&] { return !contents_.empty() && contents_.back() == content; });
  }

  std::vector<std::string> contents() {
    const std::lock_guard lock(mutex_);
    return contents_;
  }

 private:
  const fs::path file_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> contents_;
};

class ConfigWatcherTest : public ::testing::Test {
 protected:
  // Too slow to help a test that waits for inotify.
  static constexpr std::chrono::milliseconds kNoPoll = 1h;

  fakes::TempDir folder_;
  const fs::path file_ = folder_.overwrite("config.yaml", "one");
  Notifications notifications_{file_};

  ConfigWatcher::Callback notify() {
    return [this] { notifications_.add(); };
  }
};

TEST_F(ConfigWatcherTest, NoticesARenameOver) {
  const ConfigWatcher watcher(file_, notify(), kNoPoll);

  for (const char* const content : {"two", "three", "four"}) {
    fs::rename(folder_.overwrite("config.yaml.new", content), file_);
    EXPECT_TRUE(notifications_.wait_for(content)) << content;
  }
}

TEST_F(ConfigWatcherTest, NoticesATruncateAndWrite) {
  const ConfigWatcher watcher(file_, notify(), kNoPoll);

  folder_.overwrite("config.yaml", "two");
  EXPECT_TRUE(notifications_.wait_for("two"));
  folder_.overwrite("config.yaml", "three");
  EXPECT_TRUE(notifications_.wait_for("three"));
}

TEST_F(ConfigWatcherTest, ABusyFolderDoesNotHoldUpAChange) {
  const ConfigWatcher watcher(file_, notify(), kNoPoll);
  // A neighbour, such as a log, that is written without a pause.
  std::jthread neighbour([this](const std::stop_token& stopped) {
    while (!stopped.stop_requested()) folder_.overwrite("neighbour", "x");
  });

  const auto began = std::chrono::steady_clock::now();
  folder_.overwrite("config.yaml", "two");
  ASSERT_TRUE(notifications_.wait_for("two"));

  // What gateways are promised.
  EXPECT_LT(std::chrono::steady_clock::now() - began, 2s);
}

TEST_F(ConfigWatcherTest, NoticesAnEditorsSwap) {
  const ConfigWatcher watcher(file_, notify(), kNoPoll);

  // As vim does: the old file is moved away, then the new one is written.
  fs::rename(file_, folder_.path() / "config.yaml~");
  folder_.overwrite("config.yaml", "two");
  fs::remove(folder_.path() / "config.yaml~");

  EXPECT_TRUE(notifications_.wait_for("two"));
  EXPECT_EQ(notifications_.contents(), std::vector<std::string>{"two"});
}

TEST_F(ConfigWatcherTest, NoticesTheSwapOfAKubernetesVolume) {
  fs::remove(file_);
  const auto add_version = [&](const std::string& name, const std::string& content) {
    fs::create_directory(folder_.path() / name);
    folder_.overwrite(name + "/config.yaml", content);
  };
  add_version("..v1", "one");
  fs::create_directory_symlink("..v1", folder_.path() / "..data");
  fs::create_symlink("..data/config.yaml", file_);
  const ConfigWatcher watcher(file_, notify(), kNoPoll);

  for (const std::string version : {"2", "3"}) {
    add_version("..v" + version, "content " + version);
    fs::create_directory_symlink("..v" + version, folder_.path() / "..data_tmp");
    fs::rename(folder_.path() / "..data_tmp", folder_.path() / "..data");
    EXPECT_TRUE(notifications_.wait_for("content " + version));
  }

  // The file that the links lead to is watched as well.
  folder_.overwrite("..v3/config.yaml", "edited");
  EXPECT_TRUE(notifications_.wait_for("edited"));
}

TEST_F(ConfigWatcherTest, NoticesARecreatedFileAndFolder) {
  const fs::path inner = folder_.path() / "etc";
  fs::create_directory(inner);
  folder_.overwrite("etc/config.yaml", "one");
  Notifications seen(inner / "config.yaml");
  const ConfigWatcher watcher(inner / "config.yaml", [&] { seen.add(); }, kNoPoll);

  fs::remove(inner / "config.yaml");
  folder_.overwrite("etc/config.yaml", "two");
  EXPECT_TRUE(seen.wait_for("two"));

  fs::remove_all(inner);
  fs::create_directory(inner);
  folder_.overwrite("etc/config.yaml", "three");
  EXPECT_TRUE(seen.wait_for("three"));
}

TEST_F(ConfigWatcherTest, NoticesAFileThatDidNotExist) {
  Notifications seen(folder_.path() / "later/config.yaml");
  const ConfigWatcher watcher(folder_.path() / "later/config.yaml", [&] { seen.add(); }, kNoPoll);

  fs::create_directory(folder_.path() / "later");
  folder_.overwrite("later/config.yaml", "one");

  EXPECT_TRUE(seen.wait_for("one"));
}

TEST_F(ConfigWatcherTest, PollsForWhatInotifyMisses) {
  // The writer never closes the file.
  std::ofstream writer(file_, std::ios::binary | std::ios::app);
  const ConfigWatcher watcher(file_, notify(), 10ms);

  writer << " and two" << std::flush;

  EXPECT_TRUE(notifications_.wait_for("one and two"));
}

TEST_F(ConfigWatcherTest, SaysNothingWhenTheContentIsTheSame) {
  const ConfigWatcher watcher(file_, notify(), kNoPoll);

  folder_.overwrite("config.yaml", "one");
  folder_.overwrite("other.yaml", "two");
  fs::remove(file_);
  folder_.overwrite("config.yaml", "one");
  folder_.overwrite("config.yaml", "two");

  EXPECT_TRUE(notifications_.wait_for("two"));
  EXPECT_EQ(notifications_.contents(), std::vector<std::string>{"two"});
}

// Between the two, somebody may have asked for a reload.
TEST_F(ConfigWatcherTest, NoticesAChangeThatIsTakenBackBeforeItSettles) {
  const ConfigWatcher watcher(file_, notify(), kNoPoll);

  for (int i = 0; i < 20; ++i) {
    folder_.overwrite("config.yaml", "two");
    // Long enough to be seen, too short to settle.
    std::this_thread::sleep_for(20ms);
    folder_.overwrite("config.yaml", "one");
  }

  EXPECT_TRUE(notifications_.wait_for("one"));
}

TEST_F(ConfigWatcherTest, EndsAtOnceAndCallsNobodyAfterwards) {
  const auto begin = std::chrono::steady_clock::now();
  {
    const ConfigWatcher watcher(file_, notify(), kNoPoll);
    folder_.overwrite("config.yaml", "two");
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
  const auto before = notifications_.contents();

  folder_.overwrite("config.yaml", "three");

  EXPECT_EQ(notifications_.contents(), before);
}

}  // namespace
}  // namespace balancer::controlplane
