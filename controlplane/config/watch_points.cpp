#include "controlplane/config/watch_points.hpp"

#include <deque>
#include <system_error>

namespace balancer::controlplane {
namespace {

// As the kernel's own limit for symbolic links in one path.
constexpr int kMostLinks = 40;

std::deque<std::filesystem::path> components_of(const std::filesystem::path& path) {
  const std::filesystem::path relative = path.relative_path();
  return {relative.begin(), relative.end()};
}

}  // namespace

WatchPoints find_watch_points(const std::filesystem::path& file) {
  WatchPoints points;
  std::error_code failure;
  std::deque<std::filesystem::path> ahead = components_of(std::filesystem::absolute(file, failure));
  std::filesystem::path folder = "/";
  int links = 0;
  while (!ahead.empty()) {
    const std::filesystem::path name = ahead.front();
    ahead.pop_front();
    if (name.empty() || name == ".") continue;
    if (name == "..") {
      folder = folder.parent_path();
      continue;
    }
    points[folder].insert(name.string());
    const std::filesystem::path target = std::filesystem::read_symlink(folder / name, failure);
    if (failure) {
      folder /= name;
      continue;
    }
    if (++links > kMostLinks) break;
    if (target.is_absolute()) folder = "/";
    const auto components = components_of(target);
    ahead.insert(ahead.begin(), components.begin(), components.end());
  }
  return points;
}

}  // namespace balancer::controlplane
