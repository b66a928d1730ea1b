// A control plane behind a gRPC server that is reached from within the process.
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>

#include "controlplane/rpc/grpc_server.hpp"
#include "tests/fakes/fake_clock.hpp"
#include "tests/integration/support/under_sanitizer.hpp"
#include "tests/unit/controlplane/domain/sample_config.hpp"

namespace balancer::controlplane {

// One failure is enough for a cooldown.
inline Config impatient(Config config) {
  config.health.failure_threshold = 1;
  return config;
}

class ServedControlPlane {
 public:
  explicit ServedControlPlane(const Config& config, const GrpcServerSettings& settings = {})
      : control_plane(config, [this] { return next_load; }, clock),
        server(GrpcServer::start(control_plane, settings).value()),
        channel(server->in_process_channel()) {
    next_load.config = config;
  }

  FakeClock clock;
  ConfigLoad next_load;
  ControlPlane control_plane;
  // Of the test itself.
  AttemptLedger ledger;
  std::unique_ptr<GrpcServer> server;
  std::shared_ptr<grpc::Channel> channel;
};

// For calls that end only when something fails.
inline void set_generous_deadline(grpc::ClientContext& context) {
  constexpr std::chrono::seconds kWithin{integration::kUnderSanitizer ? 60 : 20};
  context.set_deadline(std::chrono::system_clock::now() + kWithin);
}

}  // namespace balancer::controlplane
