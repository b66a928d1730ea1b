#include "gateway/api/request_dispatch.hpp"

#include <algorithm>

#include "common/error/http_error.hpp"
#include "common/http/browser_guard.hpp"
#include "common/http/loop_guard.hpp"
#include "gateway/api/count_tokens.hpp"
#include "gateway/api/messages.hpp"
#include "gateway/api/models.hpp"
#include "gateway/api/probes.hpp"
#include "gateway/api/providers.hpp"
#include "gateway/api/reply.hpp"
#include "gateway/api/request_notes.hpp"
#include "gateway/http/client_authentication.hpp"
#include "gateway/http/route_table.hpp"
#include "gateway/metrics/metric_labels.hpp"

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
  head.add("content-type", metrics::kExpositionType);
  const std::string text = deps.metrics.exposition();
  co_await exchange.respond(head, text);
}

Error no_configuration() { return {ErrorCode::kUnavailable, "gateway: no configuration yet", {}}; }

asio::awaitable<void> serve_probe(http::Exchange& exchange, Endpoint endpoint, Dependencies& deps) {
  switch (endpoint) {
    case Endpoint::kServiceInfo: return serve_service_info(exchange, deps);
    case Endpoint::kHealth: return serve_health(exchange, deps);
    case Endpoint::kLive: return serve_live(exchange);
    case Endpoint::kReady: return serve_ready(exchange, deps);
    default: return serve_hello(exchange);
  }
}

// `record` lives until completion.
asio::awaitable<void> serve_endpoint(http::Exchange& exchange, const RouteMatch& match,
                                     const std::shared_ptr<RequestRecord>& record, Dependencies& deps) {
  const Snapshot& snapshot = *record->snapshot;
  switch (match.endpoint) {
    case Endpoint::kMessages: return serve_messages(exchange, record, record->snapshot, deps);
    case Endpoint::kCountTokens: return serve_count_tokens(exchange, *record, snapshot, deps);
    case Endpoint::kModelList: return serve_model_list(exchange, snapshot);
    case Endpoint::kModel: return serve_model(exchange, match.model_id, snapshot);
    case Endpoint::kProviders: return serve_providers(exchange, deps);
    case Endpoint::kReloadProviders: return serve_reload(exchange, deps);
    default: return serve_probe(exchange, match.endpoint, deps);
  }
}

// Says so in the record, and to whoever speaks either dialect.
asio::awaitable<void> refuse(http::Exchange& exchange, RequestRecord& record, Error error) {
  record.outcome = routing::AttemptOutcome::kRequestFault;
  record.error = error.message;
  co_await reply_shared_error(exchange, std::move(error));
}

// Clients would take the status for a failure that passes.
asio::awaitable<void> refuse_loop(http::Exchange& exchange, RequestRecord& record, Error error) {
  record.outcome = routing::AttemptOutcome::kRequestFault;
  record.error = error.message;
  FinalAnswer answer{std::move(error), std::nullopt, /*should_retry=*/false};
  const AttemptSummary nobody_asked{.last_provider = {}, .attempt_count = 0, .diagnostic_headers = false};
  co_await reply_final(exchange, std::move(answer), nobody_asked);
}

// Before anything of the body was read.
asio::awaitable<void> shed(http::Exchange& exchange, RequestRecord& record) {
  Error error{ErrorCode::kOverloaded, "gateway: as many requests are under way as may be at once", {}};
  note_shed(record, ShedReason::kInFlight, error);
  co_await reply_error(exchange, std::move(error));
}

asio::awaitable<void> answer_request(http::Exchange& exchange, const RouteResult& route,
                                     std::shared_ptr<RequestRecord> record, Dependencies& deps) {
  const Snapshot* const snapshot = record->snapshot.get();
  const http::RequestHead& request = exchange.request();
  static const ClientAuthentication kNobodyYet;
  const ClientAuthentication& authentication = snapshot ? snapshot->client_authentication : kNobodyYet;

  if (auto refusal = http::check_browser_access(request, authentication.allowed_hosts, deps.on_loopback)) {
    co_return co_await refuse(exchange, *record, std::move(*refusal));
  }
  if (!needs_no_key(route, request, snapshot)) {
    if (snapshot == nullptr) co_return co_await refuse(exchange, *record, no_configuration());
    Result<ClientIdentity> identity = authenticate_client(request.fields, authentication);
    if (!identity) co_return co_await refuse(exchange, *record, identity.error());
    record->caller = std::move(identity->name);
  }
  if (const auto* wrong = std::get_if<WrongMethod>(&route)) co_return co_await reply_wrong_method(exchange, wrong->allowed);
  if (const auto* unknown = std::get_if<UnknownPath>(&route)) {
    Error missing{ErrorCode::kNotFound, unknown->message, {}};
    co_return co_await refuse(exchange, *record, std::move(missing));
  }
  const RouteMatch match = std::get<RouteMatch>(route);
  if (is_public(match.endpoint)) co_return co_await serve_probe(exchange, match.endpoint, deps);
  if (snapshot == nullptr) co_return co_await refuse(exchange, *record, no_configuration());
  if (auto loop = http::check_loop(request.fields, snapshot->epoch)) {
    co_return co_await refuse_loop(exchange, *record, std::move(*loop));
  }
  const std::optional<Places::Place> place = deps.capacity.in_flight.take();
  if (!place) co_return co_await shed(exchange, *record);
  co_await serve_endpoint(exchange, match, record, deps);
}

// Closes the record however the answer ends.
class Closing {
 public:
  Closing(std::shared_ptr<RequestRecord> record, const http::Exchange& exchange, RequestTelemetry& telemetry)
      : record_(std::move(record)), exchange_(exchange), telemetry_(telemetry) {}
  ~Closing() { telemetry_.close(*record_, exchange_); }
  Closing(const Closing&) = delete;
  Closing& operator=(const Closing&) = delete;

 private:
  const std::shared_ptr<RequestRecord> record_;
  const http::Exchange& exchange_;
  RequestTelemetry& telemetry_;
};

}  // namespace

std::string_view endpoint_label(const RouteResult& route) {
  const auto* const match = std::get_if<RouteMatch>(&route);
  if (match == nullptr) return kOtherLabel;
  switch (match->endpoint) {
    case Endpoint::kMessages: return "messages";
    case Endpoint::kCountTokens: return "count_tokens";
    case Endpoint::kModelList:
    case Endpoint::kModel: return "models";
    case Endpoint::kProviders: return "providers";
    case Endpoint::kReloadProviders: return "reload";
    default: return "probes";
  }
}

asio::awaitable<void> serve_request(http::Exchange& exchange, Dependencies& deps) {
  const RouteResult route = match_route(exchange.request().method, exchange.request().path);
  std::shared_ptr<RequestRecord> record = deps.telemetry.open(exchange, endpoint_label(route));
  // The request keeps the snapshot that it began with.
  record->snapshot = deps.snapshot;
  const Closing closing(record, exchange, deps.telemetry);
  co_await answer_request(exchange, route, std::move(record), deps);
}

asio::awaitable<void> serve_admin_request(http::Exchange& exchange, Dependencies& deps) {
  static const ClientAuthentication kDefaults;
  const std::shared_ptr<const Snapshot> snapshot = deps.snapshot;
  const ClientAuthentication& settings = snapshot ? snapshot->client_authentication : kDefaults;
  // Orchestrators ask for it by any name; web pages have no business here.
  if (auto refusal = http::check_browser_access(exchange.request(), settings.allowed_hosts, /*on_loopback=*/false)) {
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
