// Which endpoint a request is for (protocol.md 1.1). Matches the canonical path only; a pure function.
#pragma once

#include <string>
#include <string_view>
#include <variant>

namespace balancer::gateway {

enum class Endpoint {
  kMessages,
  kCountTokens,
  kModelList,
  kModel,
  kProviders,
  kReloadProviders,
  kServiceInfo,
  kHello,
  kHealth,
  kLive,
  kReady,
};

struct RouteMatch {
  Endpoint endpoint;
  // Of kModel: the rest of the path; it may hold slashes.
  std::string_view model_id;
};

struct WrongMethod {
  // For the Allow header.
  std::string_view allowed;
};

struct UnknownPath {
  // What to say about it.
  std::string message;
};

using RouteResult = std::variant<RouteMatch, WrongMethod, UnknownPath>;

// Views in the result point into `path` or are constants.
[[nodiscard]] RouteResult match_route(std::string_view method, std::string_view path);

// Served without a client key: probes that must never cost a provider call.
[[nodiscard]] bool is_public(Endpoint endpoint);

}  // namespace balancer::gateway
