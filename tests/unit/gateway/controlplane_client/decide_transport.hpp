// What carries Decide streams in a test: each promise holds for both.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "gateway/controlplane_client/control_plane_link.hpp"
#include "gateway/controlplane_client/decide_call_starter.hpp"

namespace balancer::gateway {

enum class DecideTransport { kGrpc, kHttp2 };

inline std::string name_of(const testing::TestParamInfo<DecideTransport>& info) {
  return info.param == DecideTransport::kGrpc ? "OverGrpc" : "OverHttp2";
}

// What a link is told of where its channel leads.
inline std::string told_target(const std::string& target, DecideTransport transport) {
  return transport == DecideTransport::kGrpc ? "" : target;
}

}  // namespace balancer::gateway

#define INSTANTIATE_OVER_BOTH_TRANSPORTS(suite)                                                           \
  INSTANTIATE_TEST_SUITE_P(, suite,                                                                       \
                           testing::Values(::balancer::gateway::DecideTransport::kGrpc,                   \
                                           ::balancer::gateway::DecideTransport::kHttp2),                 \
                           ::balancer::gateway::name_of)
