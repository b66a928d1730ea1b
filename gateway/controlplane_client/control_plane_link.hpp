// The gateway's one connection to the control plane: configuration in, decisions and reports through streams of their
// own, administration on behalf of the gateway's own endpoints.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/async/asio.hpp"
#include "common/async/timer_wheel.hpp"
#include "common/error/error.hpp"
#include "common/snapshot/snapshot.hpp"
#include "gateway/controlplane_client/decision_client.hpp"
#include "gateway/controlplane_client/gateway_presence.hpp"
#include "gateway/controlplane_client/provider_listing.hpp"
#include "gateway/controlplane_client/response_client.hpp"

namespace grpc {
class Channel;
}

namespace balancer::gateway {

// Makes the DecisionClient of the I/O thread that runs the wheel; called on that thread.
using DecisionClientFactory =
    std::function<std::unique_ptr<DecisionClient>(TimerWheel& wheel, const std::string& gateway_id)>;

// Makes the ResponseClient of the process; called once, when the link is made. `over_channel` outlives it.
using ResponseClientFactory = std::function<std::unique_ptr<ResponseClient>(ResponseClient& over_channel)>;

// Nearer ways to the control plane than the channel, for a gateway that has it in its own process. Where there is none,
// the channel is used.
struct NearControlPlane {
  DecisionClientFactory decisions{};
  ResponseClientFactory responses{};
};

struct ControlPlaneLinkSettings {
  // Where the channel leads, as connect_control_plane() was told: decisions are asked for there without the channel
  // (README.md). Empty where only the channel leads: in-process, or with TLS.
  std::string target{};
  // Unique per process.
  std::string gateway_id;
  // Where the newest snapshot is kept for a start without a control plane; empty for nowhere. Mode 0600.
  std::string snapshot_cache_file;
  // How long a request waits for the control plane's decision before it is planned here.
  std::chrono::milliseconds decision_deadline{50};
  GatewayPresence presence{};
  NearControlPlane near{};
};

// Thread-safe unless said otherwise. Starts connecting in start(); reconnects by itself, for ever.
class ControlPlaneLink {
 public:
  // Called on the link's own thread with every snapshot, the cached one included. Returns why the snapshot is refused,
  // or nothing: it is then the newest for every DecisionClient too.
  using OnSnapshot = std::function<std::optional<std::string>(std::shared_ptr<const Snapshot>)>;

  // `channel` is remote or in-process; the link is its only user.
  ControlPlaneLink(std::shared_ptr<grpc::Channel> channel, ControlPlaneLinkSettings settings, OnSnapshot on_snapshot);
  // No callback runs, and no DecisionClient may be used, after this returns.
  ~ControlPlaneLink();
  ControlPlaneLink(const ControlPlaneLink&) = delete;
  ControlPlaneLink& operator=(const ControlPlaneLink&) = delete;

  // Offers the cached snapshot, if there is a readable one, before it returns; then connects. `listen_address` is where
  // clients are served: host:port, for operators.
  void start(const std::string& listen_address = {});

  // A client for the I/O thread that runs `wheel`'s io_context; to be created, used and destroyed on that thread,
  // before the link is.
  [[nodiscard]] std::unique_ptr<DecisionClient> make_decision_client(TimerWheel& wheel);

  // As long as the link.
  [[nodiscard]] ResponseClient& responses();

  // Whether the control plane is known to answer right now.
  [[nodiscard]] bool connected() const;
  // Of all that the control plane has sent.
  [[nodiscard]] std::uint64_t rejected_config_count() const;

  // Complete on the caller's executor. Fail with kUnavailable while no control plane answers.
  asio::awaitable<Result<ProviderListing>> list_providers();
  asio::awaitable<Result<ReloadResult>> reload_config();

 private:
  class Core;
  std::shared_ptr<Core> core_;
};

// A channel to "HOST:PORT" or "unix:PATH" with this project's keepalive and reconnect back-off (at most a few
// seconds: gRPC's own default of 120 s is far too long).
[[nodiscard]] std::shared_ptr<grpc::Channel> connect_control_plane(const std::string& target);

}  // namespace balancer::gateway
