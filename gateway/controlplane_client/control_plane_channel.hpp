// A channel to the control plane under TLS; connect_control_plane() of control_plane_link.hpp makes one in clear.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "common/error/error.hpp"
#include "common/tls/memory_file.hpp"
#include "common/tls/watched_files.hpp"

namespace grpc {
class Channel;
class ChannelCredentials;
}  // namespace grpc

namespace balancer::gateway {

// Whom the gateway believes to be its control plane, and what it proves itself with. Read again when the files change: a
// connection that stands goes on, the next one is made with the new ones. Outlives its channels.
class ControlPlaneTls {
 public:
  // `files` has authorities. Fails like tls::load().
  [[nodiscard]] static Result<std::unique_ptr<ControlPlaneTls>> start(const tls::Files& files);

  // To "HOST:PORT", where HOST is in the control plane's certificate; as patient as a channel in clear.
  [[nodiscard]] std::shared_ptr<grpc::Channel> connect(const std::string& target);

  // Of the gateway's certificate; nothing if it shows none.
  [[nodiscard]] std::optional<std::chrono::sys_seconds> expiry() const { return files_->expiry(); }

 private:
  explicit ControlPlaneTls(bool has_certificate) : has_certificate_(has_certificate) {}
  [[nodiscard]] std::shared_ptr<grpc::ChannelCredentials> credentials() const;

  const bool has_certificate_;
  // gRPC takes certificates that change from files only: these hold what was checked.
  tls::MemoryFile authorities_;
  tls::MemoryFile identity_;
  // Last: it calls until it is gone.
  std::unique_ptr<tls::WatchedFiles> files_;
};

}  // namespace balancer::gateway
