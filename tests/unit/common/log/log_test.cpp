#include "common/log/log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>
#include "tests/fakes/temp_dir.hpp"

namespace balancer::log {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;

class LogFileTest : public testing::Test {
 protected:
  LogFileTest() {
    // The console's copy.
    testing::internal::CaptureStderr();
  }
  ~LogFileTest() override {
    flush();
    testing::internal::GetCapturedStderr();
  }

  [[nodiscard]] std::filesystem::path file() const { return folder_ / "logs" / "log.jsonl"; }
  // Ends logging to the file and reads it.
  [[nodiscard]] std::vector<json> lines() const {
    flush();
    std::vector<json> all;
    std::ifstream in(file());
    for (std::string text; std::getline(in, text);) all.push_back(json::parse(text));
    return all;
  }
  [[nodiscard]] std::vector<std::string> phrases() const {
    std::vector<std::string> all;
    for (const json& line : lines()) all.push_back(line.at("event"));
    return all;
  }

  fakes::TempDir folder_;
};

TEST_F(LogFileTest, MakesMissingFoldersAndWritesJsonLines) {
  configure({.file_path = file().string(), .program = "tester"});

  info("something happened", {{"request_id", "req_1"}});

  const std::vector<json> written = lines();
  ASSERT_EQ(written.size(), 1u);
  EXPECT_EQ(written[0].at("logger"), "tester");
  EXPECT_EQ(written[0].at("request_id"), "req_1");
}

TEST_F(LogFileTest, AppendsToWhatIsThere) {
  for (const char* phrase : {"first", "second"}) {
    configure({.file_path = file().string()});
    info(phrase);
    flush();
  }

  EXPECT_THAT(phrases(), ElementsAre("first", "second"));
}

TEST_F(LogFileTest, LeavesOutWhatIsBelowTheLevel) {
  configure({.level = Level::kWarning, .file_path = file().string()});

  debug("a");
  info("b");
  warn("c");
  error("d");

  EXPECT_FALSE(enabled(Level::kInfo));
  EXPECT_TRUE(enabled(Level::kWarning));
  EXPECT_THAT(phrases(), ElementsAre("c", "d"));
}

TEST_F(LogFileTest, DebugLevelWritesEverything) {
  configure({.level = Level::kDebug, .file_path = file().string()});

  debug("a");

  EXPECT_THAT(phrases(), ElementsAre("a"));
}

TEST_F(LogFileTest, KeepsWholeLinesFromManyThreads) {
  configure({.file_path = file().string()});
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([t] {
      for (int i = 0; i < 500; ++i) info("line", {{"thread", t}, {"number", i}});
    });
  }
  for (std::thread& thread : threads) thread.join();

  EXPECT_EQ(lines().size(), 2000u);
  EXPECT_EQ(dropped_line_count(), 0u);
}

TEST_F(LogFileTest, AFileThatCannotBeOpenedIsAnError) {
  std::ofstream(folder_ / "logs") << "a file, not a folder";

  EXPECT_THROW(configure({.file_path = file().string()}), std::runtime_error);
}

// Standard error as a pipe that nobody reads until release(): a terminal that has stopped.
class StoppedTerminal {
 public:
  StoppedTerminal() : saved_(dup(STDERR_FILENO)) {
    EXPECT_EQ(pipe(ends_), 0);
    EXPECT_EQ(fcntl(ends_[1], F_SETPIPE_SZ, kBytes), kBytes);
    dup2(ends_[1], STDERR_FILENO);
  }
  ~StoppedTerminal() {
    close(ends_[0]);
    close(saved_);
  }
  StoppedTerminal(const StoppedTerminal&) = delete;
  StoppedTerminal& operator=(const StoppedTerminal&) = delete;

  // Reads what is there and what the log still has; standard error is the former one then.
  void release() {
    std::thread reader([this] {
      char buffer[65536];
      while (read(ends_[0], buffer, sizeof buffer) > 0) {
      }
    });
    flush();
    dup2(saved_, STDERR_FILENO);
    close(ends_[1]);
    reader.join();
  }

 private:
  static constexpr int kBytes = 4096;

  const int saved_;
  int ends_[2] = {-1, -1};
};

// promises.md T50.
TEST(LogUnderDuressTest, ABlockedTerminalHoldsUpNeitherTheProgramNorTheFile) {
  constexpr int kLines = 3'000;
  const fakes::TempDir folder;
  const std::string file = (folder.path() / "log.jsonl").string();
  StoppedTerminal terminal;
  configure({.file_path = file, .program = "tester"});

  const std::string long_text(200, 'x');
  for (int i = 0; i < kLines; ++i) info("a line", {{"number", i}, {"text", long_text}});

  const auto line_count = [&] {
    std::ifstream in(file);
    return std::count(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>(), '\n');
  };
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (line_count() < kLines && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  const auto written = line_count();
  terminal.release();

  EXPECT_EQ(written, kLines);
}

TEST(LogUnderDuressTest, AFullDiskCostsLinesAndNothingElse) {
  testing::internal::CaptureStderr();
  configure({.file_path = "/dev/full", .program = "tester"});
  const std::uint64_t dropped_before = dropped_line_count();

  for (int i = 0; i < 100; ++i) info("a line", {{"number", i}});

  flush();
  const std::string console = testing::internal::GetCapturedStderr();
  EXPECT_EQ(std::count(console.begin(), console.end(), '\n'), 100);
  EXPECT_EQ(dropped_line_count() - dropped_before, 100u);
}

TEST(LogUnderDuressTest, LinesThatAreTooManyAreDroppedAndCountedForGood) {
  StoppedTerminal terminal;
  configure({.program = "tester"});
  const std::uint64_t before = dropped_line_count();

  const std::string long_text(200, 'x');
  for (int i = 0; i < 20'000; ++i) info("a line", {{"text", long_text}});
  const std::uint64_t dropped = dropped_line_count() - before;

  terminal.release();
  EXPECT_GT(dropped, 0u);
  EXPECT_GE(dropped_line_count() - before, dropped);
}

}  // namespace
}  // namespace balancer::log
