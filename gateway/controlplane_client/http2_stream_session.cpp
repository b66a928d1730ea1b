#include "gateway/controlplane_client/http2_stream_session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <new>
#include <string_view>
#include <utility>

namespace balancer::gateway {
namespace {

// Half of it must be taken before the peer is told so: large enough to tell rarely.
constexpr std::uint32_t kWindowBytes = 1024 * 1024;
constexpr std::uint32_t kHeaderListBytes = 16 * 1024;

std::optional<int> parse_number(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// As gRPC's protocol maps them.
grpc::StatusCode code_of_http_status(int status) {
  switch (status) {
    case 400: return grpc::StatusCode::INTERNAL;
    case 401: return grpc::StatusCode::UNAUTHENTICATED;
    case 403: return grpc::StatusCode::PERMISSION_DENIED;
    case 404: return grpc::StatusCode::UNIMPLEMENTED;
    case 429:
    case 502:
    case 503:
    case 504: return grpc::StatusCode::UNAVAILABLE;
    default: return grpc::StatusCode::UNKNOWN;
  }
}

grpc::StatusCode code_of_reset(std::uint32_t error_code) {
  switch (error_code) {
    case NGHTTP2_REFUSED_STREAM: return grpc::StatusCode::UNAVAILABLE;
    case NGHTTP2_CANCEL: return grpc::StatusCode::CANCELLED;
    case NGHTTP2_ENHANCE_YOUR_CALM: return grpc::StatusCode::RESOURCE_EXHAUSTED;
    case NGHTTP2_INADEQUATE_SECURITY: return grpc::StatusCode::PERMISSION_DENIED;
    default: return grpc::StatusCode::INTERNAL;
  }
}

nghttp2_nv field(std::string_view name, std::string_view value) {
  const auto bytes = [](std::string_view text) {
    return const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(text.data()));
  };
  return {bytes(name), bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
}

void require(int result) {
  // Nothing else can go wrong with what is asked for here.
  if (result < 0) throw std::bad_alloc();
}

}  // namespace

// What nghttp2 calls back, from within its own functions.
struct Http2StreamCallbacks {
  static Http2StreamSession& of(void* user_data) { return *static_cast<Http2StreamSession*>(user_data); }

  static int on_frame(nghttp2_session*, const nghttp2_frame* frame, void* user_data) {
    Http2StreamSession& self = of(user_data);
    const nghttp2_frame_hd& head = frame->hd;
    if (head.type == NGHTTP2_SETTINGS && (head.flags & NGHTTP2_FLAG_ACK) == 0 && !self.introduced()) self.start_request();
    if (head.type == NGHTTP2_GOAWAY) self.hear_goaway(frame->goaway);
    if (self.stream_id_ == 0 || head.stream_id != self.stream_id_) return 0;
    const bool has_fields = head.type == NGHTTP2_HEADERS;
    if (has_fields) self.hear_head();
    if ((has_fields || head.type == NGHTTP2_DATA) && (head.flags & NGHTTP2_FLAG_END_STREAM) != 0) {
      self.hear_end_of_response();
    }
    return 0;
  }

  static int on_invalid_frame(nghttp2_session*, const nghttp2_frame*, int error, void* user_data) {
    of(user_data).finish(grpc::StatusCode::INTERNAL, nghttp2_strerror(error));
    return 0;
  }

  static int on_header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name, std::size_t name_size,
                       const std::uint8_t* value, std::size_t value_size, std::uint8_t, void* user_data) {
    Http2StreamSession& self = of(user_data);
    if (frame->hd.stream_id != self.stream_id_) return 0;
    self.hear_header({reinterpret_cast<const char*>(name), name_size}, {reinterpret_cast<const char*>(value), value_size});
    return 0;
  }

  static int on_data(nghttp2_session*, std::uint8_t, std::int32_t stream_id, const std::uint8_t* bytes, std::size_t size,
                     void* user_data) {
    Http2StreamSession& self = of(user_data);
    if (stream_id == self.stream_id_) self.hear_body({bytes, size});
    return 0;
  }

  static int on_close(nghttp2_session*, std::int32_t stream_id, std::uint32_t error_code, void* user_data) {
    Http2StreamSession& self = of(user_data);
    if (stream_id == self.stream_id_) self.hear_close(error_code);
    return 0;
  }

  static ssize_t read_body(nghttp2_session*, std::int32_t, std::uint8_t* buffer, std::size_t size, std::uint32_t*,
                           nghttp2_data_source*, void* user_data) {
    Http2StreamSession& self = of(user_data);
    const std::size_t count = std::min(size, self.unsent_body_.size());
    if (count == 0) return NGHTTP2_ERR_DEFERRED;
    std::memcpy(buffer, self.unsent_body_.data(), count);
    self.unsent_body_ = self.unsent_body_.subspan(count);
    return static_cast<ssize_t>(count);
  }

  static const nghttp2_session_callbacks* table() {
    static const nghttp2_session_callbacks* const made = [] {
      nghttp2_session_callbacks* callbacks = nullptr;
      require(nghttp2_session_callbacks_new(&callbacks));
      nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
      nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(callbacks, on_invalid_frame);
      nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
      nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
      nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
      return callbacks;
    }();
    return made;
  }
};

Http2StreamSession::Http2StreamSession(const Request& request, OnBody on_body)
    : request_(request), on_body_(std::move(on_body)) {
  nghttp2_session* session = nullptr;
  require(nghttp2_session_client_new(&session, Http2StreamCallbacks::table(), this));
  session_.reset(session);
  const std::array<nghttp2_settings_entry, 3> settings{{{NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
                                                        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, kWindowBytes},
                                                        {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, kHeaderListBytes}}};
  require(nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, settings.data(), settings.size()));
  require(nghttp2_session_set_local_window_size(session, NGHTTP2_FLAG_NONE, 0, kWindowBytes));
}

void Http2StreamSession::start_request() {
  const std::array<nghttp2_nv, 7> fields{field(":method", "POST"),
                                         field(":scheme", "http"),
                                         field(":path", request_.path),
                                         field(":authority", request_.authority),
                                         field("te", "trailers"),
                                         field("content-type", "application/grpc"),
                                         field("user-agent", "balancer-gateway/" BALANCER_VERSION)};
  nghttp2_data_provider body{};
  body.read_callback = Http2StreamCallbacks::read_body;
  stream_id_ = nghttp2_submit_request(session_.get(), nullptr, fields.data(), fields.size(), &body, nullptr);
  if (stream_id_ < 0) finish(grpc::StatusCode::INTERNAL, nghttp2_strerror(stream_id_));
}

void Http2StreamSession::receive(Bytes bytes) {
  if (end_) return;
  const ssize_t taken = nghttp2_session_mem_recv(session_.get(), bytes.data(), bytes.size());
  if (taken < 0) finish(grpc::StatusCode::UNAVAILABLE, nghttp2_strerror(static_cast<int>(taken)));
  finish_if_closing();
}

void Http2StreamSession::produce(std::vector<std::uint8_t>& output) {
  for (;;) {
    const std::uint8_t* bytes = nullptr;
    const ssize_t size = nghttp2_session_mem_send(session_.get(), &bytes);
    if (size < 0) finish(grpc::StatusCode::INTERNAL, nghttp2_strerror(static_cast<int>(size)));
    if (size <= 0) break;
    output.insert(output.end(), bytes, bytes + size);
  }
  finish_if_closing();
}

void Http2StreamSession::send(Bytes body_part) {
  unsent_body_ = body_part;
  // Fails when nothing is deferred, and then nothing is needed.
  if (introduced()) static_cast<void>(nghttp2_session_resume_data(session_.get(), stream_id_));
}

void Http2StreamSession::ping() { require(nghttp2_submit_ping(session_.get(), NGHTTP2_FLAG_NONE, nullptr)); }

void Http2StreamSession::cancel() {
  if (end_) return;
  if (introduced()) {
    require(nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, stream_id_, NGHTTP2_CANCEL));
  }
  finish(grpc::StatusCode::CANCELLED, "cancelled here");
}

void Http2StreamSession::hear_header(std::string_view name, std::string_view value) {
  if (name == ":status") {
    http_status_ = parse_number(value);
  } else if (name == "content-type") {
    is_grpc_ = value.starts_with("application/grpc");
  } else if (name == "grpc-status") {
    grpc_status_ = parse_number(value);
    // Whatever else it says, it does not say that all is well.
    if (!grpc_status_ || *grpc_status_ < 0 || *grpc_status_ > 16) grpc_status_ = grpc::StatusCode::UNKNOWN;
  }
}

void Http2StreamSession::hear_head() {
  const int status = http_status_.value_or(0);
  // More follows a 1xx.
  if (status >= 100 && status < 200) return;
  if (status != 200) {
    finish(code_of_http_status(status), fmt::format("HTTP status {}", status));
  } else if (!is_grpc_) {
    finish(grpc::StatusCode::UNKNOWN, "the answer is not gRPC");
  }
}

void Http2StreamSession::hear_body(Bytes part) {
  if (end_) return;
  if (auto refusal = on_body_(part)) finish(refusal->error_code(), refusal->error_message());
}

// Streams may go on after a friendly GOAWAY, and the peer resets those that it does not take.
void Http2StreamSession::hear_goaway(const nghttp2_goaway& frame) {
  if (frame.error_code == NGHTTP2_NO_ERROR) return;
  finish(grpc::StatusCode::UNAVAILABLE, fmt::format("GOAWAY {}", nghttp2_http2_strerror(frame.error_code)));
}

void Http2StreamSession::hear_close(std::uint32_t error_code) {
  finish(code_of_reset(error_code), fmt::format("stream reset: {}", nghttp2_http2_strerror(error_code)));
}

void Http2StreamSession::hear_end_of_response() {
  if (!grpc_status_) {
    finish(grpc::StatusCode::UNKNOWN, "the stream ended without a gRPC status");
  } else {
    finish(static_cast<grpc::StatusCode>(*grpc_status_), "ended by the control plane");
  }
}

void Http2StreamSession::finish(grpc::StatusCode code, std::string reason) {
  if (!end_) end_.emplace(code, std::move(reason));
}

void Http2StreamSession::finish_if_closing() {
  if (!end_ && nghttp2_session_want_read(session_.get()) == 0) {
    finish(grpc::StatusCode::UNAVAILABLE, "the connection is of no more use");
  }
}

}  // namespace balancer::gateway
