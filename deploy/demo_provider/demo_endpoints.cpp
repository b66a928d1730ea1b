#include "deploy/demo_provider/demo_endpoints.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "common/error/http_error.hpp"
#include "deploy/demo_provider/anthropic_answer.hpp"
#include "deploy/demo_provider/anthropic_request.hpp"
#include "deploy/demo_provider/demo_answer.hpp"
#include "deploy/demo_provider/demo_models.hpp"
#include "deploy/demo_provider/demo_tokens.hpp"
#include "deploy/demo_provider/openai_answer.hpp"
#include "deploy/demo_provider/openai_request.hpp"

namespace balancer::demo {
namespace {

constexpr std::size_t kMaxBodyBytes = 32 * 1024 * 1024;
// Slow enough to see that it streams.
constexpr std::chrono::milliseconds kBetweenWords{25};

http::ResponseHead head_of(http::Exchange& exchange, int status, std::string_view content_type) {
  http::ResponseHead head(status);
  head.add("content-type", content_type);
  head.add("request-id", exchange.request_id());
  head.add("x-demo-provider", "made-up answers and token counts");
  return head;
}

asio::awaitable<void> reply(http::Exchange& exchange, int status, std::string body) {
  const http::ResponseHead head = head_of(exchange, status, "application/json");
  co_await exchange.respond(head, body);
}

using ErrorWriter = std::string (*)(const Error& error, std::string_view request_id);

// How one dialect reads and writes.
struct Dialect {
  Result<DemoRequest> (*read)(std::string_view body);
  std::string (*write_whole)(const DemoRequest& request, const DemoAnswer& answer, std::string_view id);
  std::vector<std::string> (*write_stream)(const DemoRequest& request, const DemoAnswer& answer, std::string_view id);
  ErrorWriter write_error;
};

std::string write_openai_error(const Error& error, std::string_view) { return openai_error_body(error); }

constexpr Dialect kAnthropic{read_anthropic_request, anthropic_message, anthropic_events, anthropic_error_body};
constexpr Dialect kOpenai{read_openai_request, openai_completion, openai_chunks, write_openai_error};

asio::awaitable<void> refuse(http::Exchange& exchange, ErrorWriter write_error, const Error& error) {
  co_await reply(exchange, http_form(error.code).status, write_error(error, exchange.request_id()));
}

// The request in the body; nothing when it was refused.
asio::awaitable<std::optional<DemoRequest>> receive(http::Exchange& exchange, const Dialect& dialect) {
  const Result<http::RequestBody> body = co_await exchange.read_body(kMaxBodyBytes);
  if (!body) {
    co_await refuse(exchange, dialect.write_error, body.error());
    co_return std::nullopt;
  }
  Result<DemoRequest> request = dialect.read(body->view());
  if (!request) {
    co_await refuse(exchange, dialect.write_error, request.error());
    co_return std::nullopt;
  }
  co_return std::move(*request);
}

asio::awaitable<void> stream(http::Exchange& exchange, const std::vector<std::string>& events) {
  http::ResponseHead head = head_of(exchange, 200, "text/event-stream; charset=utf-8");
  head.add("cache-control", "no-cache");
  exchange.begin_stream(head);
  asio::steady_timer pause(co_await asio::this_coro::executor);
  for (const std::string& event : events) {
    if (!co_await exchange.write_piece(event)) co_return;
    pause.expires_after(kBetweenWords);
    co_await pause.async_wait(kAwaitTuple);
  }
  co_await exchange.finish_stream();
}

asio::awaitable<void> serve_answer(http::Exchange& exchange, const Dialect& dialect) {
  const std::optional<DemoRequest> request = co_await receive(exchange, dialect);
  if (!request) co_return;
  const DemoAnswer answer = decide_answer(*request);
  if (request->stream) {
    const std::vector<std::string> events = dialect.write_stream(*request, answer, exchange.request_id());
    co_await stream(exchange, events);
  } else {
    co_await reply(exchange, 200, dialect.write_whole(*request, answer, exchange.request_id()));
  }
}

asio::awaitable<void> serve_messages(http::Exchange& exchange) { co_await serve_answer(exchange, kAnthropic); }

asio::awaitable<void> serve_chat_completions(http::Exchange& exchange) { co_await serve_answer(exchange, kOpenai); }

asio::awaitable<void> serve_token_count(http::Exchange& exchange) {
  const std::optional<DemoRequest> request = co_await receive(exchange, kAnthropic);
  if (!request) co_return;
  co_await reply(exchange, 200, fmt::format(R"({{"input_tokens":{}}})", input_tokens(*request)));
}

asio::awaitable<void> serve_models(http::Exchange& exchange) { co_await reply(exchange, 200, demo_models()); }

struct Route {
  std::string_view path;
  std::string_view method;
  ErrorWriter write_error;
  asio::awaitable<void> (*serve)(http::Exchange& exchange);
};

constexpr std::array kRoutes{
    Route{"/v1/messages", "POST", kAnthropic.write_error, serve_messages},
    Route{"/v1/messages/count_tokens", "POST", kAnthropic.write_error, serve_token_count},
    Route{"/v1/chat/completions", "POST", kOpenai.write_error, serve_chat_completions},
    Route{"/chat/completions", "POST", kOpenai.write_error, serve_chat_completions},
    Route{"/v1/models", "GET", shared_error_body, serve_models},
    Route{"/models", "GET", shared_error_body, serve_models},
};

}  // namespace

asio::awaitable<void> serve_demo(http::Exchange& exchange) {
  const http::RequestHead& request = exchange.request();
  const auto route = std::find_if(kRoutes.begin(), kRoutes.end(),
                                  [&](const Route& known) { return known.path == request.path; });
  if (route == kRoutes.end()) {
    const Error error{ErrorCode::kNotFound, "the demo provider has no such path", {}};
    co_await refuse(exchange, shared_error_body, error);
  } else if (request.method == route->method || (request.method == "HEAD" && route->method == "GET")) {
    co_await route->serve(exchange);
  } else {
    const Error error{ErrorCode::kMethodNotAllowed, "the demo provider does not do that here", {}};
    co_await refuse(exchange, route->write_error, error);
  }
}

}  // namespace balancer::demo
