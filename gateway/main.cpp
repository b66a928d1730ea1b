// balancer-gateway: flags, the link to the control plane, listeners, signals.
#include <fmt/format.h>

#include "common/grpc_log/grpc_log.hpp"
#include "common/log/log.hpp"
#include "common/process/core_dumps.hpp"
#include "common/process/descriptor_limit.hpp"
#include "common/process/listening_line.hpp"
#include "common/process/signal_wait.hpp"
#include "gateway/app/command_line.hpp"
#include "gateway/app/exposure_warnings.hpp"
#include "gateway/app/gateway_app.hpp"
#include "gateway/app/span_settings.hpp"
#include "gateway/controlplane_client/control_plane_channel.hpp"

namespace {

using namespace balancer;
using namespace balancer::gateway;

// A control plane that runs answers well within it; one that does not must not hold up the start.
constexpr std::chrono::milliseconds kFirstSnapshotWait{1'000};

int serve(const GatewayCommandLine& command_line) {
  forbid_core_dumps();
  raise_descriptor_limit();
  SignalWait signals;
  log::configure(command_line.log);
  log::take_grpc_lines();
  warn_of_exposure(command_line);
  const SystemClock clock;
  auto spans = span_settings_of_environment("balancer-gateway");
  if (!spans) {
    fmt::print(stderr, "balancer-gateway: {}\n", spans.error().message);
    return kExitUsage;
  }
  GatewaySettings settings = command_line.settings;
  settings.spans = std::move(*spans);
  // Outlives what is connected with it.
  std::unique_ptr<ControlPlaneTls> tls;
  if (uses_tls(command_line)) {
    auto started = ControlPlaneTls::start(command_line.control_plane_tls);
    if (!started) {
      fmt::print(stderr, "balancer-gateway: {}\n", started.error().message);
      return kExitFailed;
    }
    tls = std::move(*started);
    settings.control_plane_certificate_expiry = [&tls = *tls] { return tls.expiry(); };
  } else {
    settings.control_plane = command_line.control_plane;
  }
  auto channel = tls ? tls->connect(command_line.control_plane) : connect_control_plane(command_line.control_plane);
  const auto app = GatewayApp::start(std::move(channel), std::move(settings), clock);
  if (!app) {
    fmt::print(stderr, "balancer-gateway: {}\n", app.error().message);
    return kExitFailed;
  }
  if (!(*app)->wait_until_ready(kFirstSnapshotWait)) {
    if (const auto refusal = (*app)->refusal()) {
      fmt::print(stderr, "balancer-gateway: {}\n", *refusal);
      return kExitInvalidConfiguration;
    }
    log::warn("no control plane yet; serving begins with its first configuration",
              {{"control_plane", command_line.control_plane}});
  }
  ListeningLine line{.http = to_string(ListenAddress((*app)->http_bound())), .admin = {}, .grpc = {}, .control_http = {}};
  if (const auto admin = (*app)->admin_bound()) line.admin = to_string(ListenAddress(*admin));
  print_listening_line(line);
  // A gateway has nothing of its own to reload.
  while (signals.next() == Wish::kReload) {
  }
  log::info("shutting down");
  signals.end_with([&app] { (*app)->shut_down(); }, [&app] { (*app)->hurry(); });
  return kExitDone;
}

}  // namespace

int main(int argc, char** argv) {
  const auto parsed = parse_command_line(argc, argv);
  if (const auto* exit = std::get_if<EarlyExit>(&parsed)) return exit->status;
  try {
    const int status = serve(std::get<GatewayCommandLine>(parsed));
    // Nothing is left that could still log.
    log::flush();
    return status;
  } catch (const std::exception& e) {
    fmt::print(stderr, "balancer-gateway: {}\n", e.what());
    return kExitFailed;
  }
}
