// One client connection, driven step by step: for keep-alive, streaming, half-sent requests and rude departures.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "tests/fakes/header_fields.hpp"
#include "tests/fakes/http_response.hpp"
#include "tests/fakes/message_reader.hpp"
#include "tests/fakes/socket.hpp"

namespace balancer::fakes {

struct ClientOptions {
  std::uint16_t port = 0;
  // For each call, from its beginning to its return: a stream that trickles for longer needs a longer one.
  std::chrono::milliseconds deadline = std::chrono::seconds(10);
  // Speaks HTTPS when set.
  std::optional<TlsTrust> tls = std::nullopt;
};

// Every call throws ConversationError when its deadline passes or when what it reads is no HTTP. An answer that breaks
// off is no error: it is returned with complete == false.
class HttpConnection {
 public:
  // Connects. Throws ConversationError.
  explicit HttpConnection(ClientOptions options);
  HttpConnection(HttpConnection&&) = default;
  HttpConnection& operator=(HttpConnection&&) = default;

  // Sends a request and reads the whole answer.
  HttpResponse request(std::string_view method, std::string_view target, std::string_view body = "",
                       const HeaderFields& headers = {});
  HttpResponse get(std::string_view target, const HeaderFields& headers = {});
  HttpResponse post(std::string_view target, std::string_view body, const HeaderFields& headers = {});

  // Adds Host unless given, Content-Length when there is a body or the method is POST (unless the headers frame it
  // themselves), and no other line.
  void send_request(std::string_view method, std::string_view target, std::string_view body = "",
                    const HeaderFields& headers = {});
  void send_raw(std::string_view bytes);

  // The answer without its body; the body follows by read_some(). Interim (1xx) answers are skipped, except 101.
  HttpResponse read_head();
  // The next bytes of the body as they arrive; empty at its end, which body_complete() tells from a broken connection.
  std::string read_some();
  // Reads until the bytes read by this call hold `text`, or the body ends; returns them.
  std::string read_until(std::string_view text);
  [[nodiscard]] bool body_complete() const { return body_complete_; }
  // Head and body.
  HttpResponse read_response();
  // Everything until the server ends the connection, undecoded.
  std::string read_until_close();

  // FIN; RST.
  void close() { socket_->close(); }
  void reset() { socket_->reset(); }

 private:
  // From now on.
  [[nodiscard]] WaitLimits limits() const;
  std::string read_part(const WaitLimits& limits);
  void begin_body(const HttpResponse& head);

  ClientOptions options_;
  // Stays in place when the connection is moved: the reader refers to it.
  std::unique_ptr<Socket> socket_;
  MessageReader reader_;
  std::string last_method_;
  bool body_complete_ = false;
};

}  // namespace balancer::fakes
