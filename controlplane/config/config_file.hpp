// What the readers have to know of the file that they read.
#pragma once

#include <filesystem>

namespace balancer::controlplane {

struct ConfigFile {
  // Where relative paths start.
  std::filesystem::path folder;
  // Others than its owner may read it.
  bool widely_readable = false;
};

}  // namespace balancer::controlplane
