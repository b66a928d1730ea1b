#include "gateway/controlplane_client/http2_decide_call.hpp"

#include <google/protobuf/io/coded_stream.h>

#include <boost/asio/local/stream_protocol.hpp>
#include <utility>

namespace balancer::gateway {
namespace {

constexpr std::size_t kMaxMessageBytes = 4 * 1024 * 1024;
constexpr std::chrono::seconds kLookupTimeout{10};

Http2StreamSession::Request request_to(const ListenAddress& control_plane) {
  const bool local = std::holds_alternative<UnixAddress>(control_plane);
  return {.authority = local ? "localhost" : to_string(control_plane),
          .path = "/balancer.controlplane.v1.RoutingService/Decide"};
}

grpc::Status status_of(GrpcMessageSplitter::Refusal refusal) {
  switch (refusal) {
    case GrpcMessageSplitter::Refusal::kCompressed: return {grpc::StatusCode::INTERNAL, "a compressed message"};
    case GrpcMessageSplitter::Refusal::kTooLong: return {grpc::StatusCode::RESOURCE_EXHAUSTED, "a message is too long"};
    case GrpcMessageSplitter::Refusal::kRefusedByReader: break;
  }
  return {grpc::StatusCode::INTERNAL, "a message that cannot be read"};
}

}  // namespace

std::unique_ptr<Http2DecideCall> Http2DecideCall::start(TimerWheel& wheel, const ListenAddress& control_plane, Wake wake,
                                                        const ConnectionPatience& patience) {
  std::unique_ptr<Http2DecideCall> call(new Http2DecideCall(wheel, control_plane, std::move(wake), patience));
  if (const auto* local = std::get_if<UnixAddress>(&control_plane)) {
    call->addresses_.emplace_back(asio::local::stream_protocol::endpoint(local->path));
    call->connect_to_next();
  } else {
    call->look_up(std::get<TcpAddress>(control_plane));
  }
  return call;
}

Http2DecideCall::Http2DecideCall(TimerWheel& wheel, const ListenAddress& control_plane, Wake wake,
                                 const ConnectionPatience& patience)
    : wheel_(wheel),
      patience_(patience),
      request_(request_to(control_plane)),
      wake_(std::make_shared<const Wake>(std::move(wake))),
      resolver_(wheel.context()),
      lookup_timer_(wheel, [this] { end_lookup("the name is not found in time"); }),
      splitter_(kMaxMessageBytes, [this](GrpcMessageSplitter::Bytes message) { return hear_message(message); }) {}

Http2DecideCall::~Http2DecideCall() { cancel_and_wait(); }

void Http2DecideCall::look_up(const TcpAddress& address) {
  boost::system::error_code not_literal;
  const auto literal = asio::ip::make_address(address.host, not_literal);
  if (!not_literal) {
    addresses_.emplace_back(asio::ip::tcp::endpoint(literal, address.port));
    connect_to_next();
    return;
  }
  lookup_timer_.arm_after(kLookupTimeout);
  resolver_.async_resolve(address.host, std::to_string(address.port),
                          [this, alive = std::weak_ptr(wake_)](boost::system::error_code error, const auto& found) {
                            if (!alive.expired()) on_found(error, found);
                          });
}

void Http2DecideCall::on_found(boost::system::error_code error, const asio::ip::tcp::resolver::results_type& found) {
  if (end_) return;
  for (const auto& entry : found) addresses_.emplace_back(entry.endpoint());
  if (error || addresses_.empty()) {
    end_lookup(error.message());
    return;
  }
  lookup_timer_.disarm();
  connect_to_next();
}

void Http2DecideCall::end_lookup(const std::string& reason) {
  lookup_timer_.disarm();
  resolver_.cancel();
  end_.emplace(grpc::StatusCode::UNAVAILABLE, reason);
  asio::post(wheel_.context(), [wake = std::weak_ptr(wake_)] {
    if (const auto called = wake.lock()) (*called)();
  });
}

void Http2DecideCall::connect_to_next() {
  if (connection_) connection_->close();
  const Http2Connection::Endpoint address = addresses_.front();
  addresses_.pop_front();
  connection_ = Http2Connection::open(
      wheel_, patience_, address, request_,
      {.on_body = [this](Http2StreamSession::Bytes part) { return hear_body(part); }, .on_news = [this] { on_news(); }});
  if (!frame_.empty()) connection_->send({reinterpret_cast<const std::uint8_t*>(frame_.data()), frame_.size()});
}

bool Http2DecideCall::try_write(v1::DecideRequest& batch) {
  if (end_ || sending() || (connection_ && connection_->end())) {
    more_waits_ = true;
    return false;
  }
  writing_.Clear();
  writing_.Swap(&batch);
  encode_grpc_frame(writing_, frame_);
  if (connection_) connection_->send({reinterpret_cast<const std::uint8_t*>(frame_.data()), frame_.size()});
  return true;
}

void Http2DecideCall::take(News& news) {
  for (auto& reply : news.replies) {
    reply->reset();
    spare_ = std::move(reply);
  }
  news.replies.clear();
  if (inbox_) news.replies.push_back(std::move(inbox_));
  if (connection_ && connection_->end()) end_ = connection_->end();
  news.status = end_;
  news.ended = end_.has_value();
}

void Http2DecideCall::cancel() {
  if (end_) return;
  addresses_.clear();
  if (connection_) {
    connection_->cancel();
  } else {
    end_lookup("cancelled");
  }
}

void Http2DecideCall::cancel_and_wait() {
  lookup_timer_.disarm();
  resolver_.cancel();
  if (connection_) {
    connection_->cancel();
    connection_->close();
  }
  end_ = grpc::Status::CANCELLED;
}

std::optional<grpc::Status> Http2DecideCall::hear_body(GrpcMessageSplitter::Bytes part) {
  const auto refusal = splitter_.push(part);
  if (!refusal) return std::nullopt;
  return status_of(*refusal);
}

bool Http2DecideCall::hear_message(GrpcMessageSplitter::Bytes message) {
  if (!inbox_) inbox_ = spare_ ? std::move(spare_) : std::make_unique<Reply>();
  google::protobuf::io::CodedInputStream bytes(message.data(), static_cast<int>(message.size()));
  return inbox_->message().MergeFromCodedStream(&bytes) && bytes.ConsumedEntireMessage();
}

void Http2DecideCall::on_news() {
  const bool over = connection_->end().has_value();
  if (over && !connection_->introduced() && !addresses_.empty()) {
    connect_to_next();
    return;
  }
  const bool has_room = more_waits_ && !sending();
  if (!inbox_ && !over && !has_room) return;
  if (has_room) more_waits_ = false;
  const std::shared_ptr<const Wake> wake = wake_;
  (*wake)();
}

}  // namespace balancer::gateway
