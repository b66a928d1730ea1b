#include "common/http/http_server.hpp"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <utility>

#include "common/http/turned_away.hpp"
#include "common/log/log.hpp"
#include "common/log/log_exception.hpp"

namespace balancer::http {
namespace {

// When the process has no file descriptor left: accepting again at once would only spin.
constexpr std::chrono::milliseconds kAcceptPause{50};
constexpr std::chrono::seconds kComplaintInterval{10};
// At once, of a server with places of its own.
constexpr std::size_t kFarewells = 64;
constexpr int kBacklog = 4096;

// What the system takes of an answer before the client's window has room for it: some pieces of a stream rather than the
// megabytes that it would take of its own accord, so that a slow client is felt at once by whoever writes.
constexpr int kUnsentBytes = 128 * 1024;

using UnsentLimit = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_NOTSENT_LOWAT>;
using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

void log_bug(std::exception_ptr exception) {
  log::error_thrown("connection failed by a bug", std::move(exception));
}

asio::awaitable<void> run_connection(std::shared_ptr<ServerConnection> connection, Places::Place) {
  co_await connection->run();
}

}  // namespace

HttpServer::HttpServer(TimerWheel& wheel, const asio::ip::tcp::endpoint& address, ServerLimits limits,
                       ExchangeServer server, PortSharing sharing)
    : wheel_(wheel),
      limits_(limits),
      server_(std::move(server)),
      acceptor_(wheel.context()),
      accept_pause_(wheel.context()),
      own_places_{Places(limits.connections), Places(kFarewells)},
      places_(limits.shared_places != nullptr ? *limits.shared_places : own_places_),
      tasks_(wheel.context().get_executor(), log_bug) {
  acceptor_.open(address.protocol());
  acceptor_.set_option(asio::socket_base::reuse_address(true));
  // Accepted connections inherit it.
  acceptor_.set_option(UnsentLimit(kUnsentBytes));
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
    auto [error, socket] = co_await acceptor_.async_accept(kAwaitTuple);
    if (!accepting_) break;
    if (!error) {
      admit(std::move(socket));
      continue;
    }
    if (error == asio::error::connection_aborted) continue;
    complain(error);
    accept_pause_.expires_after(kAcceptPause);
    co_await accept_pause_.async_wait(kAwaitTuple);
  }
}

void HttpServer::admit(asio::ip::tcp::socket socket) {
  if (auto place = places_.served.take()) {
    auto connection = std::make_shared<ServerConnection>(std::move(socket), wheel_, limits_, server_, tls_);
    connections_.push_back(*connection);
    tasks_.spawn(run_connection(std::move(connection), std::move(*place)));
    return;
  }
  if (count_turned_away_) count_turned_away_();
  tasks_.spawn(say_too_many(std::move(socket)));
}

asio::awaitable<void> HttpServer::say_too_many(asio::ip::tcp::socket socket) {
  // A handshake costs more than a request: whoever wants one is closed without a word.
  if (tls_ != nullptr) co_return;
  const auto farewell = places_.turned_away.take();
  if (farewell) co_await turn_away(std::move(socket), wheel_, limits_.drain_bytes, tls_);
}

void HttpServer::complain(const boost::system::error_code& error) {
  if (wheel_.now() < next_complaint_) return;
  next_complaint_ = wheel_.now() + kComplaintInterval;
  log::warn("accepting a connection failed", {{"reason", error.message()}});
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
