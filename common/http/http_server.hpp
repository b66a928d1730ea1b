// An HTTP/1.1 server on one io_context. Several of them, one a thread, may share one address.
#pragma once

#include <boost/intrusive/list.hpp>
#include <functional>
#include <memory>

#include "common/async/task_group.hpp"
#include "common/async/timer_wheel.hpp"
#include "common/http/exchange.hpp"
#include "common/http/server_connection.hpp"
#include "common/http/server_limits.hpp"

namespace balancer::http {

enum class PortSharing {
  // A port that somebody else listens on is refused.
  kExclusive,
  // For servers of several threads on one address (SO_REUSEPORT). Other processes of the same user share it too:
  // whoever minds must look first.
  kShared,
};

// Stays on the wheel's thread, but for the constructor.
class HttpServer {
 public:
  // Binds and listens; port 0 picks one. Throws boost::system::system_error when it cannot. `wheel` outlives the
  // server.
  HttpServer(TimerWheel& wheel, const asio::ip::tcp::endpoint& address, ServerLimits limits, ExchangeServer server,
             PortSharing sharing = PortSharing::kExclusive);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  [[nodiscard]] asio::ip::tcp::endpoint local_endpoint() const { return local_endpoint_; }

  // Before start(): called for each connection that is one too many.
  void on_turned_away(std::function<void()> count) { count_turned_away_ = std::move(count); }

  // Before start(): clients speak TLS. The identity outlives the server.
  void use_tls(const tls::ServerIdentity& identity) { tls_ = &identity; }
  // Begins to accept.
  void start();

  // False: connections end after their next answer, and new ones after their first.
  void set_keep_alive(bool keep_alive) { limits_.keep_alive = keep_alive; }

  // Closes the listener and idle connections; running exchanges go on and close their connections then.
  void stop_accepting();
  // Asks running exchanges to come to their end too: see ServerConnection::end_exchange().
  void end_exchanges();
  // Cuts off what still runs.
  void close_all();
  // Completes when no connection is left. Must have completed before the server is destroyed, if it was started.
  asio::awaitable<void> join();

 private:
  using Connections =
      boost::intrusive::list<ServerConnection, boost::intrusive::constant_time_size<false>>;

  asio::awaitable<void> accept_loop();
  // Serves the connection if there is a place for it.
  void admit(asio::ip::tcp::socket socket);
  asio::awaitable<void> say_too_many(asio::ip::tcp::socket socket);
  void complain(const boost::system::error_code& error);

  TimerWheel& wheel_;
  ServerLimits limits_;
  const ExchangeServer server_;
  // Null: in clear.
  const tls::ServerIdentity* tls_ = nullptr;
  asio::ip::tcp::acceptor acceptor_;
  asio::ip::tcp::endpoint local_endpoint_;
  asio::steady_timer accept_pause_;
  bool accepting_ = false;
  TimerWheel::TimePoint next_complaint_{};
  ConnectionPlaces own_places_;
  ConnectionPlaces& places_;
  std::function<void()> count_turned_away_;
  Connections connections_;
  TaskGroup tasks_;
};

}  // namespace balancer::http
