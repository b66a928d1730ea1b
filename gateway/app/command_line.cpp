#include "gateway/app/command_line.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <map>

#include "common/net/address_check.hpp"
#include "common/tls/tls_flags.hpp"
#include "gateway/app/serving_flags.hpp"

namespace balancer::gateway {
namespace {

TcpAddress tcp_address(const std::string& text) { return std::get<TcpAddress>(*parse_listen_address(text)); }

}  // namespace

bool uses_tls(const GatewayCommandLine& command_line) {
  return !command_line.control_plane_tls.authorities.empty() && !command_line.control_plane.starts_with("unix:");
}

std::variant<GatewayCommandLine, EarlyExit> parse_command_line(int argc, const char* const* argv) {
  GatewayCommandLine result;
  std::string control_plane = "127.0.0.1:9091";
  std::string listen = "127.0.0.1:9090";
  std::string admin_listen = "127.0.0.1:9093";
  std::string log_level = "info";
  const std::map<std::string, log::Level> levels{{"debug", log::Level::kDebug},
                                                 {"info", log::Level::kInfo},
                                                 {"warning", log::Level::kWarning},
                                                 {"error", log::Level::kError}};

  CLI::App app("Serves Anthropic clients from the providers that the control plane chooses.", "balancer-gateway");
  app.set_version_flag("--version", std::string("balancer-gateway ") + BALANCER_VERSION);
  app.footer(
      "Traces are sent to OTEL_EXPORTER_OTLP_ENDPOINT (OTLP over HTTP, JSON) when that is set.\n"
      "Exit status: 0 stopped, 1 failed, 2 wrong usage, 4 the configuration may not be served here.");
  app.add_option("--control-plane", control_plane, "Where decisions and configuration come from")
      ->envname("BALANCER_CONTROL_PLANE")
      ->check(listen_address_complaint)
      ->type_name("HOST:PORT|unix:PATH")
      ->capture_default_str();
  app.add_option("--listen", listen, "Where clients connect")
      ->envname("BALANCER_LISTEN")
      ->check(tcp_address_complaint)
      ->type_name("HOST:PORT")
      ->capture_default_str();
  app.add_option("--admin-listen", admin_listen, "Where /metrics is served, and /livez and /readyz beside the clients' address")
      ->envname("BALANCER_ADMIN_LISTEN")
      ->check(tcp_address_complaint)
      ->type_name("HOST:PORT")
      ->capture_default_str();
  app.add_flag("--trusted-network", result.trusted_network,
               "Do not warn that --admin-listen asks for no key: a container network or a firewall guards it")
      ->envname("BALANCER_TRUSTED_NETWORK");
  app.add_option("--threads", result.settings.threads, "I/O threads; 0 for one a core")
      ->envname("BALANCER_THREADS")
      ->check(CLI::Range(0, 256))
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--snapshot-cache", result.settings.snapshot_cache_file,
                 "Keeps the newest configuration here (mode 0600), to start from while no control plane answers")
      ->envname("BALANCER_SNAPSHOT_CACHE")
      ->type_name("FILE");
  add_serving_flags(app, result.settings);
  const tls::FlagNames control_plane_tls{.prefix = "--control-plane-tls", .variable_prefix = "BALANCER_CONTROL_PLANE_TLS"};
  tls::add_authorities_flag(app, control_plane_tls, "ca",
                            "TLS to --control-plane HOST:PORT, whose certificate must be of this authority; PEM, read again "
                            "on change",
                            result.control_plane_tls);
  tls::add_identity_flags(app, control_plane_tls, "What the gateway proves itself with to the control plane, PEM",
                          result.control_plane_tls);
  app.add_option("--log-level", log_level, "debug, info, warning or error")
      ->envname("BALANCER_LOG_LEVEL")
      ->check(CLI::IsMember(levels))
      ->type_name("LEVEL")
      ->capture_default_str();
  app.add_option("--log-file", result.log.file_path, "Appends JSON lines to this file")
      ->envname("BALANCER_LOG_FILE")
      ->type_name("FILE");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return EarlyExit{app.exit(error) == 0 ? 0 : kExitUsage};
  }

  if (!result.control_plane_tls.certificate.empty() && result.control_plane_tls.authorities.empty()) {
    fmt::print(stderr, "balancer-gateway: --control-plane-tls-certificate needs --control-plane-tls-ca\n");
    return EarlyExit{kExitUsage};
  }
  result.control_plane = to_string(*parse_listen_address(control_plane));
  result.settings.listen = tcp_address(listen);
  result.settings.admin_listen = tcp_address(admin_listen);
  result.log.level = levels.at(log_level);
  result.log.program = "balancer-gateway";
  return result;
}

}  // namespace balancer::gateway
