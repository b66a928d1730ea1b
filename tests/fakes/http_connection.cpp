#include "tests/fakes/http_connection.hpp"

#include <charconv>
#include <utility>

namespace balancer::fakes {
namespace {

using Status = MessageReader::Status;

[[noreturn]] void fail(const std::string& what, const ClientOptions& options) {
  throw ConversationError("test client of 127.0.0.1:" + std::to_string(options.port) + ": " + what);
}

// Leaves only what a caller can deal with: kMore, kEnd, and a connection that ended.
Status checked(Status status, const char* while_doing, const ClientOptions& options) {
  if (status == Status::kTimedOut) {
    fail(std::string(while_doing) + ": not done within " + std::to_string(options.deadline.count()) + " ms", options);
  }
  if (status == Status::kMalformed) fail(std::string(while_doing) + ": not HTTP/1.1", options);
  return status;
}

HttpResponse response_of(MessageHead head, const ClientOptions& options) {
  HttpResponse response;
  const std::string& line = head.start_line;
  const bool plausible = line.starts_with("HTTP/1.") && line.size() >= 12;
  const char* const digits = line.data() + 9;
  if (!plausible || std::from_chars(digits, digits + 3, response.status).ptr != digits + 3) {
    fail("bad status line \"" + line + '"', options);
  }
  if (line.size() > 13) response.reason = line.substr(13);
  response.headers = std::move(head.fields);
  return response;
}

}  // namespace

HttpConnection::HttpConnection(ClientOptions options)
    : options_(std::move(options)),
      socket_(std::make_unique<Socket>(
          Socket::connect(options_.port, std::chrono::steady_clock::now() + options_.deadline))),
      reader_(*socket_) {
  if (!options_.tls) return;
  if (socket_->start_tls(*options_.tls, limits()) != IoStatus::kReady) {
    fail("TLS handshake: " + socket_->tls().failure(), options_);
  }
}

WaitLimits HttpConnection::limits() const { return {std::chrono::steady_clock::now() + options_.deadline, nullptr}; }

void HttpConnection::send_request(std::string_view method, std::string_view target, std::string_view body,
                                  const HeaderFields& headers) {
  std::string message = std::string(method) + ' ' + std::string(target) + " HTTP/1.1\r\n";
  if (!headers.contains("host")) message += "Host: 127.0.0.1:" + std::to_string(options_.port) + "\r\n";
  for (const auto& [name, value] : headers) message += name + ": " + value + "\r\n";
  const bool framed = headers.contains("content-length") || headers.contains("transfer-encoding");
  if (!framed && (!body.empty() || method == "POST")) {
    message += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  }
  message += "\r\n";
  message += body;
  last_method_ = method;
  send_raw(message);
}

void HttpConnection::send_raw(std::string_view bytes) {
  // A server may answer and leave before it has read everything: its answer is still there to be read.
  if (socket_->write_all(bytes, limits()) == IoStatus::kTimedOut) fail("the server does not read", options_);
}

HttpResponse HttpConnection::read_head() {
  const WaitLimits until = limits();
  while (true) {
    MessageReader::Head head = reader_.read_head(until);
    body_complete_ = false;
    if (checked(head.status, "waiting for the answer", options_) != Status::kMore) {
      reader_.begin_body(BodyKind::kNone, 0);
      HttpResponse nothing;
      nothing.raw = reader_.take_raw() + reader_.unread();
      return nothing;
    }
    HttpResponse response = response_of(std::move(head.head), options_);
    if (response.status >= 100 && response.status < 200 && response.status != 101) continue;
    begin_body(response);
    return response;
  }
}

void HttpConnection::begin_body(const HttpResponse& head) {
  const std::optional<std::string> length = head.headers.value("content-length");
  const bool tunnel = last_method_ == "CONNECT" && head.status == 200;
  const bool bodiless = last_method_ == "HEAD" || head.status == 101 || head.status == 204 || head.status == 304;
  if (tunnel || bodiless) return reader_.begin_body(BodyKind::kNone, 0);
  if (head.headers.contains("transfer-encoding")) return reader_.begin_body(BodyKind::kChunked, 0);
  if (!length) return reader_.begin_body(BodyKind::kUntilClose, 0);
  std::size_t bytes = 0;
  if (std::from_chars(length->data(), length->data() + length->size(), bytes).ec != std::errc()) {
    fail("bad Content-Length \"" + *length + '"', options_);
  }
  reader_.begin_body(BodyKind::kLength, bytes);
}

std::string HttpConnection::read_part(const WaitLimits& limits) {
  MessageReader::Part part = reader_.read_body(limits);
  body_complete_ = checked(part.status, "reading the body", options_) == Status::kEnd;
  return std::move(part.bytes);
}

std::string HttpConnection::read_some() { return read_part(limits()); }

std::string HttpConnection::read_until(std::string_view text) {
  const WaitLimits until = limits();
  std::string received;
  while (received.find(text) == std::string::npos) {
    const std::string bytes = read_part(until);
    if (bytes.empty()) break;
    received += bytes;
  }
  return received;
}

HttpResponse HttpConnection::read_response() {
  const WaitLimits until = limits();
  HttpResponse response = read_head();
  if (response.status == 0) return response;
  for (std::string bytes = read_part(until); !bytes.empty(); bytes = read_part(until)) response.body += bytes;
  response.complete = body_complete_;
  response.raw = reader_.take_raw();
  return response;
}

std::string HttpConnection::read_until_close() {
  const WaitLimits until = limits();
  reader_.begin_body(BodyKind::kUntilClose, 0);
  while (!read_part(until).empty()) {
  }
  return reader_.take_raw();
}

HttpResponse HttpConnection::request(std::string_view method, std::string_view target, std::string_view body,
                                     const HeaderFields& headers) {
  send_request(method, target, body, headers);
  return read_response();
}

HttpResponse HttpConnection::get(std::string_view target, const HeaderFields& headers) {
  return request("GET", target, "", headers);
}

HttpResponse HttpConnection::post(std::string_view target, std::string_view body, const HeaderFields& headers) {
  return request("POST", target, body, headers);
}

}  // namespace balancer::fakes
