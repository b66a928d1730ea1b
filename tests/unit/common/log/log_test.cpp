#include "common/log/log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
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

}  // namespace
}  // namespace balancer::log
