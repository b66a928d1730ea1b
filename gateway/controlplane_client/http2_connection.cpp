#include "gateway/controlplane_client/http2_connection.hpp"

#include <sys/socket.h>

#include <utility>

namespace balancer::gateway {

std::shared_ptr<Http2Connection> Http2Connection::open(TimerWheel& wheel, const ConnectionPatience& patience,
                                                       const Endpoint& endpoint,
                                                       const Http2StreamSession::Request& request, Events events) {
  std::shared_ptr<Http2Connection> connection(new Http2Connection(wheel, patience, request, std::move(events)));
  connection->timer_.arm_after(patience.connect);
  connection->socket_.async_connect(endpoint, [connection](boost::system::error_code error) {
    connection->on_connected(error);
  });
  return connection;
}

Http2Connection::Http2Connection(TimerWheel& wheel, const ConnectionPatience& patience,
                                 const Http2StreamSession::Request& request, Events events)
    : wheel_(wheel),
      patience_(patience),
      events_(std::move(events)),
      session_(request, events_.on_body),
      socket_(wheel.context()),
      timer_(wheel, [this] { on_timer(); }) {}

void Http2Connection::on_connected(boost::system::error_code error) {
  if (end_) return;
  // Writes are tried at once, without a turn of the loop.
  if (!error) socket_.non_blocking(true, error);
  if (!error && socket_.local_endpoint(error).protocol().family() != AF_UNIX) {
    socket_.set_option(asio::ip::tcp::no_delay(true), error);
  }
  if (error) {
    fail(error.message());
  } else {
    connected_ = true;
    pump();
    read();
  }
  if (end_) tell();
}

void Http2Connection::read() {
  if (end_) return;
  socket_.async_read_some(asio::buffer(input_),
                          [self = shared_from_this()](boost::system::error_code error, std::size_t size) {
                            self->on_read(error, size);
                          });
}

void Http2Connection::on_read(boost::system::error_code error, std::size_t size) {
  if (end_) return;
  if (error) {
    fail(error.message());
  } else {
    const bool was_introduced = introduced();
    last_heard_ = wheel_.now();
    pinged_ = false;
    session_.receive({input_.data(), size});
    if (introduced() && !was_introduced) timer_.arm_after(patience_.keepalive_time);
    // Acknowledgements, and what the peer's window has held up.
    pump();
    read();
  }
  tell();
}

void Http2Connection::on_writable(boost::system::error_code error) {
  if (end_) return;
  waits_for_room_ = false;
  if (error) {
    fail(error.message());
  } else {
    pump();
  }
  tell();
}

void Http2Connection::on_timer() {
  const TimerWheel::TimePoint ping_time = last_heard_ + patience_.keepalive_time;
  if (!introduced() || (pinged_ && wheel_.now() >= ping_time)) {
    fail(introduced() ? "no sign of life" : "no answer to the attempt to connect");
  } else if (wheel_.now() < ping_time) {
    timer_.arm(ping_time);
  } else {
    pinged_ = true;
    timer_.arm_after(patience_.keepalive_timeout);
    session_.ping();
    pump();
  }
  // Not from here: the owner would destroy the timer that is calling.
  if (end_) tell_soon();
}

void Http2Connection::send(Bytes body_part) {
  session_.send(body_part);
  pump();
  if (end_) tell_soon();
}

void Http2Connection::cancel() {
  if (end_) return;
  session_.cancel();
  pump();
  tell_soon();
}

void Http2Connection::close() {
  closed_ = true;
  finish(grpc::Status::CANCELLED);
}

void Http2Connection::pump() {
  if (connected_ && !end_ && !waits_for_room_ && write_output()) {
    session_.produce(output_);
    static_cast<void>(write_output());
  }
  if (session_.end()) finish(*session_.end());
}

// True when nothing is left of the output.
bool Http2Connection::write_output() {
  while (written_ < output_.size()) {
    boost::system::error_code error;
    written_ += socket_.write_some(asio::buffer(output_) + written_, error);
    if (error == asio::error::would_block || error == asio::error::try_again) {
      waits_for_room_ = true;
      socket_.async_wait(asio::socket_base::wait_write, [self = shared_from_this()](boost::system::error_code failure) {
        self->on_writable(failure);
      });
      return false;
    }
    if (error) {
      fail(error.message());
      return false;
    }
  }
  output_.clear();
  written_ = 0;
  return true;
}

void Http2Connection::finish(const grpc::Status& status) {
  if (end_) return;
  end_ = status;
  timer_.disarm();
  boost::system::error_code ignored;
  socket_.close(ignored);
}

void Http2Connection::fail(const std::string& reason) { finish({grpc::StatusCode::UNAVAILABLE, reason}); }

void Http2Connection::tell() {
  if (!closed_) events_.on_news();
}

void Http2Connection::tell_soon() {
  asio::post(wheel_.context(), [self = shared_from_this()] { self->tell(); });
}

}  // namespace balancer::gateway
