// What has to be watched for changes of one file.
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>

namespace balancer::controlplane {

// Folder -> names in it whose appearance, change or replacement may change what `file` leads to. Every folder on the
// way is included, and those that symbolic links lead to.
using WatchPoints = std::map<std::filesystem::path, std::set<std::string>>;

[[nodiscard]] WatchPoints find_watch_points(const std::filesystem::path& file);

}  // namespace balancer::controlplane
