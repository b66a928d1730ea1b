// Certificates that are read again when their files change.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "common/tls/tls_files.hpp"

namespace balancer::tls {

// Looks at the files by their names, so that replaced ones and switched links are noticed too, and reads them once they
// rest: certificate and key are rarely replaced at the same instant. Says in the log what it has read, what it refuses
// and goes on without, when a certificate has ended, and that others may read a key.
class WatchedFiles {
 public:
  // Told of the material at the start, on the caller's thread, and of what replaces it, on the watch's own.
  using OnMaterial = std::function<void(const Material&)>;
  static constexpr std::chrono::milliseconds kLookInterval{500};

  // `purpose` tells people which certificate is meant. Fails like load().
  [[nodiscard]] static Result<std::unique_ptr<WatchedFiles>> start(Files files, std::string purpose,
                                                                   OnMaterial on_material,
                                                                   std::chrono::milliseconds look = kLookInterval);
  // Tells nobody anything afterwards.
  ~WatchedFiles();
  WatchedFiles(const WatchedFiles&) = delete;
  WatchedFiles& operator=(const WatchedFiles&) = delete;

  // Of the certificate in use; nothing where there is none. Thread-safe.
  [[nodiscard]] std::optional<std::chrono::sys_seconds> expiry() const;

 private:
  WatchedFiles(Files files, std::string purpose, OnMaterial on_material);

  // `read` are the stamps of what is in use.
  void watch(std::chrono::milliseconds look, std::string read);
  void read_again();
  void put_into_use(const Material& material);
  // What tells the files from those that replace them.
  [[nodiscard]] std::string stamps() const;

  const Files files_;
  const std::string purpose_;
  const OnMaterial on_material_;
  std::atomic<std::chrono::sys_seconds::rep> expiry_ = 0;
  std::mutex mutex_;
  std::condition_variable stopped_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace balancer::tls
