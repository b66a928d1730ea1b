// Notices that a configuration file has changed, however it was changed: written in place, renamed over, swapped by
// an editor, or switched by the Kubernetes "..data" symlink; deleted and recreated too.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>

namespace balancer::controlplane {

// Watches the file's folder (and the folder that a symlink leads to) with inotify, with a slow poll of the content
// hash as a backstop. Runs a thread of its own.
class ConfigWatcher {
 public:
  // Called on the watcher's thread, once for every settled change of the file's content, also when the content has
  // come back to what it was; never concurrently, and not after the destructor returned.
  using Callback = std::function<void()>;

  ConfigWatcher(std::filesystem::path file, Callback on_change,
                std::chrono::milliseconds poll_interval = std::chrono::seconds(10));
  ~ConfigWatcher();
  ConfigWatcher(const ConfigWatcher&) = delete;
  ConfigWatcher& operator=(const ConfigWatcher&) = delete;

 private:
  class Loop;
  std::unique_ptr<Loop> loop_;
};

}  // namespace balancer::controlplane
