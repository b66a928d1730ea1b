// A server that speaks HTTP/2 by hand, as rightly or wrongly as a test wants.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/net/listen_address.hpp"

namespace balancer::gateway {

namespace http2 {

enum FrameType : std::uint8_t { kData = 0, kHeaders = 1, kReset = 3, kSettings = 4, kPing = 6, kGoaway = 7, kWindowUpdate = 8 };
inline constexpr std::uint8_t kAck = 1;
inline constexpr std::uint8_t kEndStream = 1;
inline constexpr std::uint8_t kEndHeaders = 4;
// The only one that a client opens here.
inline constexpr std::uint32_t kStream = 1;

struct Frame {
  std::uint8_t type = 0;
  std::uint8_t flags = 0;
  std::uint32_t stream = 0;
  std::string payload;
};

using Fields = std::vector<std::pair<std::string_view, std::string_view>>;

[[nodiscard]] std::string encode(const Frame& frame);
[[nodiscard]] std::string settings(std::initializer_list<std::pair<std::uint16_t, std::uint32_t>> entries = {});
[[nodiscard]] std::string headers(const Fields& fields, std::uint8_t flags = kEndHeaders);
[[nodiscard]] std::string data(std::string payload);
[[nodiscard]] std::string reset(std::uint32_t error_code);
[[nodiscard]] std::string goaway(std::uint32_t last_stream, std::uint32_t error_code);
[[nodiscard]] std::string window_update(std::uint32_t stream, std::uint32_t size);
[[nodiscard]] std::uint32_t to_number(std::string_view bytes);
// Of a gRPC body.
[[nodiscard]] std::string message(std::string_view content, char compressed = 0);
// Of a gRPC answer that goes well.
[[nodiscard]] std::string good_head();

}  // namespace http2

// Accepts one connection on a port of its own. Every wait ends after a generous time, as if the client had gone.
class Http2Peer {
 public:
  Http2Peer();
  ~Http2Peer();
  Http2Peer(const Http2Peer&) = delete;
  Http2Peer& operator=(const Http2Peer&) = delete;

  [[nodiscard]] TcpAddress address() const { return {"127.0.0.1", port_}; }

  void accept();
  // Reads the client's preface.
  [[nodiscard]] bool is_greeted();
  void send(std::string_view bytes);
  // Each byte in a packet of its own.
  void send_bytewise(std::string_view bytes);
  // Nothing when the client has gone.
  [[nodiscard]] std::optional<http2::Frame> read();
  // The next frame of that type; others are passed over.
  [[nodiscard]] std::optional<http2::Frame> read(http2::FrameType type);
  // The body of the stream, of whatever frames, until there are so many bytes of it or it stops coming.
  [[nodiscard]] std::string read_body(std::size_t size);
  // Nobody listens any more either.
  void close();

 private:
  [[nodiscard]] std::optional<std::string> read_bytes(std::size_t size);

  int listener_ = -1;
  int connection_ = -1;
  std::uint16_t port_ = 0;
};

}  // namespace balancer::gateway
