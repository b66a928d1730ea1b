#include "common/log/log.hpp"

#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <stdexcept>

#include "common/log/line_format.hpp"

namespace balancer::log {
namespace {

constexpr std::size_t kQueueLength = 8192;

// The process's log. One for all, because every layer logs and none decides where to.
struct Output {
  Settings settings;
  bool color = false;
  std::shared_ptr<spdlog::details::thread_pool> writer =
      std::make_shared<spdlog::details::thread_pool>(kQueueLength, /*threads=*/1);
  std::shared_ptr<spdlog::async_logger> console;
  std::shared_ptr<spdlog::async_logger> file;
};

std::shared_ptr<spdlog::async_logger> make_logger(Output& output, spdlog::sink_ptr sink) {
  sink->set_pattern("%v");
  auto logger = std::make_shared<spdlog::async_logger>(output.settings.program, std::move(sink), output.writer,
                                                       spdlog::async_overflow_policy::overrun_oldest);
  logger->set_level(spdlog::level::trace);
  // What goes wrong while writing has nowhere to go; it must not reach standard error line by line.
  logger->set_error_handler([](const std::string&) {});
  return logger;
}

std::unique_ptr<Output> make_output(const Settings& settings) {
  auto output = std::make_unique<Output>();
  output->settings = settings;
  output->color = settings.color && isatty(STDERR_FILENO) && std::getenv("NO_COLOR") == nullptr;
  output->console = make_logger(*output, std::make_shared<spdlog::sinks::stderr_sink_mt>());
  if (!settings.file_path.empty()) {
    try {
      output->file = make_logger(*output, std::make_shared<spdlog::sinks::basic_file_sink_mt>(settings.file_path));
    } catch (const spdlog::spdlog_ex& error) {
      throw std::runtime_error(error.what());
    }
    output->file->flush_on(spdlog::level::trace);
  }
  return output;
}

std::unique_ptr<Output>& output() {
  static std::unique_ptr<Output> instance = make_output({});
  return instance;
}

}  // namespace

void configure(const Settings& settings) { output() = make_output(settings); }

void flush() {
  Output& out = *output();
  out.console->flush();
  if (out.file) out.file->flush();
  // The writer's queue is drained by its destructor.
  output() = make_output({.level = out.settings.level, .color = out.settings.color, .file_path = {},
                          .program = out.settings.program});
}

std::uint64_t dropped_line_count() { return output()->writer->overrun_counter(); }

bool enabled(Level level) { return level >= output()->settings.level; }

void write(Level level, std::string_view phrase, Fields fields) {
  Output& out = *output();
  if (level < out.settings.level) return;
  const Line line{std::chrono::system_clock::now(), level, out.settings.program, phrase, fields};
  out.console->log(spdlog::level::info, console_line(line, out.color));
  if (out.file) out.file->log(spdlog::level::info, json_line(line));
}

}  // namespace balancer::log
