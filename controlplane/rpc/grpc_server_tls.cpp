#include "controlplane/rpc/grpc_server_tls.hpp"

#include <grpc/grpc.h>

#include <string>
#include <utility>

namespace balancer::controlplane {

// gRPC C++ has no credentials that are both checked before they are used and replaced: its C core has.
class GrpcServerTls::Credentials final : public grpc::ServerCredentials {
 public:
  explicit Credentials(GrpcServerTls& tls) : tls_(tls) {}

  void SetAuthMetadataProcessor(const std::shared_ptr<grpc::AuthMetadataProcessor>&) override {}

 private:
  int AddPortToServer(const std::string& address, grpc_server* server) override {
    const auto request = tls_.mutual_ ? GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY
                                      : GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE;
    grpc_server_credentials* const credentials = grpc_ssl_server_credentials_create_with_options(
        grpc_ssl_server_credentials_create_options_using_config_fetcher(request, &GrpcServerTls::fetch, &tls_));
    const int port = grpc_server_add_http2_port(server, address.c_str(), credentials);
    grpc_server_credentials_release(credentials);
    return port;
  }

  GrpcServerTls& tls_;
};

Result<std::unique_ptr<GrpcServerTls>> GrpcServerTls::start(const tls::Files& files) {
  std::unique_ptr<GrpcServerTls> started(new GrpcServerTls(!files.authorities.empty()));
  const auto use = [to = started.get()](const tls::Material& material) {
    const std::lock_guard lock(to->mutex_);
    to->material_ = material;
    to->fetched_ = false;
  };
  auto watched = tls::WatchedFiles::start(files, "the gRPC listener", use);
  if (!watched) return watched.error();
  started->files_ = std::move(*watched);
  return started;
}

std::shared_ptr<grpc::ServerCredentials> GrpcServerTls::credentials() { return std::make_shared<Credentials>(*this); }

grpc_ssl_certificate_config_reload_status GrpcServerTls::fetch(void* self,
                                                               grpc_ssl_server_certificate_config** config) {
  auto& tls = *static_cast<GrpcServerTls*>(self);
  const std::lock_guard lock(tls.mutex_);
  if (std::exchange(tls.fetched_, true)) return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_UNCHANGED;
  const grpc_ssl_pem_key_cert_pair pair{tls.material_.private_key.reveal().c_str(),
                                        tls.material_.certificate_chain.c_str()};
  *config = grpc_ssl_server_certificate_config_create(tls.mutual_ ? tls.material_.authorities.c_str() : nullptr, &pair, 1);
  return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_NEW;
}

}  // namespace balancer::controlplane
