#include "controlplane/config/config_watcher.hpp"

#include <optional>
#include <thread>
#include <utility>

#include "common/digest/sha256.hpp"
#include "controlplane/config/file_content.hpp"
#include "controlplane/config/file_watch.hpp"

namespace balancer::controlplane {
namespace {

using std::chrono::milliseconds;

// Writers that truncate and write, or that write in several steps, are done after so long a silence.
constexpr milliseconds kSettleTime{100};
// A file that never comes to rest is taken as it is.
constexpr milliseconds kLongestSettling{1'000};
constexpr std::size_t kLargestFile = 16 * 1024 * 1024;

// Absent while the file is.
std::optional<Sha256Digest> digest_of(const std::filesystem::path& file) {
  const Result<FileContent> content = read_file(file, kLargestFile);
  if (!content) return std::nullopt;
  return sha256(content->bytes);
}

}  // namespace

class ConfigWatcher::Loop {
 public:
  Loop(std::filesystem::path file, Callback on_change, milliseconds poll_interval)
      : file_(std::filesystem::absolute(file)),
        on_change_(std::move(on_change)),
        poll_interval_(poll_interval),
        watch_(file_) {
    watch_.renew();
    known_ = digest_of(file_);
    thread_ = std::thread([this] { run(); });
  }

  ~Loop() {
    watch_.stop();
    thread_.join();
  }

 private:
  void run() {
    while (true) {
      const WatchEvent event = watch_.wait(poll_interval_);
      if (event == WatchEvent::kStopped) return;
      watch_.renew();
      if (event == WatchEvent::kNothing && !differs(digest_of(file_))) continue;
      if (!settle()) return;
    }
  }

  // A missing file is no new content: what was loaded from it stays.
  [[nodiscard]] bool differs(const std::optional<Sha256Digest>& digest) const { return digest && digest != known_; }

  // False once stopped. Judges by the content alone: whatever else happens in the folder is not waited for.
  bool settle() {
    using std::chrono::steady_clock;
    const steady_clock::time_point began = steady_clock::now();
    steady_clock::time_point changed = began;
    std::optional<Sha256Digest> digest = digest_of(file_);
    // What was taken back before it settled may have been loaded by a request meanwhile.
    bool changed_meanwhile = differs(digest);
    for (auto now = began; now - changed < kSettleTime && now - began < kLongestSettling; now = steady_clock::now()) {
      const auto rest = std::chrono::ceil<milliseconds>(kSettleTime - (now - changed));
      if (watch_.wait(rest) == WatchEvent::kStopped) return false;
      watch_.renew();
      const std::optional<Sha256Digest> former = std::exchange(digest, digest_of(file_));
      if (digest != former) changed = steady_clock::now();
      changed_meanwhile |= differs(digest);
    }
    if (!digest || !changed_meanwhile) return true;
    known_ = digest;
    on_change_();
    return true;
  }

  const std::filesystem::path file_;
  const Callback on_change_;
  const milliseconds poll_interval_;
  FileWatch watch_;
  std::optional<Sha256Digest> known_;
  std::thread thread_;
};

ConfigWatcher::ConfigWatcher(std::filesystem::path file, Callback on_change, milliseconds poll_interval)
    : loop_(std::make_unique<Loop>(std::move(file), std::move(on_change), poll_interval)) {}

ConfigWatcher::~ConfigWatcher() = default;

}  // namespace balancer::controlplane
