// The log's lines, for a test to read.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "common/log/log.hpp"
#include "tests/fakes/temp_dir.hpp"

namespace balancer::gateway {

// While it lives the log goes to a file of its own; what the console is told meanwhile is swallowed.
class LogFile {
 public:
  explicit LogFile(log::Level level = log::Level::kDebug) {
    testing::internal::CaptureStderr();
    log::configure({.level = level, .file_path = (folder_ / "log.jsonl").string()});
  }
  ~LogFile() {
    log::flush();
    log::configure({});
    testing::internal::GetCapturedStderr();
  }
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

  // Ends logging to the file. Throws for a line that is no JSON object.
  [[nodiscard]] std::vector<nlohmann::json> lines() const {
    log::flush();
    std::vector<nlohmann::json> all;
    std::ifstream in(folder_ / "log.jsonl");
    for (std::string text; std::getline(in, text);) all.push_back(nlohmann::json::parse(text));
    return all;
  }

 private:
  fakes::TempDir folder_;
};

}  // namespace balancer::gateway
