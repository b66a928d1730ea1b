#include "controlplane/rpc/grpc_server.hpp"

#include <fmt/format.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>

#include <utility>

#include "controlplane/rpc/admin_service.hpp"
#include "controlplane/rpc/config_service.hpp"
#include "controlplane/rpc/grpc_server_tls.hpp"
#include "controlplane/rpc/reflection_option.hpp"
#include "controlplane/rpc/response_service.hpp"
#include "controlplane/rpc/routing_service.hpp"
#include "controlplane/rpc/unix_socket_file.hpp"

namespace balancer::controlplane {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds kKeepaliveTime = 10s;
constexpr std::chrono::milliseconds kKeepaliveTimeout = 5s;
// Gateways may ping every 5 s; a little less, so that jitter counts against none.
constexpr std::chrono::milliseconds kMinPingInterval = 4s;
// The longest answer that may be stored is 8 MiB.
constexpr int kMaxMessageBytes = 12 * 1024 * 1024;

int milliseconds(std::chrono::milliseconds duration) { return static_cast<int>(duration.count()); }

void set_channel_arguments(grpc::ServerBuilder& builder) {
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, milliseconds(kKeepaliveTime));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, milliseconds(kKeepaliveTimeout));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, milliseconds(kMinPingInterval));
  // Otherwise a second control plane would share the port unnoticed.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
}

}  // namespace

struct GrpcServer::Serving {
  explicit Serving(ControlPlane& control_plane)
      : routing(control_plane, open_streams),
        config(control_plane, open_streams),
        responses(control_plane, open_streams),
        admin(control_plane) {}

  OpenStreams open_streams;
  RoutingService routing;
  ConfigService config;
  ResponseService responses;
  AdminService admin;
  std::optional<ListenAddress> bound;
  // Null: in clear.
  std::unique_ptr<GrpcServerTls> tls;
  std::unique_ptr<grpc::Server> server;
};

std::optional<Error> GrpcServer::refusal(const GrpcServerSettings& settings) {
  if (!settings.listen || settings.insecure || is_loopback(*settings.listen)) return std::nullopt;
  if (!settings.tls.certificate.empty()) {
    if (!settings.tls.authorities.empty()) return std::nullopt;
    return Error{ErrorCode::kPermission,
                 fmt::format("refusing to listen for gRPC on {}: it is reachable from other machines, and snapshots hold "
                             "provider credentials, which anybody could ask for. Say with --grpc-tls-client-ca whose "
                             "certificates gateways and operators must show, or say --insecure-grpc where the network is "
                             "trusted",
                             to_string(*settings.listen)),
                 {}};
  }
  return Error{ErrorCode::kPermission,
               fmt::format("refusing to listen for gRPC on {}: it is reachable from other machines, and snapshots hold "
                           "provider credentials. Use mutual TLS (--grpc-tls-certificate, --grpc-tls-key, "
                           "--grpc-tls-client-ca), listen on loopback or a Unix socket, or say --insecure-grpc where the "
                           "network is trusted",
                           to_string(*settings.listen)),
               {}};
}

Result<std::unique_ptr<GrpcServer>> GrpcServer::start(ControlPlane& control_plane,
                                                      const GrpcServerSettings& settings) {
  if (std::optional<Error> refused = refusal(settings)) return std::move(*refused);

  auto serving = std::make_unique<Serving>(control_plane);
  grpc::EnableDefaultHealthCheckService(true);
  if (settings.reflection) grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::ServerBuilder builder;
  if (!settings.reflection) builder.SetOption(without_reflection());
  set_channel_arguments(builder);
  builder.SetMaxReceiveMessageSize(kMaxMessageBytes);
  builder.RegisterService(&serving->routing);
  builder.RegisterService(&serving->config);
  builder.RegisterService(&serving->responses);
  builder.RegisterService(&serving->admin);

  int port = 0;
  if (settings.listen) {
    if (const auto* socket = std::get_if<UnixAddress>(&*settings.listen)) {
      if (const Result<void> removed = remove_stale_socket(socket->path); !removed) return removed.error();
    }
    std::shared_ptr<grpc::ServerCredentials> credentials = grpc::InsecureServerCredentials();
    if (!settings.tls.certificate.empty() && std::holds_alternative<TcpAddress>(*settings.listen)) {
      auto tls = GrpcServerTls::start(settings.tls);
      if (!tls) return tls.error();
      serving->tls = std::move(*tls);
      credentials = serving->tls->credentials();
    }
    builder.AddListeningPort(to_string(*settings.listen), credentials, &port);
  }
  {
    const PrivateFileCreation private_socket;
    serving->server = builder.BuildAndStart();
  }
  if (serving->server == nullptr || (settings.listen && port == 0)) {
    return Error{ErrorCode::kUnavailable,
                 fmt::format("cannot listen for gRPC on {}: the address is in use or not of this machine",
                             to_string(*settings.listen)),
                 {}};
  }
  serving->bound = settings.listen;
  if (serving->bound) {
    if (auto* tcp = std::get_if<TcpAddress>(&*serving->bound)) tcp->port = static_cast<std::uint16_t>(port);
  }
  return std::unique_ptr<GrpcServer>(new GrpcServer(std::move(serving)));
}

GrpcServer::GrpcServer(std::unique_ptr<Serving> serving) : serving_(std::move(serving)) {}

GrpcServer::~GrpcServer() { shut_down(0ms); }

const std::optional<ListenAddress>& GrpcServer::bound() const { return serving_->bound; }

std::optional<std::chrono::sys_seconds> GrpcServer::certificate_expiry() const {
  if (!serving_->tls) return std::nullopt;
  return serving_->tls->expiry();
}

std::shared_ptr<grpc::Channel> GrpcServer::in_process_channel() {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMaxMessageBytes);
  return serving_->server->InProcessChannel(arguments);
}

void GrpcServer::shut_down(std::chrono::milliseconds grace) {
  if (auto* health = serving_->server->GetHealthCheckService()) health->Shutdown();
  serving_->open_streams.end_all();
  serving_->server->Shutdown(std::chrono::system_clock::now() + grace);
  serving_->server->Wait();
}

}  // namespace balancer::controlplane
