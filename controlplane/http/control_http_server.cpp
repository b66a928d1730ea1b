#include "controlplane/http/control_http_server.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <utility>

#include "common/async/asio.hpp"
#include "common/async/task_group.hpp"
#include "common/async/timer_wheel.hpp"
#include "common/error/http_error.hpp"
#include "common/http/browser_guard.hpp"
#include "common/http/http_server.hpp"
#include "common/log/log_exception.hpp"
#include "common/metrics/metric_family.hpp"
#include "controlplane/http/live_feed.hpp"

namespace balancer::controlplane {
namespace {

// Throws boost::system::system_error for a name that does not resolve.
asio::ip::tcp::endpoint resolve(asio::io_context& context, const TcpAddress& address) {
  asio::ip::tcp::resolver resolver(context);
  return *resolver.resolve(address.host, std::to_string(address.port), asio::ip::tcp::resolver::passive).begin();
}

// Operators, their pages, scrapers and probes: more than these is a mistake or a flood.
http::ServerLimits operators_limits() {
  http::ServerLimits limits;
  limits.connections = 512;
  return limits;
}

constexpr std::string_view kPageRoot = "/dashboard";
// Relative to the root: the listener may be served under a prefix.
constexpr std::string_view kPage = "dashboard/";

bool is_of_page(std::string_view path) {
  return path.starts_with(kPageRoot) && (path.size() == kPageRoot.size() || path[kPageRoot.size()] == '/');
}

// A browser's, unlike a probe's or curl's.
bool prefers_html(const http::RequestHead& request) {
  return request.header("accept").find("text/html") != std::string_view::npos;
}

void log_bug(std::exception_ptr thrown) { log::error_thrown("control HTTP failed by a bug", std::move(thrown)); }

}  // namespace

class ControlHttpServer::Loop {
 public:
  Loop(const TcpAddress& address, ControlSite site)
      : site_(std::move(site)),
        feed_(site_),
        wheel_(context_),
        tasks_(context_.get_executor(), log_bug),
        server_(wheel_, resolve(context_, address), operators_limits(),
                [this](http::Exchange& exchange) { return serve(exchange); }),
        on_loopback_(server_.local_endpoint().address().is_loopback()) {
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
    const std::vector<std::string> hosts = site_.allowed_hosts();
    if (auto refusal = http::check_browser_access(request, hosts, on_loopback_)) {
      co_return co_await reply_error(exchange, std::move(*refusal));
    }
    const bool reads = request.method == "GET" || request.method == "HEAD";
    if (reads && request.path == "/metrics") {
      const std::string text = site_.metrics();
      co_return co_await reply(exchange, metrics::kExpositionType, text);
    }
    if (reads && request.path == "/" && prefers_html(request)) co_return co_await redirect(exchange, kPage);
    if (is_of_page(request.path)) {
      if (!reads) co_return co_await refuse_method(exchange);
      co_return co_await serve_page(exchange);
    }
    const ControlAnswer answer =
        answer_control_request(request.method, request.path, readiness_, exchange.request_id());
    http::ResponseHead head(answer.status);
    head.add("content-type", "application/json");
    head.add("cache-control", "no-store");
    if (!answer.allow.empty()) head.add("allow", answer.allow);
    co_await exchange.respond(head, answer.body);
  }

  asio::awaitable<void> serve_page(http::Exchange& exchange) {
    const http::RequestHead& request = exchange.request();
    std::string_view name = std::string_view(request.path).substr(kPageRoot.size());
    if (name.starts_with('/')) name.remove_prefix(1);
    // What the page names is relative to its own folder.
    const bool in_folder = request.target.substr(0, request.target.find('?')).ends_with('/');
    if (name.empty() && !in_folder) co_return co_await redirect(exchange, kPage);
    if (name == "events" && request.method == "GET") co_return co_await feed_.serve(exchange);
    if (name == "state") {
      const std::string document = feed_.document();
      co_return co_await reply(exchange, "application/json", document);
    }
    const auto file = std::find_if(site_.files.begin(), site_.files.end(),
                                   [&](const SiteFile& known) { return known.name == name; });
    if (file == site_.files.end()) {
      Error missing{ErrorCode::kNotFound, "no such path", {}};
      co_return co_await reply_error(exchange, std::move(missing));
    }
    co_await reply(exchange, file->content_type, file->bytes);
  }

  asio::awaitable<void> reply(http::Exchange& exchange, std::string_view content_type, std::string_view body) {
    http::ResponseHead head(200);
    head.add("content-type", content_type);
    head.add("cache-control", "no-store");
    head.add("content-security-policy", site_.security_policy);
    head.add("x-content-type-options", "nosniff");
    head.add("referrer-policy", "no-referrer");
    co_await exchange.respond(head, body);
  }

  asio::awaitable<void> redirect(http::Exchange& exchange, std::string_view location) {
    http::ResponseHead head(307);
    head.add("location", location);
    head.add("cache-control", "no-store");
    co_await exchange.respond(head, {});
  }

  asio::awaitable<void> refuse_method(http::Exchange& exchange) {
    http::ResponseHead head(405);
    head.add("allow", "GET, HEAD");
    co_await exchange.respond(head, {});
  }

  asio::awaitable<void> reply_error(http::Exchange& exchange, Error error) {
    http::ResponseHead head(http_form(error.code).status);
    head.add("content-type", "application/json");
    const std::string body = shared_error_body(error, exchange.request_id());
    co_await exchange.respond(head, body);
  }

  asio::awaitable<void> shut_down() {
    server_.stop_accepting();
    server_.close_all();
    co_await server_.join();
    context_.stop();
  }

  const ControlSite site_;
  LiveFeed feed_;
  asio::io_context context_{1};
  TimerWheel wheel_;
  TaskGroup tasks_;
  std::atomic<Readiness> readiness_ = Readiness::kNotReady;
  http::HttpServer server_;
  const bool on_loopback_;
  std::thread thread_;
};

ControlHttpServer::ControlHttpServer(std::unique_ptr<Loop> loop) : loop_(std::move(loop)) {}

ControlHttpServer::~ControlHttpServer() = default;

Result<std::unique_ptr<ControlHttpServer>> ControlHttpServer::start(const TcpAddress& address, ControlSite site) {
  try {
    auto loop = std::make_unique<Loop>(address, std::move(site));
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
