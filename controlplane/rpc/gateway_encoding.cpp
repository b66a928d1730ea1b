#include "controlplane/rpc/gateway_encoding.hpp"

#include <algorithm>

#include "controlplane/rpc/time_encoding.hpp"

namespace balancer::controlplane {
namespace {

// Longer names are nobody's.
constexpr std::size_t kMaxNameLength = 256;

std::string bounded(const std::string& name) { return name.substr(0, kMaxNameLength); }

}  // namespace

GatewayIdentity decode(const v1::GatewayIdentity& identity) {
  GatewayIdentity decoded{.id = identity.id(),
                          .version = identity.version(),
                          .host_name = bounded(identity.host_name()),
                          .listen_address = bounded(identity.listen_address()),
                          .start_time = std::nullopt};
  if (identity.has_start_time()) decoded.start_time = decode_timestamp(identity.start_time());
  return decoded;
}

GatewayCondition decode(const v1::GatewayCondition& condition) {
  constexpr std::int64_t kMaxCount = 1'000'000'000;
  return {.open_request_count = std::clamp<std::int64_t>(condition.open_request_count(), 0, kMaxCount),
          .open_stream_count = std::clamp<std::int64_t>(condition.open_stream_count(), 0, kMaxCount),
          .draining = condition.draining()};
}

v1::ConnectedGateway encode(const ConnectedGateway& gateway) {
  v1::ConnectedGateway message;
  v1::GatewayIdentity& identity = *message.mutable_identity();
  identity.set_id(gateway.identity.id);
  identity.set_version(gateway.identity.version);
  identity.set_host_name(gateway.identity.host_name);
  identity.set_listen_address(gateway.identity.listen_address);
  if (gateway.identity.start_time) *identity.mutable_start_time() = encode_timestamp(*gateway.identity.start_time);
  message.set_snapshot_version(gateway.snapshot_version);
  message.set_rejection_reason(gateway.rejection_reason);
  if (gateway.condition) {
    message.mutable_condition()->set_open_request_count(gateway.condition->open_request_count);
    message.mutable_condition()->set_open_stream_count(gateway.condition->open_stream_count);
    message.mutable_condition()->set_draining(gateway.condition->draining);
  }
  *message.mutable_connect_time() = encode_timestamp(gateway.connect_time);
  message.set_drain_wanted(gateway.drain_wanted);
  return message;
}

}  // namespace balancer::controlplane
