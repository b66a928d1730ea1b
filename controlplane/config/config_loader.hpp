// Reads a configuration file: all of it is validated, and all of its problems are found at once.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "common/process/process_environment.hpp"
#include "controlplane/config/config.hpp"
#include "controlplane/config/config_problem.hpp"

namespace balancer::controlplane {

struct ConfigLoad {
  // Absent when any problem is an error.
  std::optional<Config> config;
  // Warnings too, in the order of the file.
  std::vector<ConfigProblem> problems;
  // SHA-256 of the file's bytes in hex; empty when it could not be read.
  std::string content_hash;
};

// Never throws for anything that the file holds. "file:" credentials are read relative to the file's folder.
[[nodiscard]] ConfigLoad load_config(const std::filesystem::path& file, const Environment& environment);

}  // namespace balancer::controlplane
