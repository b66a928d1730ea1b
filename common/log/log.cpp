#include "common/log/log.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "common/log/line_format.hpp"
#include "common/log/line_writer.hpp"
#include "common/log/queued_line.hpp"

namespace balancer::log {
namespace {

// A terminal that nobody reads must not keep a process from its end.
constexpr std::chrono::seconds kFlushLimit{2};

// A file that lines are appended to.
class LogFile {
 public:
  explicit LogFile(const std::filesystem::path& path) {
    std::error_code ignored;
    if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), ignored);
    descriptor_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (descriptor_ < 0) {
      const std::string why = std::generic_category().message(errno);
      throw std::runtime_error("Failed opening file " + path.string() + " for writing: " + why);
    }
  }
  ~LogFile() { ::close(descriptor_); }
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  int descriptor_ = -1;
};

// The process's log. One for all, because every layer logs and none decides where to.
struct Output {
  explicit Output(const Settings& settings_)
      : settings(settings_), console(STDERR_FILENO, [color = wants_color(settings_)](const Line& line) {
          return console_line(line, color);
        }) {
    if (settings.file_path.empty()) return;
    file.emplace(settings.file_path);
    file_writer.emplace(file->descriptor(), json_line);
  }

  static bool wants_color(const Settings& settings) {
    return settings.color && isatty(STDERR_FILENO) && std::getenv("NO_COLOR") == nullptr;
  }

  // Whether all lines that wait are written within that time.
  [[nodiscard]] bool finish(std::chrono::milliseconds within) {
    const bool file_is_written = !file_writer || file_writer->finish(within);
    return console.finish(within) && file_is_written;
  }

  const Settings settings;
  std::optional<LogFile> file;
  // Each is written by a thread of its own: a terminal that blocks must not hold up the file.
  LineWriter console;
  std::optional<LineWriter> file_writer;
};

std::unique_ptr<Output>& output() {
  static std::unique_ptr<Output> instance = std::make_unique<Output>(Settings());
  return instance;
}

// Of outputs that are gone: a counter does not go down.
std::uint64_t dropped_before = 0;

std::uint64_t dropped_now(const Output& output) {
  return output.console.dropped_count() + (output.file_writer ? output.file_writer->dropped_count() : 0);
}

}  // namespace

void configure(const Settings& settings) {
  dropped_before += dropped_now(*output());
  output() = std::make_unique<Output>(settings);
}

void flush() {
  const Settings& former = output()->settings;
  auto next = std::make_unique<Output>(
      Settings{.level = former.level, .color = former.color, .file_path = {}, .program = former.program});
  std::unique_ptr<Output> last = std::exchange(output(), std::move(next));
  const bool finished = last->finish(kFlushLimit);
  dropped_before += dropped_now(*last);
  if (finished) return;
  // A thread of it waits for somebody who may never read: the process ends without it.
  static const Output* const stuck = last.release();
  static_cast<void>(stuck);
}

std::uint64_t dropped_line_count() { return dropped_before + dropped_now(*output()); }

bool enabled(Level level) { return level >= output()->settings.level; }

void write(Level level, std::string_view phrase, Fields fields) {
  Output& out = *output();
  if (level < out.settings.level) return;
  const Line line{std::chrono::system_clock::now(), level, out.settings.program, phrase, fields};
  // How it looks is the writers' business: the calling thread only copies. An access line costs it 0.9 us with both
  // destinations; formatting and spdlog's queue cost 5.
  const auto queued = std::make_shared<const QueuedLine>(line);
  if (out.file_writer) out.file_writer->push(queued);
  out.console.push(queued);
}

}  // namespace balancer::log
