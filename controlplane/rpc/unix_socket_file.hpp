// The file of a Unix socket that a server is about to listen on.
#pragma once

#include <string>

#include "common/error/error.hpp"

namespace balancer::controlplane {

// Removes the socket that a process which is gone left at `path`. Fails, and removes nothing, if a process listens
// there or if something other than a socket is in the way.
[[nodiscard]] Result<void> remove_stale_socket(const std::string& path);

// While it lives, files that this process creates are readable and writable for its user alone (0600). Acts on the
// whole process.
class PrivateFileCreation {
 public:
  PrivateFileCreation();
  ~PrivateFileCreation();
  PrivateFileCreation(const PrivateFileCreation&) = delete;
  PrivateFileCreation& operator=(const PrivateFileCreation&) = delete;

 private:
  unsigned former_mask_;
};

}  // namespace balancer::controlplane
