#include "gateway/http/route_table.hpp"

#include <array>

namespace balancer::gateway {
namespace {

struct Route {
  std::string_view path;
  Endpoint endpoint;
  std::string_view allowed;
};

constexpr std::string_view kGet = "GET, HEAD";
constexpr std::string_view kPost = "POST";

constexpr auto kRoutes = std::to_array<Route>({
    {"/v1/messages", Endpoint::kMessages, kPost},
    {"/v1/messages/count_tokens", Endpoint::kCountTokens, kPost},
    {"/v1/models", Endpoint::kModelList, kGet},
    {"/models", Endpoint::kModelList, kGet},
    {"/providers", Endpoint::kProviders, kGet},
    {"/providers/reload", Endpoint::kReloadProviders, kPost},
    {"/", Endpoint::kServiceInfo, kGet},
    {"/api/hello", Endpoint::kHello, kGet},
    {"/health", Endpoint::kHealth, kGet},
    {"/livez", Endpoint::kLive, kGet},
    {"/readyz", Endpoint::kReady, kGet},
});

constexpr std::string_view kModelPrefix = "/v1/models/";

bool method_allowed(std::string_view method, std::string_view allowed) {
  if (allowed == kPost) return method == "POST";
  return method == "GET" || method == "HEAD";
}

RouteResult found(std::string_view method, const Route& route, std::string_view model_id) {
  if (!method_allowed(method, route.allowed)) return WrongMethod{route.allowed};
  return RouteMatch{route.endpoint, model_id};
}

}  // namespace

RouteResult match_route(std::string_view method, std::string_view path) {
  if (method == "OPTIONS" && path == "*") return WrongMethod{"GET, HEAD, POST"};
  for (const Route& route : kRoutes) {
    if (route.path == path) return found(method, route, {});
  }
  if (path.starts_with(kModelPrefix)) {
    return found(method, {kModelPrefix, Endpoint::kModel, kGet}, path.substr(kModelPrefix.size()));
  }
  if (method == "OPTIONS") return WrongMethod{"GET, HEAD, POST"};
  if (path.starts_with("/v1/v1/")) return UnknownPath{"base URL must not end in /v1 for Anthropic clients"};
  return UnknownPath{"no such endpoint"};
}

bool is_public(Endpoint endpoint) {
  switch (endpoint) {
    case Endpoint::kServiceInfo:
    case Endpoint::kHello:
    case Endpoint::kHealth:
    case Endpoint::kLive:
    case Endpoint::kReady:
      return true;
    default:
      return false;
  }
}

}  // namespace balancer::gateway
