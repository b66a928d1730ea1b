// A connection of one I/O thread to one address of the control plane, with its one stream.
#pragma once

#include <array>
#include <boost/asio/generic/stream_protocol.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/async/asio.hpp"
#include "common/async/timer_wheel.hpp"
#include "gateway/controlplane_client/connection_patience.hpp"
#include "gateway/controlplane_client/http2_stream_session.hpp"

namespace balancer::gateway {

// Everything here stays on the thread that runs the wheel's io_context.
class Http2Connection : public std::enable_shared_from_this<Http2Connection> {
 public:
  using Endpoint = asio::generic::stream_protocol::endpoint;
  using Bytes = Http2StreamSession::Bytes;

  struct Events {
    // Must call nothing here.
    Http2StreamSession::OnBody on_body;
    // Parts of the body came, what was sent has left, or all is over. Never called from within a call of the owner's; the
    // owner may go away in it.
    std::function<void()> on_news;
  };

  // Starts connecting.
  static std::shared_ptr<Http2Connection> open(TimerWheel& wheel, const ConnectionPatience& patience,
                                               const Endpoint& endpoint, const Http2StreamSession::Request& request,
                                               Events events);
  ~Http2Connection() = default;
  Http2Connection(const Http2Connection&) = delete;
  Http2Connection& operator=(const Http2Connection&) = delete;

  // `body_part` must stay where it is while sending(), until close().
  void send(Bytes body_part);
  // Not everything has been handed to the system yet.
  [[nodiscard]] bool sending() const { return session_.has_unsent_body() || written_ < output_.size(); }

  // Whether the peer has shown that it speaks HTTP/2. Nothing has been sent as long as it has not.
  [[nodiscard]] bool introduced() const { return session_.introduced(); }
  // Set when all is over.
  [[nodiscard]] const std::optional<grpc::Status>& end() const { return end_; }

  // Says so to the peer, as far as it listens. There is news soon.
  void cancel();
  // No event comes any more. Must be called while the wheel lives.
  void close();

 private:
  Http2Connection(TimerWheel& wheel, const ConnectionPatience& patience, const Http2StreamSession::Request& request,
                  Events events);

  void on_connected(boost::system::error_code error);
  void read();
  void on_read(boost::system::error_code error, std::size_t size);
  void on_writable(boost::system::error_code error);
  void on_timer();
  void pump();
  [[nodiscard]] bool write_output();
  void finish(const grpc::Status& status);
  void fail(const std::string& reason);
  void tell();
  void tell_soon();

  TimerWheel& wheel_;
  const ConnectionPatience patience_;
  const Events events_;
  Http2StreamSession session_;
  asio::generic::stream_protocol::socket socket_;
  bool connected_ = false;
  bool closed_ = false;
  std::optional<grpc::Status> end_;

  std::array<std::uint8_t, 16 * 1024> input_;
  std::vector<std::uint8_t> output_;
  std::size_t written_ = 0;
  bool waits_for_room_ = false;

  // Until the peer is introduced: when to give up. Then: when to ask for a sign of life, or to miss it.
  TimerWheel::Timer timer_;
  TimerWheel::TimePoint last_heard_;
  bool pinged_ = false;
};

}  // namespace balancer::gateway
