// HTTP/2 as the client of one gRPC stream speaks it: bytes in, bytes out, no I/O.
#pragma once

#include <grpcpp/support/status.h>
#include <nghttp2/nghttp2.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace balancer::gateway {

// The request is made as soon as the peer's settings have come, and has no end. Whatever the peer does, memory stays
// bounded and the worst that happens is the end of the stream.
class Http2StreamSession {
 public:
  using Bytes = std::span<const std::uint8_t>;
  // Called from within receive() with the response's body, part by part. A status ends the stream.
  using OnBody = std::function<std::optional<grpc::Status>(Bytes part)>;

  struct Request {
    std::string authority;
    std::string path;
  };
  Http2StreamSession(const Request& request, OnBody on_body);
  Http2StreamSession(const Http2StreamSession&) = delete;
  Http2StreamSession& operator=(const Http2StreamSession&) = delete;

  // What came from the peer.
  void receive(Bytes bytes);
  // Appends all that may be sent now.
  void produce(std::vector<std::uint8_t>& output);

  // More of the request's body, which must stay where it is while has_unsent_body(); not before the former part is gone.
  void send(Bytes body_part);
  // What was sent last has not all been produced: the peer is not ready for it.
  [[nodiscard]] bool has_unsent_body() const { return !unsent_body_.empty(); }

  // Asks for a sign of life.
  void ping();
  // Tells the peer that nobody waits any more.
  void cancel();

  // Whether the peer has shown that it speaks HTTP/2.
  [[nodiscard]] bool introduced() const { return stream_id_ > 0; }
  // Set when the stream is over.
  [[nodiscard]] const std::optional<grpc::Status>& end() const { return end_; }

 private:
  struct Deleter {
    void operator()(nghttp2_session* session) const { nghttp2_session_del(session); }
  };
  friend struct Http2StreamCallbacks;

  void start_request();
  void hear_header(std::string_view name, std::string_view value);
  void hear_head();
  void hear_body(Bytes part);
  void hear_goaway(const nghttp2_goaway& frame);
  void hear_close(std::uint32_t error_code);
  void hear_end_of_response();
  void finish(grpc::StatusCode code, std::string reason);
  void finish_if_closing();

  const Request request_;
  const OnBody on_body_;
  std::unique_ptr<nghttp2_session, Deleter> session_;
  std::int32_t stream_id_ = 0;
  Bytes unsent_body_;

  // Of the response.
  std::optional<int> http_status_;
  bool is_grpc_ = false;
  std::optional<int> grpc_status_;
  std::optional<grpc::Status> end_;
};

}  // namespace balancer::gateway
