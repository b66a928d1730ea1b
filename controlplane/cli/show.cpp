#include "controlplane/cli/show.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <thread>

#include "controlplane/cli/output.hpp"
#include "controlplane/cli/terminal.hpp"

namespace balancer::controlplane::cli {
namespace {

constexpr std::string_view kClearScreen = "\x1b[H\x1b[2J\x1b[3J";

std::string banner(const Command& command) {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  return fmt::format("{}  {:%H:%M:%S}  (Ctrl-C ends)\n\n", to_string(command.server), fmt::localtime(now));
}

}  // namespace

int show(const Command& command, const Question& question) {
  AdminClient client(command.server, command.tls);
  const bool in_place = command.watch && stdout_is_terminal();
  for (unsigned round = 1;; ++round) {
    const Result<Rendering> answer = question(client);
    if (in_place) fmt::print("{}{}", kClearScreen, banner(command));
    if (answer) {
      fmt::print("{}{}", !in_place && round > 1 ? "\n" : "", rendered(*answer, command.format));
      std::fflush(stdout);
    } else if (const int status = fail(answer.error()); !command.watch) {
      return status;
    }
    if (!command.watch || round == command.rounds) return kExitDone;
    std::this_thread::sleep_for(command.interval);
  }
}

}  // namespace balancer::controlplane::cli
