#include "controlplane/rpc/admin_refusals.hpp"

#include <algorithm>
#include <chrono>
#include <vector>

#include "controlplane/config/unknown_name.hpp"
#include "controlplane/rpc/time_encoding.hpp"

namespace balancer::controlplane {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds kShortestHold = 1s;
constexpr std::chrono::milliseconds kLongestHold = 24h;

grpc::Status invalid(const char* message) { return {grpc::StatusCode::INVALID_ARGUMENT, message}; }

std::vector<std::string> provider_names(const Snapshot& snapshot) {
  std::vector<std::string> names;
  for (const Provider& provider : snapshot.providers) names.push_back(provider.name);
  return names;
}

// None while clients are not authenticated.
std::vector<std::string> caller_names(const ClientAuthentication& authentication) {
  std::vector<std::string> names;
  if (!authentication.enabled) return names;
  for (const ClientKey& key : authentication.keys) names.push_back(key.name);
  return names;
}

bool holds(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

grpc::Status unknown_provider(const Snapshot& snapshot, const std::string& name) {
  return {grpc::StatusCode::NOT_FOUND, unknown_name("provider", name, provider_names(snapshot))};
}

grpc::Status refusal(const Error& error) {
  const bool missing = error.code == ErrorCode::kNotFound;
  return {missing ? grpc::StatusCode::NOT_FOUND : grpc::StatusCode::INVALID_ARGUMENT, error.message};
}

grpc::Status check(const v1::CoolProviderRequest& request) {
  const std::chrono::microseconds duration = decode_duration(request.duration());
  if (duration >= kShortestHold && duration <= kLongestHold) return grpc::Status::OK;
  return invalid("duration: a provider can be taken out for 1s to 24h");
}

grpc::Status check(const v1::ExplainRouteRequest& request, const Snapshot& snapshot) {
  if (request.model().empty()) return invalid("model: name the one that a client would ask for");
  if (!request.pinned_provider().empty() && !holds(provider_names(snapshot), request.pinned_provider())) {
    return unknown_provider(snapshot, request.pinned_provider());
  }
  const std::vector<std::string> callers = caller_names(snapshot.client_authentication);
  if (!request.caller().empty() && !holds(callers, request.caller())) {
    return {grpc::StatusCode::NOT_FOUND, unknown_name("client key", request.caller(), callers)};
  }
  if (!callers.empty() && !request.session_id().empty() && request.caller().empty()) {
    return invalid("caller: clients are authenticated, so a session is known only with the name of its client's key");
  }
  return grpc::Status::OK;
}

}  // namespace balancer::controlplane
