#include "controlplane/rpc/unix_socket_file.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace balancer::controlplane {
namespace {

Error unusable(const std::string& path, std::string_view reason) {
  return {ErrorCode::kConflict, fmt::format("cannot listen on unix:{}: {}", path, reason), {}};
}

// 0 if a process accepts connections at `path`, else errno.
int try_connect(const std::string& path) {
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (socket < 0) return errno;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  const int failure = connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0 ? 0 : errno;
  close(socket);
  return failure;
}

}  // namespace

Result<void> remove_stale_socket(const std::string& path) {
  struct stat file {};
  if (lstat(path.c_str(), &file) != 0) {
    if (errno == ENOENT) return {};
    return unusable(path, std::strerror(errno));
  }
  if (!S_ISSOCK(file.st_mode)) return unusable(path, "the file exists and is no socket");
  if (try_connect(path) != ECONNREFUSED) return unusable(path, "another process listens there");
  if (unlink(path.c_str()) != 0) return unusable(path, std::strerror(errno));
  return {};
}

PrivateFileCreation::PrivateFileCreation() : former_mask_(umask(S_IXUSR | S_IRWXG | S_IRWXO)) {}

PrivateFileCreation::~PrivateFileCreation() { umask(former_mask_); }

}  // namespace balancer::controlplane
