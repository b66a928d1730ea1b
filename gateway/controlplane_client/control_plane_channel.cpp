#include "gateway/controlplane_client/control_plane_channel.hpp"

#include <grpcpp/grpcpp.h>
#include <grpcpp/security/tls_credentials_options.h>

#include "gateway/controlplane_client/connection_patience.hpp"
#include "gateway/controlplane_client/control_plane_link.hpp"

namespace balancer::gateway {
namespace {

// How often gRPC looks whether what WatchedFiles has put into use is new.
constexpr unsigned kLookSeconds = 1;

grpc::ChannelArguments patient_arguments() {
  constexpr ConnectionPatience kPatience;
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, static_cast<int>(kPatience.keepalive_time.count()));
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, static_cast<int>(kPatience.keepalive_timeout.count()));
  arguments.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  // Despite its name: how long one attempt to connect may take.
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, static_cast<int>(kPatience.connect.count()));
  // gRPC adds a fifth of jitter: 3 s at most.
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2'500);
  // Credentials travel here: a stray http_proxy variable must not redirect them.
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetMaxReceiveMessageSize(32 << 20);
  arguments.SetMaxSendMessageSize(12 << 20);
  return arguments;
}

}  // namespace

std::shared_ptr<grpc::Channel> connect_control_plane(const std::string& target) {
  return grpc::CreateCustomChannel(target, grpc::InsecureChannelCredentials(), patient_arguments());
}

Result<std::unique_ptr<ControlPlaneTls>> ControlPlaneTls::start(const tls::Files& files) {
  std::unique_ptr<ControlPlaneTls> started(new ControlPlaneTls(!files.certificate.empty()));
  const auto use = [to = started.get()](const tls::Material& material) {
    to->authorities_.replace(material.authorities);
    // One file, so that a certificate is never read together with another one's key.
    to->identity_.replace(material.certificate_chain + "\n" + material.private_key.reveal());
  };
  auto watched = tls::WatchedFiles::start(files, "the link to the control plane", use);
  if (!watched) return watched.error();
  started->files_ = std::move(*watched);
  return started;
}

std::shared_ptr<grpc::ChannelCredentials> ControlPlaneTls::credentials() const {
  using Provider = grpc::experimental::FileWatcherCertificateProvider;
  const std::string identity = has_certificate_ ? identity_.path() : std::string();
  grpc::experimental::TlsChannelCredentialsOptions options;
  options.set_certificate_provider(std::make_shared<Provider>(identity, identity, authorities_.path(), kLookSeconds));
  options.watch_root_certs();
  if (has_certificate_) options.watch_identity_key_cert_pairs();
  return grpc::experimental::TlsCredentials(options);
}

std::shared_ptr<grpc::Channel> ControlPlaneTls::connect(const std::string& target) {
  return grpc::CreateCustomChannel(target, credentials(), patient_arguments());
}

}  // namespace balancer::gateway
