#include "gateway/api/request_dispatch.hpp"

#include <algorithm>

#include "common/error/http_error.hpp"
#include "gateway/api/count_tokens.hpp"
#include "gateway/api/messages.hpp"
#include "gateway/api/models.hpp"
#include "gateway/api/probes.hpp"
#include "gateway/api/providers.hpp"
#include "gateway/api/reply.hpp"
#include "gateway/http/browser_guard.hpp"
#include "gateway/http/client_authentication.hpp"
#include "gateway/http/route_table.hpp"

namespace balancer::gateway {
namespace {

asio::awaitable<void> reply_wrong_method(http::Exchange& exchange, std::string_view allowed) {
  http::ResponseHead head = make_head(405, exchange.request_id());
  head.add("content-type", "application/json");
  head.add("allow", allowed);
  const Error error{ErrorCode::kMethodNotAllowed, "method not allowed here", {}};
  const std::string body = shared_error_body(error, exchange.request_id());
  co_await exchange.respond(head, body);
}

// Probes need no key, nor does OPTIONS, which is refused everywhere; the operator may name further paths.
bool needs_no_key(const RouteResult& route, const http::RequestHead& request, const Snapshot* snapshot) {
  if (const auto* match = std::get_if<RouteMatch>(&route); match && is_public(match->endpoint)) return true;
  if (request.method == "OPTIONS" && std::holds_alternative<WrongMethod>(route)) return true;
  if (!snapshot) return false;
  const auto& exempt = snapshot->client_authentication.exempt_paths;
  return std::find(exempt.begin(), exempt.end(), request.path) != exempt.end();
}

asio::awaitable<void> serve_metrics(http::Exchange& exchange, Dependencies& deps) {
  const std::string_view method = exchange.request().method;
  if (method != "GET" && method != "HEAD") co_return co_await reply_wrong_method(exchange, "GET, HEAD");
  http::ResponseHead head = make_head(200, exchange.request_id());
  head.add("content-type", "text/plain; version=0.0.4; charset=utf-8");
  const std::string text = deps.metrics.exposition();
  co_await exchange.respond(head, text);
}

asio::awaitable<void> serve_probe(http::Exchange& exchange, Endpoint endpoint, Dependencies& deps) {
  switch (endpoint) {
    case Endpoint::kServiceInfo:
      co_return co_await serve_service_info(exchange, deps);
    case Endpoint::kHealth:
      co_return co_await serve_health(exchange, deps);
    case Endpoint::kLive:
      co_return co_await serve_live(exchange);
    case Endpoint::kReady:
      co_return co_await serve_ready(exchange, deps);
    default:
      co_return co_await serve_hello(exchange);
  }
}

asio::awaitable<void> serve_endpoint(http::Exchange& exchange, const RouteMatch& match, const ClientIdentity& caller,
                                     const std::shared_ptr<const Snapshot>& shared_snapshot, Dependencies& deps) {
  const Snapshot& snapshot = *shared_snapshot;
  switch (match.endpoint) {
    case Endpoint::kMessages:
      co_return co_await serve_messages(exchange, caller, shared_snapshot, deps);
    case Endpoint::kCountTokens:
      co_return co_await serve_count_tokens(exchange, caller, snapshot, deps);
    case Endpoint::kModelList:
      co_return co_await serve_model_list(exchange, snapshot);
    case Endpoint::kModel:
      co_return co_await serve_model(exchange, match.model_id, snapshot);
    case Endpoint::kProviders:
      co_return co_await serve_providers(exchange, deps);
    case Endpoint::kReloadProviders:
      co_return co_await serve_reload(exchange, deps);
    default:
      co_return co_await serve_probe(exchange, match.endpoint, deps);
  }
}

}  // namespace

asio::awaitable<void> serve_request(http::Exchange& exchange, Dependencies& deps) {
  // The request keeps the snapshot that it began with.
  const std::shared_ptr<const Snapshot> snapshot = deps.snapshot;
  const http::RequestHead& request = exchange.request();
  static const ClientAuthentication kNobodyYet;
  const ClientAuthentication& authentication = snapshot ? snapshot->client_authentication : kNobodyYet;

  if (auto refusal = check_browser_access(request, authentication, deps.on_loopback)) {
    co_return co_await reply_shared_error(exchange, std::move(*refusal));
  }
  const RouteResult route = match_route(request.method, request.path);
  ClientIdentity caller;
  if (!needs_no_key(route, request, snapshot.get())) {
    if (!snapshot) {
      Error starting{ErrorCode::kUnavailable, "gateway: no configuration yet", {}};
      co_return co_await reply_shared_error(exchange, std::move(starting));
    }
    Result<ClientIdentity> identity = authenticate_client(request.fields, authentication);
    if (!identity) co_return co_await reply_shared_error(exchange, identity.error());
    caller = std::move(*identity);
  }
  if (const auto* wrong = std::get_if<WrongMethod>(&route)) co_return co_await reply_wrong_method(exchange, wrong->allowed);
  if (const auto* unknown = std::get_if<UnknownPath>(&route)) {
    Error missing{ErrorCode::kNotFound, unknown->message, {}};
    co_return co_await reply_shared_error(exchange, std::move(missing));
  }
  const RouteMatch match = std::get<RouteMatch>(route);
  if (is_public(match.endpoint)) co_return co_await serve_probe(exchange, match.endpoint, deps);
  if (!snapshot) {
    Error starting{ErrorCode::kUnavailable, "gateway: no configuration yet", {}};
    co_return co_await reply_shared_error(exchange, std::move(starting));
  }
  co_await serve_endpoint(exchange, match, caller, snapshot, deps);
}

asio::awaitable<void> serve_admin_request(http::Exchange& exchange, Dependencies& deps) {
  static const ClientAuthentication kDefaults;
  const std::shared_ptr<const Snapshot> snapshot = deps.snapshot;
  const ClientAuthentication& settings = snapshot ? snapshot->client_authentication : kDefaults;
  // Orchestrators ask for it by any name; web pages have no business here.
  if (auto refusal = check_browser_access(exchange.request(), settings, /*on_loopback=*/false)) {
    co_return co_await reply_shared_error(exchange, std::move(*refusal));
  }
  if (exchange.request().path == "/metrics") co_return co_await serve_metrics(exchange, deps);
  const RouteResult route = match_route(exchange.request().method, exchange.request().path);
  if (const auto* match = std::get_if<RouteMatch>(&route); match && is_public(match->endpoint)) {
    co_return co_await serve_probe(exchange, match->endpoint, deps);
  }
  Error missing{ErrorCode::kNotFound, "no such endpoint", {}};
  co_await reply_shared_error(exchange, std::move(missing));
}

}  // namespace balancer::gateway
