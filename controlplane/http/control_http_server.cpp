#include "controlplane/http/control_http_server.hpp"

#include <fmt/format.h>

#include <atomic>
#include <thread>
#include <utility>

#include "common/async/asio.hpp"
#include "common/async/task_group.hpp"
#include "common/async/timer_wheel.hpp"
#include "common/http/http_server.hpp"
#include "common/log/log_exception.hpp"

namespace balancer::controlplane {
namespace {

// Throws boost::system::system_error for a name that does not resolve.
asio::ip::tcp::endpoint resolve(asio::io_context& context, const TcpAddress& address) {
  asio::ip::tcp::resolver resolver(context);
  return *resolver.resolve(address.host, std::to_string(address.port), asio::ip::tcp::resolver::passive).begin();
}

void log_bug(std::exception_ptr thrown) { log::error_thrown("control HTTP failed by a bug", std::move(thrown)); }

}  // namespace

class ControlHttpServer::Loop {
 public:
  Loop(const TcpAddress& address, Metrics metrics)
      : metrics_(std::move(metrics)),
        wheel_(context_),
        tasks_(context_.get_executor(), log_bug),
        server_(wheel_, resolve(context_, address), http::ServerLimits{},
                [this](http::Exchange& exchange) { return serve(exchange); }) {
    asio::post(context_, [this] { server_.start(); });
    thread_ = std::thread([this] { context_.run(); });
  }

  ~Loop() {
    asio::post(context_, [this] { tasks_.spawn(shut_down()); });
    thread_.join();
  }

  [[nodiscard]] TcpAddress bound() const {
    const asio::ip::tcp::endpoint endpoint = server_.local_endpoint();
    return {endpoint.address().to_string(), endpoint.port()};
  }

  void set_readiness(Readiness readiness) { readiness_ = readiness; }

 private:
  asio::awaitable<void> serve(http::Exchange& exchange) {
    const http::RequestHead& request = exchange.request();
    const bool reads = request.method == "GET" || request.method == "HEAD";
    if (request.path == "/metrics" && reads) co_return co_await serve_metrics(exchange);
    const ControlAnswer answer =
        answer_control_request(request.method, request.path, readiness_, exchange.request_id());
    http::ResponseHead head(answer.status);
    head.add("content-type", "application/json");
    head.add("cache-control", "no-store");
    if (!answer.allow.empty()) head.add("allow", answer.allow);
    co_await exchange.respond(head, answer.body);
  }

  asio::awaitable<void> serve_metrics(http::Exchange& exchange) {
    http::ResponseHead head(200);
    head.add("content-type", "text/plain; version=0.0.4; charset=utf-8");
    head.add("cache-control", "no-store");
    const std::string text = metrics_();
    co_await exchange.respond(head, text);
  }

  asio::awaitable<void> shut_down() {
    server_.stop_accepting();
    server_.close_all();
    co_await server_.join();
    context_.stop();
  }

  const Metrics metrics_;
  asio::io_context context_{1};
  TimerWheel wheel_;
  TaskGroup tasks_;
  std::atomic<Readiness> readiness_ = Readiness::kNotReady;
  http::HttpServer server_;
  std::thread thread_;
};

ControlHttpServer::ControlHttpServer(std::unique_ptr<Loop> loop) : loop_(std::move(loop)) {}

ControlHttpServer::~ControlHttpServer() = default;

Result<std::unique_ptr<ControlHttpServer>> ControlHttpServer::start(const TcpAddress& address, Metrics metrics) {
  try {
    auto loop = std::make_unique<Loop>(address, std::move(metrics));
    return std::unique_ptr<ControlHttpServer>(new ControlHttpServer(std::move(loop)));
  } catch (const boost::system::system_error& e) {
    return Error{ErrorCode::kUnavailable,
                 fmt::format("cannot listen for HTTP on {}: {}", to_string(address), e.code().message()),
                 {}};
  }
}

TcpAddress ControlHttpServer::bound() const { return loop_->bound(); }

void ControlHttpServer::set_readiness(Readiness readiness) { loop_->set_readiness(readiness); }

}  // namespace balancer::controlplane
