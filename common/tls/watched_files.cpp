#include "common/tls/watched_files.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <utility>

#include "common/log/log.hpp"

namespace balancer::tls {
namespace {

std::string stamp(const std::string& file) {
  struct stat status {};
  if (file.empty() || ::stat(file.c_str(), &status) != 0) return "-";
  return fmt::format("{}:{}:{}:{}.{}", status.st_dev, status.st_ino, status.st_size, status.st_mtim.tv_sec,
                     status.st_mtim.tv_nsec);
}

std::string date(std::chrono::sys_seconds time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

}  // namespace

Result<std::unique_ptr<WatchedFiles>> WatchedFiles::start(Files files, std::string purpose, OnMaterial on_material,
                                                          std::chrono::milliseconds look) {
  std::unique_ptr<WatchedFiles> watched(new WatchedFiles(std::move(files), std::move(purpose), std::move(on_material)));
  // Before the reading: what is written after it is noticed.
  std::string seen = watched->stamps();
  const Result<Material> material = load(watched->files_);
  if (!material) return Error{material.error().code, fmt::format("{}: {}", watched->purpose_, material.error().message), {}};
  watched->put_into_use(*material);
  watched->thread_ = std::thread([watch = watched.get(), look, first = std::move(seen)]() mutable {
    watch->watch(look, std::move(first));
  });
  return watched;
}

WatchedFiles::WatchedFiles(Files files, std::string purpose, OnMaterial on_material)
    : files_(std::move(files)), purpose_(std::move(purpose)), on_material_(std::move(on_material)) {}

WatchedFiles::~WatchedFiles() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stopped_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void WatchedFiles::watch(std::chrono::milliseconds look, std::string read) {
  std::string last = read;
  std::unique_lock lock(mutex_);
  while (!stopped_.wait_for(lock, look, [this] { return stopping_; })) {
    const std::string now = stamps();
    const bool rests = now == std::exchange(last, now);
    if (!rests || now == read) continue;
    read = now;
    lock.unlock();
    read_again();
    lock.lock();
  }
}

void WatchedFiles::read_again() {
  const Result<Material> material = load(files_);
  if (!material) {
    log::error("the changed TLS files cannot be used; the former ones stay in use",
               {{"of", purpose_}, {"reason", material.error().message}});
    return;
  }
  put_into_use(*material);
  if (material->expiry) {
    log::info("TLS certificate replaced", {{"of", purpose_}, {"ends", date(*material->expiry)}});
  } else {
    log::info("TLS authorities replaced", {{"of", purpose_}});
  }
}

void WatchedFiles::put_into_use(const Material& material) {
  if (material.key_widely_readable) {
    log::warn("the TLS key can be read by other users of this machine: chmod 600 it, and replace it if they are not trusted",
              {{"of", purpose_}, {"file", files_.key}});
  }
  if (material.expiry && *material.expiry <= std::chrono::system_clock::now()) {
    log::warn("the TLS certificate has ended: peers will refuse it",
              {{"of", purpose_}, {"file", files_.certificate}, {"ended", date(*material.expiry)}});
  }
  expiry_ = material.expiry ? material.expiry->time_since_epoch().count() : 0;
  on_material_(material);
}

std::optional<std::chrono::sys_seconds> WatchedFiles::expiry() const {
  const auto seconds = expiry_.load();
  if (seconds == 0) return std::nullopt;
  return std::chrono::sys_seconds(std::chrono::seconds(seconds));
}

std::string WatchedFiles::stamps() const {
  return fmt::format("{} {} {}", stamp(files_.certificate), stamp(files_.key), stamp(files_.authorities));
}

}  // namespace balancer::tls
