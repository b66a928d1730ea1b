// TLS for the control plane's gRPC.
#pragma once

#include <grpc/grpc_security.h>
#include <grpcpp/security/server_credentials.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

#include "common/error/error.hpp"
#include "common/tls/watched_files.hpp"

namespace balancer::controlplane {

// The certificate that gateways and operators are shown, and whose certificates they must show themselves. Read again
// when the files change: connections that stand go on, new ones get the new ones. Thread-safe; outlives its servers.
class GrpcServerTls {
 public:
  // Without authorities in `files` clients need no certificate. Fails like tls::load().
  [[nodiscard]] static Result<std::unique_ptr<GrpcServerTls>> start(const tls::Files& files);

  // For one listening port.
  [[nodiscard]] std::shared_ptr<grpc::ServerCredentials> credentials();

  [[nodiscard]] std::optional<std::chrono::sys_seconds> expiry() const { return files_->expiry(); }

 private:
  class Credentials;

  explicit GrpcServerTls(bool mutual) : mutual_(mutual) {}
  // Asked by gRPC before each handshake.
  static grpc_ssl_certificate_config_reload_status fetch(void* self, grpc_ssl_server_certificate_config** config);

  const bool mutual_;
  std::mutex mutex_;
  tls::Material material_;
  bool fetched_ = false;
  // Last: it calls until it is gone.
  std::unique_ptr<tls::WatchedFiles> files_;
};

}  // namespace balancer::controlplane
