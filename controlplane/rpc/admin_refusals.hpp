// What operators are told about requests that cannot be served.
#pragma once

#include <grpcpp/grpcpp.h>

#include <string>

#include "balancer/controlplane/v1/admin.pb.h"
#include "common/error/error.hpp"
#include "common/snapshot/snapshot.hpp"

namespace balancer::controlplane {

// NOT_FOUND, with the name that was perhaps meant.
[[nodiscard]] grpc::Status unknown_provider(const Snapshot& snapshot, const std::string& name);

// kNotFound as NOT_FOUND, anything else as INVALID_ARGUMENT.
[[nodiscard]] grpc::Status refusal(const Error& error);

// OK, or INVALID_ARGUMENT for a duration that is not between a second and a day.
[[nodiscard]] grpc::Status check(const v1::CoolProviderRequest& request);

// OK; or NOT_FOUND for a pinned provider or a caller that is not configured; or INVALID_ARGUMENT without a model, and
// for a session without its caller where clients are authenticated: sessions belong to callers.
[[nodiscard]] grpc::Status check(const v1::ExplainRouteRequest& request, const Snapshot& snapshot);

}  // namespace balancer::controlplane
