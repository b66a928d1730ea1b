#include "deploy/standalone/command_line.hpp"

#include <CLI/CLI.hpp>

#include "common/net/address_check.hpp"
#include "common/tls/tls_flags.hpp"
#include "gateway/app/serving_flags.hpp"

namespace balancer::standalone {

std::variant<StandaloneCommandLine, EarlyExit> parse_command_line(int argc, const char* const* argv) {
  StandaloneCommandLine result;
  std::string config_file;
  std::string listen;
  std::string grpc_listen;
  std::string control_http_listen;

  CLI::App app("Gateway and control plane in one process: point Claude Code at it.", "balancer");
  app.set_version_flag("--version", std::string("balancer ") + BALANCER_VERSION);
  app.footer(
      "Traces are sent to OTEL_EXPORTER_OTLP_ENDPOINT (OTLP over HTTP, JSON) when that is set.\n"
      "Exit status: 0 stopped, 1 failed, 2 wrong usage, 4 invalid configuration.");
  app.add_option("--config", config_file, "The configuration file; watched for changes")
      ->required()
      ->envname("BALANCER_CONFIG")
      ->type_name("FILE");
  app.add_option("--listen", listen, "Where clients connect (default: host and port of the configuration)")
      ->envname("BALANCER_LISTEN")
      ->check(tcp_address_complaint)
      ->type_name("HOST:PORT");
  app.add_option("--grpc-listen", grpc_listen, "Where balancerctl connects (default: 127.0.0.1:9091 if it is free)")
      ->envname("BALANCER_GRPC_LISTEN")
      ->check(listen_address_complaint)
      ->type_name("HOST:PORT|unix:PATH");
  app.add_option("--http-listen", control_http_listen,
                 "Where the live page and /metrics are served (default: 127.0.0.1:9092 if it is free)")
      ->envname("BALANCER_HTTP_LISTEN")
      ->check(tcp_address_complaint)
      ->type_name("HOST:PORT");
  app.add_flag("--trusted-network", result.trusted_network,
               "Do not warn that --http-listen asks for no key: a container network or a firewall guards it")
      ->envname("BALANCER_TRUSTED_NETWORK");
  app.add_option("--threads", result.threads, "I/O threads; 0 for one a core")
      ->envname("BALANCER_THREADS")
      ->check(CLI::Range(0, 256))
      ->type_name("N");
  gateway::add_serving_flags(app, result.serving);
  const tls::FlagNames grpc_tls{.prefix = "--grpc-tls", .variable_prefix = "BALANCER_GRPC_TLS"};
  tls::add_identity_flags(app, grpc_tls, "TLS on --grpc-listen HOST:PORT: the certificate chain, PEM; read again on change",
                          result.grpc_tls);
  tls::add_authorities_flag(app, grpc_tls, "client-ca", "Only operators with a certificate of this authority may connect, PEM",
                            result.grpc_tls);
  app.get_option("--grpc-tls-client-ca")->needs(app.get_option("--grpc-tls-certificate"));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return EarlyExit{app.exit(error) == 0 ? 0 : kExitUsage};
  }

  result.config_file = config_file;
  const auto tcp = [](const std::string& text) { return std::get<TcpAddress>(*parse_listen_address(text)); };
  if (!listen.empty()) result.listen = tcp(listen);
  if (!grpc_listen.empty()) result.grpc_listen = *parse_listen_address(grpc_listen);
  if (!control_http_listen.empty()) result.control_http_listen = tcp(control_http_listen);
  return result;
}

}  // namespace balancer::standalone
