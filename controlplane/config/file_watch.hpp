// inotify on everything that leads to one file.
#pragma once

#include <chrono>
#include <filesystem>
#include <set>
#include <string>
#include <unordered_map>

namespace balancer::controlplane {

enum class WatchEvent { kNothing, kMayHaveChanged, kStopped };

// One thread waits; stop() may be called by any. Without inotify (its limits may be used up) waits simply run out.
class FileWatch {
 public:
  explicit FileWatch(std::filesystem::path file);
  ~FileWatch();
  FileWatch(const FileWatch&) = delete;
  FileWatch& operator=(const FileWatch&) = delete;

  // Follows the file's links and folders as they are now. To be called before the file is read.
  void renew();

  // Waits until something may have changed the file, for at most `timeout`, or until stopped.
  [[nodiscard]] WatchEvent wait(std::chrono::milliseconds timeout);

  // Ends the current wait and all later ones.
  void stop();

 private:
  [[nodiscard]] bool read_events();

  std::filesystem::path file_;
  int inotify_;
  int stop_;
  // By watch descriptor: the names that matter in that folder.
  std::unordered_map<int, std::set<std::string>> names_;
};

}  // namespace balancer::controlplane
