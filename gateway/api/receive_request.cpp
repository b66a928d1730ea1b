#include "gateway/api/receive_request.hpp"

#include "gateway/http/content_decoding.hpp"

namespace balancer::gateway {
namespace {

constexpr std::size_t kMaxBodyBytes = 32 * 1024 * 1024;

}  // namespace

asio::awaitable<Result<ReceivedRequest>> receive_request(http::Exchange& exchange, Dependencies& deps) {
  Result<http::RequestBody> received = co_await exchange.read_body(kMaxBodyBytes);
  if (!received) co_return received.error();
  Result<http::RequestBody> body =
      decode_content(std::move(*received), exchange.request().header("content-encoding"), kMaxBodyBytes);
  if (!body) co_return body.error();
  Result<MessagesRequest> message = scan_messages_request(body->view(), deps.scanner);
  if (!message) co_return message.error();
  co_return ReceivedRequest{std::move(*body), std::move(*message)};
}

}  // namespace balancer::gateway
