// The parts of Boost.Asio that this project uses, under one name. Asio is compiled once, in this folder.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace balancer {

namespace asio = boost::asio;

// Completes an awaitable operation with (error_code, ...) instead of throwing.
inline constexpr auto kAwaitTuple = asio::as_tuple(asio::deferred);

}  // namespace balancer
