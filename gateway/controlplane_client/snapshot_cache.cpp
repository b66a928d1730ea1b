#include "gateway/controlplane_client/snapshot_cache.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "common/digest/sha256.hpp"

namespace balancer::gateway {
namespace {

// A file is this line, the SHA-256 of the rest, and the rest.
constexpr std::string_view kMagic = "balancer snapshot 1\n";
constexpr std::size_t kHeaderSize = kMagic.size() + std::tuple_size_v<Sha256Digest>;
constexpr off_t kSizeLimit = 64 << 20;

class FileDescriptor {
 public:
  explicit FileDescriptor(int descriptor) : descriptor_(descriptor) {}
  ~FileDescriptor() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;

  [[nodiscard]] int get() const { return descriptor_; }
  [[nodiscard]] bool valid() const { return descriptor_ >= 0; }

 private:
  int descriptor_;
};

Error system_failure(std::string_view action) {
  const int reason = errno;
  return {reason == ENOENT ? ErrorCode::kNotFound : ErrorCode::kInternal,
          fmt::format("{}: {}", action, std::generic_category().message(reason)), {}};
}

Error unusable(std::string_view reason) { return {ErrorCode::kInvalidRequest, std::string(reason), {}}; }

bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

bool read_all(int descriptor, std::string& bytes) {
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const ssize_t count = ::read(descriptor, bytes.data() + filled, bytes.size() - filled);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    filled += static_cast<std::size_t>(count);
  }
  return true;
}

std::string_view as_text(const Sha256Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

// Makes a rename in the folder of `path` durable.
void sync_folder_of(const std::string& path) {
  std::filesystem::path folder = std::filesystem::path(path).parent_path();
  if (folder.empty()) folder = ".";
  const FileDescriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (descriptor.valid()) ::fsync(descriptor.get());
}

}  // namespace

Result<std::string> SnapshotCache::load() const {
  const FileDescriptor file(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!file.valid()) return system_failure("cannot open");
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) return system_failure("cannot stat");
  if (!S_ISREG(status.st_mode)) return unusable("not a regular file");
  if (status.st_uid != ::geteuid()) return unusable("owned by another user");
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) return unusable("open to other users (its mode must be 0600)");
  if (status.st_size < static_cast<off_t>(kHeaderSize)) return unusable("truncated");
  if (status.st_size > kSizeLimit) return unusable("too large");

  std::string content(static_cast<std::size_t>(status.st_size), '\0');
  if (!read_all(file.get(), content)) return unusable("truncated");
  const std::string_view whole = content;
  const std::string_view bytes = whole.substr(kHeaderSize);
  if (!whole.starts_with(kMagic)) return unusable("not a snapshot");
  if (whole.substr(kMagic.size(), kHeaderSize - kMagic.size()) != as_text(sha256(bytes))) return unusable("corrupt");
  content.erase(0, kHeaderSize);
  return content;
}

Result<void> SnapshotCache::store(std::string_view bytes) const {
  std::string temporary = path_ + ".XXXXXX";
  // mkostemp creates with mode 0600.
  const FileDescriptor file(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!file.valid()) return system_failure("cannot create");
  const Sha256Digest digest = sha256(bytes);
  const bool written = write_all(file.get(), kMagic) && write_all(file.get(), as_text(digest)) &&
                       write_all(file.get(), bytes) && ::fsync(file.get()) == 0 &&
                       ::rename(temporary.c_str(), path_.c_str()) == 0;
  if (!written) {
    Error failure = system_failure("cannot write");
    ::unlink(temporary.c_str());
    return failure;
  }
  sync_folder_of(path_);
  return boost::system::in_place_value;
}

}  // namespace balancer::gateway
