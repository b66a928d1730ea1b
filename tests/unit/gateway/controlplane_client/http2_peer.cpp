#include "tests/unit/gateway/controlplane_client/http2_peer.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <stdexcept>

namespace balancer::gateway {
namespace http2 {
namespace {

std::string number(std::uint32_t value, int bytes) {
  std::string text;
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) text.push_back(static_cast<char>(value >> shift));
  return text;
}

}  // namespace

std::uint32_t to_number(std::string_view bytes) {
  std::uint32_t value = 0;
  for (const char byte : bytes) value = (value << 8) | static_cast<std::uint8_t>(byte);
  return value;
}

std::string encode(const Frame& frame) {
  return number(static_cast<std::uint32_t>(frame.payload.size()), 3) + number(frame.type, 1) + number(frame.flags, 1) +
         number(frame.stream, 4) + frame.payload;
}

std::string settings(std::initializer_list<std::pair<std::uint16_t, std::uint32_t>> entries) {
  std::string payload;
  for (const auto& [name, value] : entries) payload += number(name, 2) + number(value, 4);
  return encode({kSettings, 0, 0, payload});
}

std::string headers(const Fields& fields, std::uint8_t flags) {
  std::string payload;
  // Literals that are neither compressed nor remembered.
  for (const auto& [name, value] : fields) {
    payload += number(0, 1) + number(static_cast<std::uint32_t>(name.size()), 1) + std::string(name) +
               number(static_cast<std::uint32_t>(value.size()), 1) + std::string(value);
  }
  return encode({kHeaders, flags, kStream, payload});
}

std::string data(std::string payload) { return encode({kData, 0, kStream, std::move(payload)}); }

std::string reset(std::uint32_t error_code) { return encode({kReset, 0, kStream, number(error_code, 4)}); }

std::string goaway(std::uint32_t last_stream, std::uint32_t error_code) {
  return encode({kGoaway, 0, 0, number(last_stream, 4) + number(error_code, 4)});
}

std::string window_update(std::uint32_t stream, std::uint32_t size) {
  return encode({kWindowUpdate, 0, stream, number(size, 4)});
}

std::string message(std::string_view content, char compressed) {
  return std::string(1, compressed) + number(static_cast<std::uint32_t>(content.size()), 4) + std::string(content);
}

std::string good_head() { return headers({{":status", "200"}, {"content-type", "application/grpc"}}); }

}  // namespace http2

namespace {

void set_patience(int socket) {
  const timeval patience{20, 0};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
}

}  // namespace

Http2Peer::Http2Peer() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_, generic, size) != 0 || ::listen(listener_, 4) != 0 ||
      ::getsockname(listener_, generic, &size) != 0) {
    throw std::runtime_error("cannot listen on 127.0.0.1");
  }
  port_ = ntohs(address.sin_port);
  set_patience(listener_);
}

Http2Peer::~Http2Peer() { close(); }

void Http2Peer::close() {
  for (int* const socket : {&connection_, &listener_}) {
    if (*socket >= 0) ::close(*socket);
    *socket = -1;
  }
}

void Http2Peer::accept() {
  connection_ = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  set_patience(connection_);
  const int on = 1;
  ::setsockopt(connection_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

bool Http2Peer::is_greeted() {
  constexpr std::string_view kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  return read_bytes(kPreface.size()) == kPreface;
}

void Http2Peer::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(connection_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void Http2Peer::send_bytewise(std::string_view bytes) {
  for (const char& byte : bytes) send({&byte, 1});
}

std::optional<std::string> Http2Peer::read_bytes(std::size_t size) {
  std::string bytes(size, '\0');
  if (size > 0 && ::recv(connection_, bytes.data(), size, MSG_WAITALL) != static_cast<ssize_t>(size)) return std::nullopt;
  return bytes;
}

std::optional<http2::Frame> Http2Peer::read() {
  const auto head = read_bytes(9);
  if (!head) return std::nullopt;
  const std::string_view bytes = *head;
  http2::Frame frame{static_cast<std::uint8_t>(bytes[3]), static_cast<std::uint8_t>(bytes[4]),
                     http2::to_number(bytes.substr(5)), {}};
  auto payload = read_bytes(http2::to_number(bytes.substr(0, 3)));
  if (!payload) return std::nullopt;
  frame.payload = std::move(*payload);
  return frame;
}

std::optional<http2::Frame> Http2Peer::read(http2::FrameType type) {
  auto frame = read();
  while (frame && frame->type != type) frame = read();
  return frame;
}

std::string Http2Peer::read_body(std::size_t size) {
  std::string body;
  while (body.size() < size) {
    auto frame = read(http2::kData);
    if (!frame) break;
    body += frame->payload;
  }
  return body;
}

}  // namespace balancer::gateway
