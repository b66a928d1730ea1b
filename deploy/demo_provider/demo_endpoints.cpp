#include "deploy/demo_provider/demo_endpoints.hpp"

#include <fmt/format.h>

#include <chrono>
#include <string>

#include "common/error/http_error.hpp"
#include "deploy/demo_provider/demo_message.hpp"

namespace balancer::demo {
namespace {

constexpr std::size_t kMaxBodyBytes = 32 * 1024 * 1024;
// Slow enough to see that it streams.
constexpr std::chrono::milliseconds kBetweenWords{25};

http::ResponseHead head_of(http::Exchange& exchange, int status, std::string_view content_type) {
  http::ResponseHead head(status);
  head.add("content-type", content_type);
  head.add("request-id", exchange.request_id());
  head.add("x-demo-provider", "token counts are bytes divided by four");
  return head;
}

asio::awaitable<void> reply(http::Exchange& exchange, int status, std::string body) {
  const http::ResponseHead head = head_of(exchange, status, "application/json");
  co_await exchange.respond(head, body);
}

asio::awaitable<void> refuse(http::Exchange& exchange, const Error& error) {
  co_await reply(exchange, http_form(error.code).status, anthropic_error_body(error, exchange.request_id()));
}

asio::awaitable<void> stream_message(http::Exchange& exchange, const DemoRequest& request, std::string id) {
  http::ResponseHead head = head_of(exchange, 200, "text/event-stream; charset=utf-8");
  head.add("cache-control", "no-cache");
  exchange.begin_stream(head);
  asio::steady_timer pause(co_await asio::this_coro::executor);
  for (const std::string& event : demo_events(request, id)) {
    if (!co_await exchange.write_piece(event)) co_return;
    pause.expires_after(kBetweenWords);
    co_await pause.async_wait(kAwaitTuple);
  }
  co_await exchange.finish_stream();
}

asio::awaitable<void> serve_post(http::Exchange& exchange, bool count_only) {
  const Result<http::RequestBody> body = co_await exchange.read_body(kMaxBodyBytes);
  if (!body) {
    co_await refuse(exchange, body.error());
    co_return;
  }
  const Result<DemoRequest> request = read_demo_request(body->view());
  if (!request) {
    co_await refuse(exchange, request.error());
    co_return;
  }
  const std::string id = fmt::format("msg_demo_{}", exchange.request_id());
  if (count_only) {
    co_await reply(exchange, 200, fmt::format(R"({{"input_tokens":{}}})", rough_token_count(*request)));
  } else if (request->stream) {
    co_await stream_message(exchange, *request, id);
  } else {
    co_await reply(exchange, 200, demo_message(*request, id));
  }
}

}  // namespace

asio::awaitable<void> serve_demo(http::Exchange& exchange) {
  const http::RequestHead& request = exchange.request();
  const bool messages = request.path == "/v1/messages";
  const bool count_tokens = request.path == "/v1/messages/count_tokens";
  const bool models = request.path == "/v1/models";
  if (!messages && !count_tokens && !models) {
    const Error error{ErrorCode::kNotFound, "the demo provider has no such path", {}};
    co_await refuse(exchange, error);
  } else if (models && (request.method == "GET" || request.method == "HEAD")) {
    co_await reply(exchange, 200, demo_models());
  } else if (!models && request.method == "POST") {
    co_await serve_post(exchange, count_tokens);
  } else {
    const Error error{ErrorCode::kMethodNotAllowed, "the demo provider does not do that here", {}};
    co_await refuse(exchange, error);
  }
}

}  // namespace balancer::demo
