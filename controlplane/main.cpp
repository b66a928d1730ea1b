// balancer-controlplane: flags, configuration, server, signals.
#include <fmt/format.h>

#include "common/grpc_log/grpc_log.hpp"
#include "common/log/log.hpp"
#include "common/process/core_dumps.hpp"
#include "common/process/listening_line.hpp"
#include "common/process/signal_wait.hpp"
#include "controlplane/app/command_line.hpp"
#include "controlplane/app/exposure_warnings.hpp"
#include "controlplane/config/config_loader.hpp"

namespace {

using namespace balancer;
using namespace balancer::controlplane;

log::Level log_level(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug: return log::Level::kDebug;
    case LogLevel::kInfo: return log::Level::kInfo;
    case LogLevel::kWarning: return log::Level::kWarning;
    case LogLevel::kError: return log::Level::kError;
  }
  return log::Level::kInfo;
}

log::Settings log_settings(const ServerSettings& settings) {
  return {.level = log_level(settings.log_level),
          .color = settings.log_color,
          .file_path = settings.log_file_path,
          .program = "balancer-controlplane"};
}

void announce(const ControlPlaneServer& server) {
  ListeningLine line;
  if (const auto grpc = server.grpc_bound()) line.grpc = to_string(*grpc);
  if (const auto http = server.http_bound()) line.control_http = to_string(ListenAddress(*http));
  print_listening_line(line);
}

int serve(const ControlPlaneServerSettings& settings) {
  forbid_core_dumps();
  SignalWait signals;
  ConfigLoad load = load_config(settings.config_file, process_environment());
  for (const ConfigProblem& problem : load.problems) fmt::print(stderr, "{}\n", to_string(problem));
  if (!load.config) return kExitInvalidConfiguration;
  log::configure(log_settings(load.config->server));
  log::take_grpc_lines();
  warn_of_exposure(settings);

  const SystemClock clock;
  const auto server = ControlPlaneServer::start(std::move(*load.config), settings, clock);
  if (!server) {
    fmt::print(stderr, "balancer-controlplane: {}\n", server.error().message);
    return kExitFailed;
  }
  announce(**server);
  while (signals.next() == Wish::kReload) (*server)->reload();
  log::info("shutting down");
  (*server)->shut_down();
  return kExitDone;
}

}  // namespace

int main(int argc, char** argv) {
  const auto parsed = parse_command_line(argc, argv);
  if (const auto* exit = std::get_if<EarlyExit>(&parsed)) return exit->status;
  try {
    const int status = serve(std::get<ControlPlaneServerSettings>(parsed));
    // Nothing is left that could still log.
    log::flush();
    return status;
  } catch (const std::exception& e) {
    fmt::print(stderr, "balancer-controlplane: {}\n", e.what());
    return kExitFailed;
  }
}
