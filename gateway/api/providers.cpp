#include "gateway/api/providers.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "gateway/api/reply.hpp"

namespace balancer::gateway {
namespace {

using Json = nlohmann::ordered_json;

std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

std::string_view name_of(routing::SelectionStrategy strategy) {
  switch (strategy) {
    case routing::SelectionStrategy::kPriority: return "priority";
    case routing::SelectionStrategy::kRoundRobin: return "round_robin";
    case routing::SelectionStrategy::kRandom: return "random";
    case routing::SelectionStrategy::kWeighted: return "weighted";
    case routing::SelectionStrategy::kLeastLatency: return "least_latency";
  }
  return "priority";
}

Json time_or_null(const std::optional<std::chrono::system_clock::time_point>& time) {
  if (!time) return nullptr;
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(*time)));
}

Json text_or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json cooling_models(const ListedProvider& provider, std::chrono::system_clock::time_point now) {
  Json models = Json::array();
  for (const CoolingModel& model : provider.cooling_models) {
    models.push_back({{"model", model.model},
                      {"cooldown_until", time_or_null(now + model.remaining_cooldown)},
                      {"last_error", text_or_null(model.last_error)}});
  }
  return models;
}

Json provider_object(const ListedProvider& provider, std::chrono::system_clock::time_point now) {
  Json models = Json::array();
  for (const ServedModel& model : provider.models) {
    models.push_back({{"pattern", model.pattern}, {"model", model.model}, {"priority", model.priority}});
  }
  std::optional<std::chrono::system_clock::time_point> cooldown_until;
  if (provider.remaining_cooldown) cooldown_until = now + *provider.remaining_cooldown;
  return {{"name", provider.name},
          {"type", provider.type == ProviderType::kAnthropic ? "anthropic" : "openai"},
          {"base_url", provider.base_url},
          {"enabled", provider.enabled},
          {"healthy", provider.healthy},
          {"status", provider.status},
          {"failure_count", provider.failure_count},
          {"last_failure_time", time_or_null(provider.last_failure_time)},
          {"last_error", text_or_null(provider.last_error)},
          {"cooldown_until", time_or_null(cooldown_until)},
          {"proxy", text_or_null(provider.proxy)},
          {"in_flight", provider.in_flight},
          {"latency_ms", provider.latency ? Json(provider.latency->count()) : Json(nullptr)},
          {"cooling_models", cooling_models(provider, now)},
          {"models", models}};
}

// The reference's own jq recipe expects a bare list.
std::string providers_body(const ProviderListing& listing, std::chrono::system_clock::time_point now,
                           std::string_view query) {
  Json providers = Json::array();
  std::int64_t healthy = 0;
  for (const ListedProvider& provider : listing.providers) {
    providers.push_back(provider_object(provider, now));
    if (provider.enabled && provider.healthy) ++healthy;
  }
  if (query == "format=list") return dump(providers);
  return dump({{"total_providers", listing.providers.size()},
               {"healthy_providers", healthy},
               {"selection_strategy", name_of(listing.strategy)},
               {"total_model_routes", listing.route_count},
               {"providers", providers}});
}

std::string reload_body(const ReloadResult& reload) {
  return dump({{"status", "success"},
               {"message", "configuration reloaded"},
               {"version", reload.snapshot_version},
               {"providers_count", reload.provider_count},
               {"healthy_providers", reload.healthy_provider_count},
               {"warnings", reload.problems}});
}

Error refused(const ReloadResult& reload) {
  std::string message = "the configuration was refused, the former one goes on serving:";
  for (const std::string& problem : reload.problems) message += "\n" + problem;
  return {ErrorCode::kInvalidRequest, std::move(message), {}};
}

// Of this gateway, which may also refuse what the control plane took: it is not waited for longer than this.
constexpr std::chrono::seconds kLongestApplying{2};
constexpr std::chrono::milliseconds kApplyingPause{2};

// Who is told that the configuration was reloaded may rely on it here at once.
asio::awaitable<void> wait_until_applied(std::uint64_t version, Dependencies& deps) {
  const TimerWheel::TimePoint latest = deps.wheel.now() + kLongestApplying;
  asio::steady_timer pause(deps.wheel.context());
  while (deps.snapshot->version < version && deps.wheel.now() < latest) {
    pause.expires_after(kApplyingPause);
    co_await pause.async_wait(kAwaitTuple);
  }
}

}  // namespace

asio::awaitable<void> serve_providers(http::Exchange& exchange, Dependencies& deps) {
  const Result<ProviderListing> listing = co_await deps.control_plane.list_providers();
  if (!listing) co_return co_await reply_shared_error(exchange, listing.error());
  co_await reply_json(exchange, 200, providers_body(*listing, deps.clock.wall_now(), exchange.request().query));
}

asio::awaitable<void> serve_reload(http::Exchange& exchange, Dependencies& deps) {
  const Result<ReloadResult> reload = co_await deps.control_plane.reload_config();
  if (!reload) co_return co_await reply_shared_error(exchange, reload.error());
  if (reload->snapshot_version == 0) co_return co_await reply_shared_error(exchange, refused(*reload));
  co_await wait_until_applied(reload->snapshot_version, deps);
  co_await reply_json(exchange, 200, reload_body(*reload));
}

}  // namespace balancer::gateway
