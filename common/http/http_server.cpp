#include "common/http/http_server.hpp"

#include <sys/socket.h>

#include <utility>

#include "common/log/log.hpp"
#include "common/log/log_exception.hpp"

namespace balancer::http {
namespace {

// When the process has no file descriptor left, or the server is full: accepting again at once would only spin.
constexpr std::chrono::milliseconds kAcceptPause{50};
constexpr int kBacklog = 4096;

using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

void log_bug(std::exception_ptr exception) {
  log::error_thrown("connection failed by a bug", std::move(exception));
}

asio::awaitable<void> run_connection(std::shared_ptr<ServerConnection> connection) { co_await connection->run(); }

}  // namespace

HttpServer::HttpServer(TimerWheel& wheel, const asio::ip::tcp::endpoint& address, ServerLimits limits,
                       ExchangeServer server, PortSharing sharing)
    : wheel_(wheel),
      limits_(limits),
      server_(std::move(server)),
      acceptor_(wheel.context()),
      accept_pause_(wheel.context()),
      tasks_(wheel.context().get_executor(), log_bug) {
  acceptor_.open(address.protocol());
  acceptor_.set_option(asio::socket_base::reuse_address(true));
  if (sharing == PortSharing::kShared) acceptor_.set_option(ReusePort(true));
  acceptor_.bind(address);
  acceptor_.listen(kBacklog);
  local_endpoint_ = acceptor_.local_endpoint();
}

HttpServer::~HttpServer() = default;

void HttpServer::start() {
  accepting_ = true;
  tasks_.spawn(accept_loop());
}

asio::awaitable<void> HttpServer::accept_loop() {
  while (accepting_) {
    if (tasks_.size() <= limits_.connections) {
      auto [error, socket] = co_await acceptor_.async_accept(kAwaitTuple);
      if (!accepting_) break;
      if (!error) {
        auto connection = std::make_shared<ServerConnection>(std::move(socket), wheel_, limits_, server_);
        connections_.push_back(*connection);
        tasks_.spawn(run_connection(std::move(connection)));
        continue;
      }
      if (error == asio::error::connection_aborted) continue;
      log::warn("accepting a connection failed", {{"reason", error.message()}});
    }
    accept_pause_.expires_after(kAcceptPause);
    co_await accept_pause_.async_wait(kAwaitTuple);
  }
}

void HttpServer::stop_accepting() {
  accepting_ = false;
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  accept_pause_.cancel();
  for (ServerConnection& connection : connections_) connection.close_gently();
}

void HttpServer::end_exchanges() {
  stop_accepting();
  for (auto it = connections_.begin(); it != connections_.end();) {
    ServerConnection& connection = *it++;
    connection.end_exchange();
  }
}

void HttpServer::close_all() {
  stop_accepting();
  for (auto it = connections_.begin(); it != connections_.end();) {
    ServerConnection& connection = *it++;
    connection.close_hard();
  }
}

asio::awaitable<void> HttpServer::join() { co_await tasks_.join(); }

}  // namespace balancer::http
