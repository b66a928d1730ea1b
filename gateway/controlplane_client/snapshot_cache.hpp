// The newest snapshot on disk, for a start without a control plane. It holds credentials: the file has mode 0600, and
// one that others can read or own is refused.
#pragma once

#include <string>
#include <string_view>

#include "common/error/error.hpp"

namespace balancer::gateway {

class SnapshotCache {
 public:
  explicit SnapshotCache(std::string path) : path_(std::move(path)) {}

  // The bytes that were stored last. kNotFound when there is no file; any other error says why an existing one is not
  // used: not ours, readable by others, truncated, corrupt.
  [[nodiscard]] Result<std::string> load() const;

  // Atomic and durable: a crash leaves the former file or the new one. Blocks for the disk.
  [[nodiscard]] Result<void> store(std::string_view bytes) const;

 private:
  std::string path_;
};

}  // namespace balancer::gateway
