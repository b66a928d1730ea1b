#include "controlplane/config/file_content.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace balancer::controlplane {
namespace {

class Descriptor {
 public:
  explicit Descriptor(const std::filesystem::path& file)
      : fd_(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

Error unreadable(std::string message) { return {ErrorCode::kInvalidRequest, std::move(message), {}}; }

Error failed_call() {
  return unreadable("cannot be read: " + std::error_code(errno, std::generic_category()).message());
}

}  // namespace

Result<FileContent> read_file(const std::filesystem::path& file, std::size_t max_bytes) {
  const Descriptor descriptor(file);
  if (descriptor.get() < 0) return failed_call();
  struct stat status {};
  if (::fstat(descriptor.get(), &status) != 0) return failed_call();
  if (!S_ISREG(status.st_mode)) return unreadable("cannot be read: it is not a regular file");

  FileContent content;
  content.widely_readable = (status.st_mode & (S_IRGRP | S_IROTH)) != 0;
  // One byte more shows the end of a file that has not grown, and tells one of exactly max_bytes from a larger one.
  const std::size_t limit = max_bytes + 1;
  content.bytes.resize(std::min(static_cast<std::size_t>(status.st_size) + 1, limit));
  std::size_t size = 0;
  while (size < limit) {
    if (size == content.bytes.size()) content.bytes.resize(std::min(2 * size, limit));
    const ssize_t got = ::read(descriptor.get(), content.bytes.data() + size, content.bytes.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed_call();
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  if (size > max_bytes) return unreadable(fmt::format("is larger than {} bytes", max_bytes));
  content.bytes.resize(size);
  content.bytes.shrink_to_fit();
  return content;
}

}  // namespace balancer::controlplane
