// Gateways as a control plane lists them.
#pragma once

#include <string>

#include "balancer/controlplane/v1/admin.pb.h"

namespace balancer::controlplane::cli {

inline v1::ConnectedGateway& add_gateway(v1::GetServerInfoResponse& info, const std::string& id,
                                         const std::string& host) {
  v1::ConnectedGateway& gateway = *info.add_gateways();
  gateway.mutable_identity()->set_id(id);
  gateway.mutable_identity()->set_version("0.1.0");
  gateway.mutable_identity()->set_host_name(host);
  gateway.mutable_identity()->set_listen_address("10.0.0.1:9090");
  gateway.set_snapshot_version(3);
  gateway.mutable_connect_time()->set_seconds(1'700'000'000);
  return gateway;
}

inline void set_condition(v1::ConnectedGateway& gateway, int open, int streams, bool draining) {
  gateway.mutable_condition()->set_open_request_count(open);
  gateway.mutable_condition()->set_open_stream_count(streams);
  gateway.mutable_condition()->set_draining(draining);
}

inline v1::GetServerInfoResponse three_gateways() {
  v1::GetServerInfoResponse info;
  info.set_snapshot_version(3);
  set_condition(add_gateway(info, "gw-11", "pod-7"), 4, 2, false);
  add_gateway(info, "gw-12", "pod-8").set_snapshot_version(2);
  v1::ConnectedGateway& third = add_gateway(info, "gw-1", "edge");
  third.set_rejection_reason("unknown provider type");
  third.set_drain_wanted(true);
  set_condition(third, 0, 0, true);
  return info;
}

}  // namespace balancer::controlplane::cli
