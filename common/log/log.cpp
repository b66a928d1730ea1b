#include "common/log/log.hpp"

#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <optional>
#include <stdexcept>

#include "common/log/line_format.hpp"

namespace balancer::log {
namespace {

constexpr std::size_t kQueueLength = 8192;

struct Destination {
  std::shared_ptr<spdlog::details::thread_pool> writer;
  std::shared_ptr<spdlog::async_logger> logger;
};

// The process's log. One for all, because every layer logs and none decides where to.
struct Output {
  Settings settings;
  bool color = false;
  // Each is written by a thread of its own: a terminal that blocks must not hold up the file.
  Destination console;
  std::optional<Destination> file;
};

Destination make_destination(const Settings& settings, spdlog::sink_ptr sink) {
  sink->set_pattern("%v");
  auto writer = std::make_shared<spdlog::details::thread_pool>(kQueueLength, /*threads=*/1);
  auto logger = std::make_shared<spdlog::async_logger>(settings.program, std::move(sink), writer,
                                                       spdlog::async_overflow_policy::overrun_oldest);
  logger->set_level(spdlog::level::trace);
  // What goes wrong while writing has nowhere to go; it must not reach standard error line by line.
  logger->set_error_handler([](const std::string&) {});
  return {std::move(writer), std::move(logger)};
}

std::unique_ptr<Output> make_output(const Settings& settings) {
  auto output = std::make_unique<Output>();
  output->settings = settings;
  output->color = settings.color && isatty(STDERR_FILENO) && std::getenv("NO_COLOR") == nullptr;
  output->console = make_destination(settings, std::make_shared<spdlog::sinks::stderr_sink_mt>());
  if (!settings.file_path.empty()) {
    try {
      output->file = make_destination(settings, std::make_shared<spdlog::sinks::basic_file_sink_mt>(settings.file_path));
    } catch (const spdlog::spdlog_ex& error) {
      throw std::runtime_error(error.what());
    }
    output->file->logger->flush_on(spdlog::level::trace);
  }
  return output;
}

std::unique_ptr<Output>& output() {
  static std::unique_ptr<Output> instance = make_output({});
  return instance;
}

// Of outputs that are gone: a counter does not go down.
std::uint64_t dropped_before = 0;

std::uint64_t dropped_now(const Output& output) {
  return output.console.writer->overrun_counter() + (output.file ? output.file->writer->overrun_counter() : 0);
}

}  // namespace

void configure(const Settings& settings) {
  dropped_before += dropped_now(*output());
  output() = make_output(settings);
}

void flush() {
  Output& out = *output();
  out.console.logger->flush();
  if (out.file) out.file->logger->flush();
  dropped_before += dropped_now(out);
  // The writers' queues are drained by their destructors.
  output() = make_output({.level = out.settings.level, .color = out.settings.color, .file_path = {},
                          .program = out.settings.program});
}

std::uint64_t dropped_line_count() { return dropped_before + dropped_now(*output()); }

bool enabled(Level level) { return level >= output()->settings.level; }

void write(Level level, std::string_view phrase, Fields fields) {
  Output& out = *output();
  if (level < out.settings.level) return;
  const Line line{std::chrono::system_clock::now(), level, out.settings.program, phrase, fields};
  out.console.logger->log(spdlog::level::info, console_line(line, out.color));
  if (out.file) out.file->logger->log(spdlog::level::info, json_line(line));
}

}  // namespace balancer::log
