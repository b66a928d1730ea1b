#include "gateway/api/receive_request.hpp"

#include <algorithm>

#include "gateway/api/request_notes.hpp"
#include "gateway/http/content_decoding.hpp"

namespace balancer::gateway {
namespace {

constexpr std::size_t kMaxBodyBytes = 32 * 1024 * 1024;

Error no_memory_for_decoded() {
  return {ErrorCode::kOverloaded, "gateway: the requests under way leave no memory for the decoded body", {}};
}

asio::awaitable<Result<ReceivedRequest>> receive(http::Exchange& exchange, RequestRecord& record, Dependencies& deps) {
  const TimerWheel::TimePoint began = deps.wheel.now();
  // What would never fit is too large rather than too much at the moment.
  const std::size_t limit = std::min(kMaxBodyBytes, deps.capacity.body_bytes.limit());
  Result<http::RequestBody> received = co_await exchange.read_body(limit);
  record.reading = std::chrono::duration_cast<microseconds>(deps.wheel.now() - began);
  if (!received) co_return received.error();
  Result<http::RequestBody> body =
      decode_content(std::move(*received), exchange.request().header("content-encoding"), limit);
  if (!body) co_return body.error();
  if (!body->count_against(deps.capacity.body_bytes)) co_return no_memory_for_decoded();
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
  if (!received && received.error().code == ErrorCode::kOverloaded) {
    note_shed(record, ShedReason::kBodyMemory, received.error());
  } else if (!received) {
    record.outcome = routing::AttemptOutcome::kRequestFault;
    record.error = received.error().message;
  }
  co_return received;
}

}  // namespace balancer::gateway
