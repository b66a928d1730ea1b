#include "tests/unit/controlplane/cli_client/shell_run.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "tests/integration/support/process.hpp"

namespace balancer::controlplane::cli {
namespace {

std::string search_path() {
  const char* const path = std::getenv("PATH");
  return path == nullptr ? "/usr/local/bin:/usr/bin:/bin" : path;
}

}  // namespace

std::filesystem::path installed(const std::string& program) {
  std::istringstream folders(search_path());
  for (std::string folder; std::getline(folders, folder, ':');) {
    const std::filesystem::path candidate = std::filesystem::path(folder) / program;
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return {};
}

ShellRun::ShellRun() { std::filesystem::create_directory(home_ / "bin"); }

void ShellRun::install(const std::string& program, const std::string& text) {
  const std::filesystem::path file = home_.write("bin/" + program, "#!/bin/sh\n" + text);
  std::filesystem::permissions(file, std::filesystem::perms::owner_all);
}

std::filesystem::path ShellRun::write(const std::string& name, const std::string& text) const {
  return home_.write(name, text);
}

std::string ShellRun::output(const std::filesystem::path& program, std::vector<std::string> arguments,
                             std::map<std::string, std::string> environment) const {
  environment.emplace("HOME", home_.path().string());
  environment.emplace("PATH", (home_ / "bin").string() + ":" + search_path());
  const integration::Process process({program, std::move(arguments), std::move(environment)});
  const integration::ExitStatus status = process.wait_for_exit();
  EXPECT_EQ(status.code.value_or(-1), 0) << program;
  EXPECT_EQ(process.standard_error(), "") << program;
  return process.standard_output();
}

std::vector<std::string> sorted_lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  std::sort(lines.begin(), lines.end());
  return lines;
}

}  // namespace balancer::controlplane::cli
