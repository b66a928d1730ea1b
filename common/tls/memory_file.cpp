#include "common/tls/memory_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace balancer::tls {
namespace {

[[noreturn]] void fail() { throw std::system_error(errno, std::generic_category(), "file in memory"); }

int make() {
  const int descriptor = ::memfd_create("balancer-tls", MFD_CLOEXEC);
  if (descriptor < 0) fail();
  return descriptor;
}

}  // namespace

MemoryFile::MemoryFile() : descriptor_(make()) {}

MemoryFile::~MemoryFile() { ::close(descriptor_); }

std::string MemoryFile::path() const { return fmt::format("/proc/self/fd/{}", descriptor_); }

void MemoryFile::replace(std::string_view content) {
  const int fresh = make();
  std::string_view left = content;
  while (!left.empty()) {
    const ssize_t written = ::write(fresh, left.data(), left.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      ::close(fresh);
      fail();
    }
    left.remove_prefix(static_cast<std::size_t>(written));
  }
  // The descriptor's number stays, and so does the path.
  const int replaced = ::dup3(fresh, descriptor_, O_CLOEXEC);
  ::close(fresh);
  if (replaced < 0) fail();
}

}  // namespace balancer::tls
