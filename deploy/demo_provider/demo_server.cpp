#include "deploy/demo_provider/demo_server.hpp"

#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <exception>

#include "common/async/timer_wheel.hpp"
#include "common/http/http_server.hpp"
#include "deploy/demo_provider/demo_endpoints.hpp"

namespace balancer::demo {
namespace {

asio::ip::tcp::endpoint endpoint_of(const TcpAddress& address) {
  const std::string host = address.host == "localhost" ? "127.0.0.1" : address.host;
  return {asio::ip::make_address(host), address.port};
}

asio::awaitable<void> stop_on_signal(http::HttpServer& server) {
  asio::signal_set signals(co_await asio::this_coro::executor, SIGINT, SIGTERM);
  co_await signals.async_wait(kAwaitTuple);
  server.stop_accepting();
  server.close_all();
  co_await server.join();
}

}  // namespace

void run_demo_server(const TcpAddress& address, const std::function<void(const std::string&)>& on_listening) {
  asio::io_context context(1);
  TimerWheel wheel(context);
  http::HttpServer server(wheel, endpoint_of(address), {}, serve_demo);
  server.start();
  const auto bound = server.local_endpoint();
  on_listening(to_string(ListenAddress(TcpAddress{bound.address().to_string(), bound.port()})));
  asio::co_spawn(context, stop_on_signal(server), [&context](std::exception_ptr thrown) {
    context.stop();
    if (thrown) std::rethrow_exception(thrown);
  });
  context.run();
}

}  // namespace balancer::demo
