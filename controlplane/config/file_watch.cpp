#include "controlplane/config/file_watch.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <system_error>

#include "controlplane/config/watch_points.hpp"

namespace balancer::controlplane {
namespace {

constexpr std::uint32_t kEvents = IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ATTRIB |
                                  IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;

}  // namespace

FileWatch::FileWatch(std::filesystem::path file)
    : file_(std::move(file)),
      inotify_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)),
      stop_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (stop_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
}

FileWatch::~FileWatch() {
  if (inotify_ >= 0) ::close(inotify_);
  ::close(stop_);
}

void FileWatch::renew() {
  if (inotify_ < 0) return;
  std::unordered_map<int, std::set<std::string>> names;
  for (const auto& [folder, entries] : find_watch_points(file_)) {
    // The same folder keeps its descriptor.
    const int descriptor = ::inotify_add_watch(inotify_, folder.c_str(), kEvents);
    if (descriptor >= 0) names[descriptor].insert(entries.begin(), entries.end());
  }
  for (const auto& [descriptor, entries] : names_) {
    if (!names.contains(descriptor)) ::inotify_rm_watch(inotify_, descriptor);
  }
  names_ = std::move(names);
}

WatchEvent FileWatch::wait(std::chrono::milliseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    std::array<pollfd, 2> sources{{{stop_, POLLIN, 0}, {inotify_, POLLIN, 0}}};
    const int ready = ::poll(sources.data(), sources.size(), static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    if (sources[0].revents != 0) return WatchEvent::kStopped;
    if (ready > 0 && read_events()) return WatchEvent::kMayHaveChanged;
    if (left.count() <= 0) return WatchEvent::kNothing;
  }
}

void FileWatch::stop() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(stop_, &one, sizeof one);
}

bool FileWatch::read_events() {
  bool matters = false;
  alignas(inotify_event) std::array<char, 16 * 1024> buffer;
  while (true) {
    const ssize_t size = ::read(inotify_, buffer.data(), buffer.size());
    if (size <= 0) return matters;
    for (ssize_t offset = 0; offset < size;) {
      inotify_event event{};
      std::memcpy(&event, buffer.data() + offset, sizeof event);
      const std::string name(event.len > 0 ? buffer.data() + offset + sizeof event : "");
      const auto watched = names_.find(event.wd);
      // Events without a name concern the folder itself; an overflow concerns everything.
      matters |= event.wd < 0 || (watched != names_.end() && (name.empty() || watched->second.contains(name)));
      offset += static_cast<ssize_t>(sizeof event + event.len);
    }
  }
}

}  // namespace balancer::controlplane
