// A Decide stream in the I/O thread itself: gRPC's wire format without gRPC's threads.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "common/async/timer_wheel.hpp"
#include "common/net/listen_address.hpp"
#include "gateway/controlplane_client/connection_patience.hpp"
#include "gateway/controlplane_client/decide_call.hpp"
#include "gateway/controlplane_client/grpc_framing.hpp"
#include "gateway/controlplane_client/http2_connection.hpp"

namespace balancer::gateway {

// Plaintext, on a connection of its own. Tries every address of the name in turn.
class Http2DecideCall final : public DecideCall {
 public:
  static std::unique_ptr<Http2DecideCall> start(TimerWheel& wheel, const ListenAddress& control_plane, Wake wake,
                                                const ConnectionPatience& patience = {});
  ~Http2DecideCall() override;
  Http2DecideCall(const Http2DecideCall&) = delete;
  Http2DecideCall& operator=(const Http2DecideCall&) = delete;

  [[nodiscard]] bool try_write(v1::DecideRequest& batch) override;
  void take(News& news) override;
  void release() override {}
  [[nodiscard]] v1::DecideRequest* unsent_batch() override { return sending() ? &writing_ : nullptr; }
  void cancel() override;
  void cancel_and_wait() override;

 private:
  Http2DecideCall(TimerWheel& wheel, const ListenAddress& control_plane, Wake wake, const ConnectionPatience& patience);

  void look_up(const TcpAddress& address);
  void on_found(boost::system::error_code error, const asio::ip::tcp::resolver::results_type& found);
  void connect_to_next();
  [[nodiscard]] bool sending() const { return connection_ ? connection_->sending() : !frame_.empty(); }
  std::optional<grpc::Status> hear_body(GrpcMessageSplitter::Bytes part);
  bool hear_message(GrpcMessageSplitter::Bytes message);
  void on_news();
  void end_lookup(const std::string& reason);

  TimerWheel& wheel_;
  const ConnectionPatience patience_;
  const Http2StreamSession::Request request_;
  // Shared with a wake under way, which may destroy the call; its lookups end with it.
  const std::shared_ptr<const Wake> wake_;

  asio::ip::tcp::resolver resolver_;
  TimerWheel::Timer lookup_timer_;
  std::deque<Http2Connection::Endpoint> addresses_;
  // None before the name has been looked up.
  std::shared_ptr<Http2Connection> connection_;
  // Set when there will be no connection, or no other one.
  std::optional<grpc::Status> end_;

  v1::DecideRequest writing_;
  // writing_ as it is sent.
  std::string frame_;
  bool more_waits_ = false;

  GrpcMessageSplitter splitter_;
  // All messages of one read, merged: each is a list.
  std::unique_ptr<Reply> inbox_;
  std::unique_ptr<Reply> spare_;
};

}  // namespace balancer::gateway
