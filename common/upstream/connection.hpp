// A connection to a provider between and during its requests.
#pragma once

#include <utility>

#include "common/async/timer_wheel.hpp"
#include "common/upstream/response_decoder.hpp"
#include "common/upstream/transport.hpp"

namespace balancer {

struct Connection {
  explicit Connection(asio::ip::tcp::socket socket) : transport(std::move(socket)) {}

  Transport transport;
  // Kept with the connection, so that a request allocates none.
  ByteBuffer buffer = ByteBuffer(ResponseDecoder::kInitialBufferSize);
  // It has served a request before.
  bool reused = false;
  TimerWheel::TimePoint idle_since;
};

}  // namespace balancer
