#include "controlplane/app/command_line.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <string>

#include "common/net/address_check.hpp"
#include "common/tls/tls_flags.hpp"
#include "controlplane/rpc/grpc_server.hpp"

namespace balancer::controlplane {

std::variant<ControlPlaneServerSettings, EarlyExit> parse_command_line(int argc, const char* const* argv) {
  std::string config_file;
  std::string grpc_listen = "127.0.0.1:9091";
  std::string http_listen = "127.0.0.1:9092";
  ControlPlaneServerSettings settings;

  CLI::App app("Decides for gateways which provider serves a request.", "balancer-controlplane");
  app.set_version_flag("--version", std::string("balancer-controlplane ") + BALANCER_VERSION);
  app.add_option("--config", config_file, "The configuration file; watched for changes")
      ->required()
      ->envname("BALANCER_CONFIG")
      ->type_name("FILE");
  app.add_option("--grpc-listen", grpc_listen, "Where gateways and balancerctl connect")
      ->envname("BALANCER_GRPC_LISTEN")
      ->check(listen_address_complaint)
      ->type_name("HOST:PORT|unix:PATH")
      ->capture_default_str();
  app.add_option("--http-listen", http_listen, "Where the live page, /metrics, /livez and /readyz are served")
      ->envname("BALANCER_HTTP_LISTEN")
      ->check(tcp_address_complaint)
      ->type_name("HOST:PORT")
      ->capture_default_str();
  app.add_flag("--trusted-network", settings.trusted_network,
               "Do not warn that --http-listen asks for no key: a container network or a firewall guards it")
      ->envname("BALANCER_TRUSTED_NETWORK");
  app.add_flag("--grpc-reflection", settings.grpc_reflection, "Let tools list the gRPC services");
  app.add_flag("--insecure-grpc", settings.insecure_grpc,
               "Allow gRPC without TLS beyond loopback: provider credentials cross the network in clear");
  const tls::FlagNames grpc_tls{.prefix = "--grpc-tls", .variable_prefix = "BALANCER_GRPC_TLS"};
  tls::add_identity_flags(app, grpc_tls, "TLS on --grpc-listen HOST:PORT: the certificate chain, PEM; read again on change",
                          settings.grpc_tls);
  tls::add_authorities_flag(app, grpc_tls, "client-ca",
                            "Only gateways and operators with a certificate of this authority may connect, PEM",
                            settings.grpc_tls);
  app.get_option("--grpc-tls-client-ca")->needs(app.get_option("--grpc-tls-certificate"));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return EarlyExit{app.exit(error) == 0 ? 0 : kExitUsage};
  }

  settings.config_file = config_file;
  settings.grpc_listen = *parse_listen_address(grpc_listen);
  settings.http_listen = std::get<TcpAddress>(*parse_listen_address(http_listen));
  const GrpcServerSettings grpc{.listen = settings.grpc_listen, .insecure = settings.insecure_grpc, .tls = settings.grpc_tls};
  if (const std::optional<Error> refusal = GrpcServer::refusal(grpc)) {
    fmt::print(stderr, "balancer-controlplane: {}\n", refusal->message);
    return EarlyExit{kExitUsage};
  }
  return settings;
}

}  // namespace balancer::controlplane
