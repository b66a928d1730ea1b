#include "gateway/api/probes.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "gateway/api/reply.hpp"

namespace balancer::gateway {
namespace {

using Json = nlohmann::ordered_json;

// Healthy providers as the control plane sees them; while it is away, every enabled one is given the benefit of the
// doubt.
asio::awaitable<std::int64_t> count_healthy_providers(Dependencies& deps) {
  const std::shared_ptr<const Snapshot> snapshot = deps.snapshot;
  if (!snapshot) co_return 0;
  const Result<ProviderListing> listing = co_await deps.control_plane.list_providers();
  if (!listing) {
    co_return std::count_if(snapshot->providers.begin(), snapshot->providers.end(),
                            [](const Provider& provider) { return provider.enabled; });
  }
  co_return std::count_if(listing->providers.begin(), listing->providers.end(),
                          [](const ListedProvider& provider) { return provider.enabled && provider.healthy; });
}

std::string service_info(const Snapshot* snapshot, bool draining, std::int64_t providers_available) {
  const bool names_version = snapshot && !snapshot->service_version.empty();
  const Json info{{"ok", true},
                  {"service", snapshot ? snapshot->service_name : "Provider Balancer"},
                  {"version", names_version ? snapshot->service_version : BALANCER_VERSION},
                  {"status", draining ? "draining" : snapshot ? "running" : "starting"},
                  {"providers_available", providers_available}};
  return info.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

asio::awaitable<void> serve_service_info(http::Exchange& exchange, Dependencies& deps) {
  const std::int64_t available = co_await count_healthy_providers(deps);
  co_await reply_json(exchange, 200, service_info(deps.snapshot.get(), deps.draining, available));
}

asio::awaitable<void> serve_hello(http::Exchange& exchange) { co_await reply_json(exchange, 200, R"({"ok":true})"); }

asio::awaitable<void> serve_health(http::Exchange& exchange, Dependencies& deps) {
  // Apart from the condition: GCC 12.2 loses the resume point of an await inside it, and the process traps.
  const std::int64_t healthy = co_await count_healthy_providers(deps);
  if (healthy > 0) co_return co_await reply_json(exchange, 200, R"({"status":"healthy"})");
  co_await reply_json(exchange, 503, R"({"status":"unhealthy","message":"no provider is healthy"})");
}

asio::awaitable<void> serve_live(http::Exchange& exchange) {
  co_await reply_json(exchange, 200, R"({"status":"alive"})");
}

asio::awaitable<void> serve_ready(http::Exchange& exchange, Dependencies& deps) {
  if (deps.draining) co_return co_await reply_json(exchange, 503, R"({"status":"draining"})");
  if (!deps.configured) {
    co_return co_await reply_json(exchange, 503, R"({"status":"starting","message":"no configuration yet"})");
  }
  co_await reply_json(exchange, 200, R"({"status":"ready"})");
}

}  // namespace balancer::gateway
