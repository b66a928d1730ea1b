#include "common/http/turned_away.hpp"

#include <array>
#include <string>
#include <utility>

#include "common/error/http_error.hpp"
#include "common/http/client_socket.hpp"
#include "common/http/request_id.hpp"
#include "common/http/response_head.hpp"

namespace balancer::http {
namespace {

// A new socket's buffer takes the whole answer: nothing waits for the client.
constexpr std::chrono::milliseconds kNoWait{0};
constexpr std::chrono::milliseconds kHandshake{1'000};

std::string answer_head(const std::string& request_id, std::size_t body_size) {
  ResponseHead head(http_form(ErrorCode::kOverloaded).status);
  head.add("content-type", "application/json");
  head.add("request-id", request_id);
  head.add("x-request-id", request_id);
  head.add("retry-after", "1");
  return status_line(head.status()) + head.field_lines() + "content-length: " + std::to_string(body_size) +
         "\r\nconnection: close\r\n\r\n";
}

}  // namespace

asio::awaitable<void> turn_away(asio::ip::tcp::socket socket, TimerWheel& wheel, std::size_t drain_bytes,
                                const tls::ServerIdentity* tls) {
  ClientSocket client(std::move(socket), wheel, kNoWait);
  bool secure = true;
  if (tls != nullptr) secure = co_await client.start_tls(*tls, kHandshake);
  if (!secure) co_return;
  const std::string request_id = make_request_id();
  const Error error{ErrorCode::kOverloaded, "gateway: too many connections are open", {}};
  const std::string body = shared_error_body(error, request_id);
  const std::string head = answer_head(request_id, body.size());
  std::array<asio::const_buffer, 2> buffers{asio::buffer(head), asio::buffer(body)};
  std::span<asio::const_buffer> unsent(buffers);
  if (client.send_now(unsent)) co_await client.linger(drain_bytes);
  client.close();
}

}  // namespace balancer::http
