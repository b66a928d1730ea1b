#include "controlplane/app/command_line.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <string>

#include "common/net/address_check.hpp"
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
  app.add_flag("--grpc-reflection", settings.grpc_reflection, "Let tools list the gRPC services");
  app.add_flag("--insecure-grpc", settings.insecure_grpc,
               "Allow gRPC without TLS beyond loopback: provider credentials cross the network in clear");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return EarlyExit{app.exit(error) == 0 ? 0 : kExitUsage};
  }

  settings.config_file = config_file;
  settings.grpc_listen = *parse_listen_address(grpc_listen);
  settings.http_listen = std::get<TcpAddress>(*parse_listen_address(http_listen));
  const GrpcServerSettings grpc{.listen = settings.grpc_listen, .insecure = settings.insecure_grpc};
  if (const std::optional<Error> refusal = GrpcServer::refusal(grpc)) {
    fmt::print(stderr, "balancer-controlplane: {}\n", refusal->message);
    return EarlyExit{kExitUsage};
  }
  return settings;
}

}  // namespace balancer::controlplane
