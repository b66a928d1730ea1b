// A file that is nowhere but in this process's memory, for libraries that take a path only.
#pragma once

#include <string>
#include <string_view>

namespace balancer::tls {

class MemoryFile {
 public:
  // Empty. Throws std::system_error when the process has no descriptor left.
  MemoryFile();
  ~MemoryFile();
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  // Valid in this process, as long as this object.
  [[nodiscard]] std::string path() const;

  // Who opens the path finds the former content or this one, whole. Throws std::system_error.
  void replace(std::string_view content);

 private:
  int descriptor_;
};

}  // namespace balancer::tls
