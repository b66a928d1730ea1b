#include "gateway/api/receive_request.hpp"

#include "gateway/http/content_decoding.hpp"

namespace balancer::gateway {
namespace {

constexpr std::size_t kMaxBodyBytes = 32 * 1024 * 1024;

asio::awaitable<Result<ReceivedRequest>> receive(http::Exchange& exchange, RequestRecord& record, Dependencies& deps) {
  const TimerWheel::TimePoint began = deps.wheel.now();
  Result<http::RequestBody> received = co_await exchange.read_body(kMaxBodyBytes);
  record.reading = std::chrono::duration_cast<microseconds>(deps.wheel.now() - began);
  if (!received) co_return received.error();
  Result<http::RequestBody> body =
      decode_content(std::move(*received), exchange.request().header("content-encoding"), kMaxBodyBytes);
  if (!body) co_return body.error();
  Result<MessagesRequest> message = scan_messages_request(body->view(), deps.scanner);
  if (!message) co_return message.error();
  record.model = message->model;
  record.stream = message->stream;
  co_return ReceivedRequest{std::move(*body), std::move(*message)};
}

}  // namespace

asio::awaitable<Result<ReceivedRequest>> receive_request(http::Exchange& exchange, RequestRecord& record,
                                                         Dependencies& deps) {
  Result<ReceivedRequest> received = co_await receive(exchange, record, deps);
  if (!received) {
    record.outcome = routing::AttemptOutcome::kRequestFault;
    record.error = received.error().message;
  }
  co_return received;
}

}  // namespace balancer::gateway
