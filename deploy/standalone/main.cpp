// balancer: gateway and control plane in one process. What every request needs is a call; the rest goes by an in-process
// channel.
#include <fmt/format.h>

#include "common/grpc_log/grpc_log.hpp"
#include "common/log/log.hpp"
#include "common/process/core_dumps.hpp"
#include "common/process/descriptor_limit.hpp"
#include "common/process/listening_line.hpp"
#include "common/process/signal_wait.hpp"
#include "controlplane/app/control_plane_server.hpp"
#include "controlplane/app/exposure_warnings.hpp"
#include "controlplane/config/config_loader.hpp"
#include "deploy/standalone/command_line.hpp"
#include "deploy/standalone/in_process_decision_client.hpp"
#include "deploy/standalone/in_process_response_client.hpp"
#include "gateway/app/gateway_app.hpp"
#include "gateway/app/span_settings.hpp"

namespace {

using namespace balancer;
using controlplane::ControlPlaneServer;
using controlplane::ControlPlaneServerSettings;
using standalone::StandaloneCommandLine;

constexpr std::chrono::seconds kFirstSnapshotWait{10};

// The listeners for operators are a convenience: a second balancer on the same machine does without those whose
// default address is taken. What was asked for by name must be had.
Result<std::unique_ptr<ControlPlaneServer>> start_control_plane(const controlplane::Config& config,
                                                                const StandaloneCommandLine& flags,
                                                                const Clock& clock) {
  ControlPlaneServerSettings settings{.config_file = flags.config_file,
                                      .grpc_listen = flags.grpc_listen.value_or(standalone::kDefaultGrpcListen),
                                      .grpc_tls = flags.grpc_tls,
                                      .http_listen =
                                          flags.control_http_listen.value_or(standalone::kDefaultControlHttpListen),
                                      .trusted_network = flags.trusted_network};
  warn_of_exposure(settings);
  auto server = ControlPlaneServer::start(config, settings, clock);
  const bool taken = !server && server.error().code == ErrorCode::kUnavailable;
  if (!taken || (flags.grpc_listen && flags.control_http_listen)) return server;
  log::warn("the control plane's default addresses are taken; balancerctl cannot reach this process",
            {{"reason", server.error().message}});
  settings.grpc_listen = flags.grpc_listen;
  settings.http_listen = flags.control_http_listen;
  return ControlPlaneServer::start(config, settings, clock);
}

gateway::NearControlPlane near_control_plane(controlplane::ControlPlane& control_plane) {
  return {.decisions =
              [&control_plane](TimerWheel& wheel, const std::string& gateway_id) {
                return std::make_unique<standalone::InProcessDecisionClient>(control_plane, wheel, gateway_id);
              },
          .responses =
              [&control_plane](gateway::ResponseClient& over_channel) {
                return std::make_unique<standalone::InProcessResponseClient>(control_plane.responses(), over_channel);
              }};
}

int fail(const std::string& message, int status) {
  fmt::print(stderr, "balancer: {}\n", message);
  return status;
}

int serve(const StandaloneCommandLine& flags) {
  forbid_core_dumps();
  raise_descriptor_limit();
  SignalWait signals;
  const auto load = controlplane::load_config(flags.config_file, process_environment());
  for (const auto& problem : load.problems) fmt::print(stderr, "{}\n", to_string(problem));
  if (!load.config) return kExitInvalidConfiguration;
  const controlplane::ServerSettings& server = load.config->server;
  log::configure({.level = static_cast<log::Level>(server.log_level),
                  .color = server.log_color,
                  .file_path = server.log_file_path,
                  .program = "balancer"});
  log::take_grpc_lines();

  const SystemClock clock;
  auto control_plane = start_control_plane(*load.config, flags, clock);
  if (!control_plane) return fail(control_plane.error().message, kExitFailed);
  auto spans = gateway::span_settings_of_environment("balancer");
  if (!spans) return fail(spans.error().message, kExitUsage);
  gateway::GatewaySettings settings = flags.serving;
  settings.spans = std::move(*spans);
  settings.listen = flags.listen.value_or(TcpAddress{server.host, server.port});
  settings.threads = flags.threads;
  const auto gateway = gateway::GatewayApp::start((*control_plane)->in_process_channel(), settings, clock,
                                                  near_control_plane((*control_plane)->control_plane()));
  if (!gateway) return fail(gateway.error().message, kExitFailed);
  if (!(*gateway)->wait_until_ready(kFirstSnapshotWait)) {
    return fail((*gateway)->refusal().value_or("the configuration did not reach the gateway"),
                kExitInvalidConfiguration);
  }

  (*control_plane)->show_metrics([&app = **gateway] { return app.collect_metrics(); });

  ListeningLine line{.http = to_string(ListenAddress((*gateway)->http_bound())), .admin = {}, .grpc = {}, .control_http = {}};
  if (const auto grpc = (*control_plane)->grpc_bound()) line.grpc = to_string(*grpc);
  if (const auto http = (*control_plane)->http_bound()) line.control_http = to_string(ListenAddress(*http));
  print_listening_line(line);
  while (signals.next() == Wish::kReload) (*control_plane)->reload();
  log::info("shutting down");
  (*control_plane)->show_metrics(nullptr);
  signals.end_with([&gateway] { (*gateway)->shut_down(); }, [&gateway] { (*gateway)->hurry(); });
  return kExitDone;
}

}  // namespace

int main(int argc, char** argv) {
  const auto parsed = standalone::parse_command_line(argc, argv);
  if (const auto* exit = std::get_if<balancer::EarlyExit>(&parsed)) return exit->status;
  try {
    const int status = serve(std::get<StandaloneCommandLine>(parsed));
    balancer::log::flush();
    return status;
  } catch (const std::exception& e) {
    return fail(e.what(), kExitFailed);
  }
}
