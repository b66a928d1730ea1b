// What a listener for TLS shows its clients.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "common/log/rare_notice.hpp"
#include "common/tls/server_session.hpp"
#include "common/tls/watched_files.hpp"

namespace balancer::tls {

// TLS 1.2 or newer, HTTP/1.1 inside, a certificate that is read again when its file changes: sessions that stand go on,
// new ones get the new one. Thread-safe.
class ServerIdentity {
 public:
  // Fails like load().
  [[nodiscard]] static Result<std::unique_ptr<ServerIdentity>> start(
      const Files& files, std::chrono::milliseconds look = WatchedFiles::kLookInterval);

  // For a client that has just connected: see ServerSession.
  [[nodiscard]] std::unique_ptr<ServerSession> make_session(int socket) const;
  // Says in the log, now and then, that clients do not get through the handshake.
  void note_failure(const ServerSession& session, log::RareNotice::TimePoint now) const;

  // Of the certificate in use.
  [[nodiscard]] std::optional<std::chrono::sys_seconds> expiry() const { return files_->expiry(); }

 private:
  using Context = std::shared_ptr<SSL_CTX>;

  ServerIdentity() = default;
  static Context make_context(const Material& material);

  mutable std::mutex mutex_;
  Context context_;
  mutable log::RareNotice plain_clients_;
  mutable log::RareNotice failures_;
  // Last: it calls until it is gone.
  std::unique_ptr<WatchedFiles> files_;
};

}  // namespace balancer::tls
