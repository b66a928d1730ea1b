// Plays one ScriptedResponse onto one connection.
#pragma once

#include "tests/fakes/latch.hpp"
#include "tests/fakes/scripted_response.hpp"
#include "tests/fakes/socket.hpp"

namespace balancer::fakes {

enum class Played {
  kKeepAlive,   // the connection may carry another request
  kEnded,       // the script ended the connection
  kClientLeft,  // the client ended it first
  kStopped,
};

[[nodiscard]] Played play(const ScriptedResponse& script, Socket& socket, const Latch& stop);

}  // namespace balancer::fakes
