// The bytes of a small regular file.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "common/error/error.hpp"

namespace balancer::controlplane {

struct FileContent {
  std::string bytes;
  // Others than the owner may read it.
  bool widely_readable = false;
};

// Fails for what is no regular file (it never waits for a pipe), cannot be read, or is larger than max_bytes. The
// message is like "cannot be read: No such file or directory" and does not repeat the path.
[[nodiscard]] Result<FileContent> read_file(const std::filesystem::path& file, std::size_t max_bytes);

}  // namespace balancer::controlplane
