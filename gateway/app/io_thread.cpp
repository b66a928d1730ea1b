#include "gateway/app/io_thread.hpp"

#include <boost/asio/executor_work_guard.hpp>

#include "common/log/log_exception.hpp"
#include "common/memory/give_back.hpp"
#include "gateway/api/request_dispatch.hpp"

namespace balancer::gateway {
namespace {

constexpr std::chrono::seconds kGiveBackInterval{2};

// Orchestrators and scrapers are few, and are answered whatever clients do.
http::ServerLimits operators_limits(http::ServerLimits limits) {
  limits.connections = 256;
  limits.shared_places = nullptr;
  return limits;
}

void log_bug(std::exception_ptr exception) {
  log::error_thrown("an I/O thread's task failed by a bug", std::move(exception));
}

}  // namespace

IoThread::IoThread(const Shared& shared, const asio::ip::tcp::endpoint& address)
    : shared_(shared),
      work_(asio::make_work_guard(context_)),
      upstreams_(wheel_, shared.resolver),
      telemetry_({.clock = shared.clock, .metrics = shared.metrics, .spans = shared.spans}),
      server_(wheel_, address, shared.limits,
              [this](http::Exchange& exchange) { return serve_request(exchange, *dependencies_); },
              http::PortSharing::kShared),
      memory_timer_(wheel_, [this] {
        give_back_free_memory();
        memory_timer_.arm_after(kGiveBackInterval);
      }),
      productions_(context_.get_executor(), log_bug),
      tasks_(context_.get_executor(), log_bug) {}

IoThread::~IoThread() = default;

asio::ip::tcp::endpoint IoThread::add_admin_listener(const asio::ip::tcp::endpoint& address) {
  admin_server_.emplace(wheel_, address, operators_limits(shared_.limits), [this](http::Exchange& exchange) {
    return serve_admin_request(exchange, *dependencies_);
  });
  return admin_server_->local_endpoint();
}

void IoThread::start() {
  thread_ = std::thread([this] { run(); });
}

void IoThread::run() {
  conversion_.tell_others = shared_.on_learned;
  decisions_ = shared_.control_plane.make_decision_client(wheel_);
  telemetry_.report_to(*decisions_);
  decisions_->on_wanted([this](const RequestSignature& signature) { productions_.mark_wanted(signature); });
  dependencies_.emplace(Dependencies{
      .clock = shared_.clock,
      .wheel = wheel_,
      .scanner = scanner_,
      .conversion = conversion_,
      .upstreams = upstreams_,
      .decisions = *decisions_,
      .responses = shared_.control_plane.responses(),
      .flights = shared_.flights,
      .productions = productions_,
      .retries = retries_,
      .in_flight = shared_.in_flight,
      .capacity = shared_.capacity,
      .control_plane = shared_.control_plane,
      .metrics = shared_.metrics,
      .telemetry = telemetry_,
      .snapshot = snapshot_,
      .draining = shared_.draining,
      .configured = shared_.configured,
      .on_loopback = server_.local_endpoint().address().is_loopback(),
  });
  memory_timer_.arm_after(kGiveBackInterval);
  server_.on_turned_away([this] { telemetry_.connection_turned_away(); });
  if (shared_.tls != nullptr) server_.use_tls(*shared_.tls);
  server_.start();
  if (admin_server_) admin_server_->start();
  context_.run();
}

void IoThread::set_snapshot(std::shared_ptr<const Snapshot> snapshot, std::function<void()> on_taken) {
  asio::post(context_, [this, snapshot = std::move(snapshot), on_taken = std::move(on_taken)]() mutable {
    snapshot_ = std::move(snapshot);
    upstreams_.retain_only(*snapshot_);
    on_taken();
  });
}

void IoThread::learn(const LearnedLesson& lesson) {
  asio::post(context_, [this, lesson] {
    if (snapshot_) conversion_.learned.use_snapshot(snapshot_->epoch, snapshot_->version);
    conversion_.learned.remember(lesson, wheel_.now());
  });
}

void IoThread::set_keep_alive(bool keep_alive) {
  asio::post(context_, [this, keep_alive] { server_.set_keep_alive(keep_alive); });
}

void IoThread::stop_accepting() {
  asio::post(context_, [this] {
    if (std::exchange(stopping_, true)) return;
    server_.stop_accepting();
    productions_.stop_lingering();
    tasks_.spawn(wind_down());
  });
}

void IoThread::end_requests() {
  asio::post(context_, [this] { server_.end_exchanges(); });
}

void IoThread::release_probes() {
  asio::post(context_, [this] {
    probes_released_ = true;
    probes_held_.cancel();
  });
}

void IoThread::close_all() {
  asio::post(context_, [this] { server_.close_all(); });
}

asio::awaitable<void> IoThread::wind_down() {
  co_await server_.join();
  // Clients on other threads may still read what is made here.
  co_await productions_.join();
  if (admin_server_) {
    // Probes are answered until the last stream of all threads has ended.
    if (!probes_released_) co_await probes_held_.async_wait(kAwaitTuple);
    admin_server_->close_all();
    co_await admin_server_->join();
  }
  dependencies_.reset();
  decisions_.reset();
  upstreams_.clear();
  memory_timer_.disarm();
  wheel_.stop();
  work_.reset();
}

void IoThread::join() {
  if (thread_.joinable()) thread_.join();
}

}  // namespace balancer::gateway
