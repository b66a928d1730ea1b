// Real shells, for scripts that are written for them.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "tests/fakes/temp_dir.hpp"

namespace balancer::controlplane::cli {

// Where the program is on the PATH; empty when it is not installed.
[[nodiscard]] std::filesystem::path installed(const std::string& program);

// A home of its own, with a folder of fake programs before the PATH.
class ShellRun {
 public:
  ShellRun();

  // `text` is a script for sh.
  void install(const std::string& program, const std::string& text);
  [[nodiscard]] std::filesystem::path write(const std::string& name, const std::string& text) const;

  // What the program prints. Fails the test when it does not end with 0, or says anything on stderr.
  [[nodiscard]] std::string output(const std::filesystem::path& program, std::vector<std::string> arguments,
                                   std::map<std::string, std::string> environment = {}) const;

 private:
  fakes::TempDir home_;
};

// The lines of `text`, sorted.
[[nodiscard]] std::vector<std::string> sorted_lines(const std::string& text);

}  // namespace balancer::controlplane::cli
