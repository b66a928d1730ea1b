// The control plane's services on one gRPC server, reached over a socket, from within the process, or both.
#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include "common/error/error.hpp"
#include "common/net/listen_address.hpp"
#include "common/tls/tls_files.hpp"
#include "controlplane/domain/control_plane.hpp"

namespace grpc {
class Channel;
}

namespace balancer::controlplane {

struct GrpcServerSettings {
  // Nothing: only in_process_channel() reaches the server. Port 0: a free one. A Unix socket is made with mode 0600,
  // and a stale one is replaced.
  std::optional<ListenAddress> listen;
  // Lets grpcurl and its like list the services.
  bool reflection = false;
  // Allows listening beyond loopback without mutual TLS: whoever gets there is sent snapshots, which hold credentials;
  // without any TLS in clear.
  bool insecure = false;
  // With a certificate: TLS, but for a Unix socket. With authorities: whoever connects must show a certificate of theirs.
  tls::Files tls{};
};

class GrpcServer {
 public:
  // Why the server may not listen as `settings` say; nothing if it may. Touches no socket.
  [[nodiscard]] static std::optional<Error> refusal(const GrpcServerSettings& settings);

  // Serves when it returns. The control plane must outlive the server.
  [[nodiscard]] static Result<std::unique_ptr<GrpcServer>> start(ControlPlane& control_plane,
                                                                 const GrpcServerSettings& settings);
  // Shuts down without grace.
  ~GrpcServer();
  GrpcServer(const GrpcServer&) = delete;
  GrpcServer& operator=(const GrpcServer&) = delete;

  // Where it listens, with the port that it got; nothing if it listens nowhere.
  [[nodiscard]] const std::optional<ListenAddress>& bound() const;

  // When the certificate ends that is shown now; nothing without TLS. Thread-safe.
  [[nodiscard]] std::optional<std::chrono::sys_seconds> certificate_expiry() const;

  // To be used only while this object lives.
  [[nodiscard]] std::shared_ptr<grpc::Channel> in_process_channel();

  // Says NOT_SERVING, ends the open streams, lets other calls finish for at most `grace`, then cancels them. Returns
  // when no call runs any more.
  void shut_down(std::chrono::milliseconds grace);

 private:
  struct Serving;
  explicit GrpcServer(std::unique_ptr<Serving> serving);

  std::unique_ptr<Serving> serving_;
};

}  // namespace balancer::controlplane
