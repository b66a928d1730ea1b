#include "gateway/api/reply.hpp"

#include "common/error/http_error.hpp"

namespace balancer::gateway {
namespace {

http::ResponseHead json_head(int status, const http::Exchange& exchange) {
  http::ResponseHead head = make_head(status, exchange.request_id());
  head.add("content-type", kJsonType);
  return head;
}

}  // namespace

http::ResponseHead make_head(int status, std::string_view request_id) {
  http::ResponseHead head(status);
  head.add("request-id", request_id);
  head.add("x-request-id", request_id);
  return head;
}

asio::awaitable<void> reply_error(http::Exchange& exchange, Error error) {
  const std::string body = anthropic_error_body(error, exchange.request_id());
  http::ResponseHead head = json_head(http_form(error.code).status, exchange);
  // Clients wait and try again only when they are told that this helps.
  if (error.code == ErrorCode::kOverloaded) head.add("retry-after", "1");
  co_await exchange.respond(head, body);
}

asio::awaitable<void> reply_shared_error(http::Exchange& exchange, Error error) {
  const std::string body = shared_error_body(error, exchange.request_id());
  const http::ResponseHead head = json_head(http_form(error.code).status, exchange);
  co_await exchange.respond(head, body);
}

asio::awaitable<void> reply_final(http::Exchange& exchange, FinalAnswer answer, AttemptSummary summary) {
  const std::string body = anthropic_error_body(answer.error, exchange.request_id());
  http::ResponseHead head = json_head(http_form(answer.error.code).status, exchange);
  if (!summary.last_provider.empty()) head.add("x-provider-used", summary.last_provider);
  if (summary.diagnostic_headers) head.add("x-balancer-attempts", std::to_string(summary.attempt_count));
  if (answer.retry_after) head.add("retry-after", std::to_string(*answer.retry_after));
  if (answer.should_retry) head.add("x-should-retry", *answer.should_retry ? "true" : "false");
  co_await exchange.respond(head, body);
}

asio::awaitable<void> end_lagging_stream(http::Exchange& exchange) {
  // Where its stream was cut is unknown: a blank line ends whatever event that was.
  std::string event = "\n\nevent: error\ndata: ";
  event += anthropic_error_body("api_error", "gateway: the stream was read too slowly", exchange.request_id());
  event += "\n\n";
  const bool sent = co_await exchange.write_piece(event);
  if (sent) co_await exchange.finish_stream();
}

asio::awaitable<void> reply_json(http::Exchange& exchange, int status, std::string body) {
  const http::ResponseHead head = json_head(status, exchange);
  co_await exchange.respond(head, body);
}

}  // namespace balancer::gateway
