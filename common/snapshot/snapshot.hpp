// All that a gateway needs to serve, as one immutable value. The control plane builds it from the configuration;
// gateways receive it, keep it, and plan with it while no control plane answers.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "common/digest/sha256.hpp"
#include "common/routing/cooldown_policy.hpp"
#include "common/routing/routing_table.hpp"
#include "common/snapshot/provider.hpp"
#include "common/snapshot/response_sharing.hpp"
#include "common/snapshot/unhealthy_signs.hpp"

namespace balancer {

// protocol.md 5.5, "Timeouts".
struct Timeouts {
  std::chrono::milliseconds connect{5'000};
  std::chrono::milliseconds tls_handshake{5'000};
  std::chrono::milliseconds streaming_first_byte{120'000};
  std::chrono::milliseconds non_streaming_first_byte{600'000};
  // Silence between two bytes of an answer.
  std::chrono::milliseconds idle{180'000};
  // Between two events of a stream that carry content: pings cannot hide a dead model.
  std::chrono::milliseconds content_idle{600'000};
  // From the request's arrival until its answer is committed to one provider.
  std::chrono::milliseconds until_commit{600'000};
  // A whole stream.
  std::chrono::milliseconds stream_total{3'600'000};

  friend bool operator==(const Timeouts&, const Timeouts&) = default;
};

struct ClientKey {
  std::string name;
  Sha256Digest digest{};

  friend bool operator==(const ClientKey&, const ClientKey&) = default;
};

struct ClientAuthentication {
  // False: any client, with or without a credential, is served.
  bool enabled = false;
  std::vector<ClientKey> keys;
  // Canonical paths served without a key, beside the built-in probes.
  std::vector<std::string> exempt_paths;
  // Listening beyond loopback without keys is wanted.
  bool allow_unauthenticated = false;
  // Host names that a loopback listener answers to beside its own.
  std::vector<std::string> allowed_hosts;

  friend bool operator==(const ClientAuthentication&, const ClientAuthentication&) = default;
};

struct Snapshot {
  // Grows with every accepted configuration of one control-plane process, named by epoch.
  std::uint64_t version = 0;
  std::string epoch;
  std::chrono::system_clock::time_point load_time;

  // routing.providers[i] names providers[i].
  std::vector<Provider> providers;
  routing::RoutingTable routing;
  // Names what requests are matched against and who may answer them (routing_digest.hpp). Set by whoever receives a
  // snapshot; all zero where it is made.
  Sha256Digest routing_digest{};

  ClientAuthentication client_authentication;
  Timeouts timeouts;
  // How long failed providers are left alone.
  routing::CooldownSettings cooldown;
  UnhealthySigns unhealthy_signs;
  ResponseSharing response_sharing;
  // A stream silent for so long gets a ping event (protocol.md 1.9 rule 6).
  std::chrono::milliseconds ping_interval{15'000};
  // Attempts for one client request, over all candidates.
  unsigned attempt_limit = 4;
  // Whether answers carry x-balancer-* headers.
  bool diagnostic_headers = true;
  std::string service_name = "Provider Balancer";
  std::string service_version;

  friend bool operator==(const Snapshot&, const Snapshot&) = default;
};

}  // namespace balancer
