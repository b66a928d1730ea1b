#include "gateway/app/gateway_app.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/ip/host_name.hpp>
#include <random>

#include "common/log/log.hpp"
#include "common/process/descriptor_limit.hpp"
#include "common/upstream/resolver.hpp"

namespace balancer::gateway {
namespace {

using asio::ip::tcp;

// For the last words of requests that are cut short.
constexpr std::chrono::milliseconds kFarewell{1'000};

std::string make_gateway_id() {
  std::random_device random;
  return fmt::format("gw-{:08x}{:08x}", random(), random());
}

tcp::endpoint resolve_listen_address(const TcpAddress& address) {
  asio::io_context context;
  tcp::resolver resolver(context);
  return resolver.resolve(address.host, std::to_string(address.port), tcp::resolver::passive).begin()->endpoint();
}

// The listeners share their port among the threads, and would share it with another gateway too, which then got
// half of the requests. A socket that does not share finds that out.
void claim_port(const tcp::endpoint& endpoint) {
  if (endpoint.port() == 0) return;
  asio::io_context context;
  tcp::acceptor probe(context);
  probe.open(endpoint.protocol());
  probe.set_option(asio::socket_base::reuse_address(true));
  probe.bind(endpoint);
  probe.listen(1);
}

std::unique_ptr<tracing::SpanExporter> make_span_exporter(const GatewaySettings& settings) {
  return settings.spans ? std::make_unique<tracing::SpanExporter>(*settings.spans) : nullptr;
}

http::ServerLimits shared_limits(http::ServerLimits limits, Capacity& capacity) {
  limits.shared_places = &capacity.connections;
  limits.body_budget = &capacity.body_bytes;
  return limits;
}

TcpAddress to_address(const tcp::endpoint& endpoint) { return {endpoint.address().to_string(), endpoint.port()}; }

}  // namespace

Result<std::unique_ptr<GatewayApp>> GatewayApp::start(std::shared_ptr<grpc::Channel> control_plane,
                                                      GatewaySettings settings, const Clock& clock,
                                                      NearControlPlane near) {
  std::unique_ptr<GatewayApp> app(new GatewayApp(std::move(control_plane), std::move(settings), clock, std::move(near)));
  if (!app->settings_.tls.certificate.empty()) {
    auto identity = tls::ServerIdentity::start(app->settings_.tls);
    if (!identity) return identity.error();
    app->tls_ = std::move(*identity);
    app->shared_.tls = app->tls_.get();
  }
  TcpAddress wanted = app->settings_.listen;
  try {
    app->listen_for_clients();
    if (app->settings_.admin_listen) {
      wanted = *app->settings_.admin_listen;
      app->listen_for_operators(wanted);
    }
  } catch (const boost::system::system_error& error) {
    return Error{ErrorCode::kUnavailable,
                 fmt::format("cannot listen on {}: {}", to_string(ListenAddress(wanted)), error.code().message()),
                 {}};
  }
  app->tell_of_few_descriptors();
  for (const auto& thread : app->threads_) thread->start();
  app->link_.start(to_string(ListenAddress(app->http_bound())));
  return app;
}

GatewayApp::GatewayApp(std::shared_ptr<grpc::Channel> control_plane, GatewaySettings settings, const Clock& clock,
                       NearControlPlane near)
    : settings_(std::move(settings)),
      capacity_(settings_.overload, descriptor_limit()),
      limits_(shared_limits(settings_.limits, capacity_)),
      spans_(make_span_exporter(settings_)),
      metrics_(metric_sources()),
      link_(std::move(control_plane),
            {.target = settings_.control_plane,
             .gateway_id = make_gateway_id(),
             .snapshot_cache_file = settings_.snapshot_cache_file,
             .presence = {.host_name = asio::ip::host_name(),
                          .start_time = clock.wall_now(),
                          .condition = [this] { return condition(); },
                          .on_drain = [this](bool drain) { set_drained(drain); }},
             .near = std::move(near)},
            [this](std::shared_ptr<const Snapshot> snapshot) { return take_snapshot(std::move(snapshot)); }),
      shared_{clock, resolver_, link_, metrics_, spans_.get(), in_flight_, flights_, draining_, configured_, limits_, capacity_,
              [this](const LearnedLesson& lesson) {
                for (const auto& thread : threads_) thread->learn(lesson);
              }} {}

GatewayApp::~GatewayApp() {
  if (!stopped_) {
    for (const auto& thread : threads_) {
      thread->stop_accepting();
      thread->close_all();
    }
    join_threads();
  }
  const std::lock_guard lock(calls_mutex_);
  ended_ = true;
}

void GatewayApp::tell_of_few_descriptors() const {
  const std::size_t connections = capacity_.connections.served.count();
  if (connections >= settings_.overload.connections) return;
  log::info("the limit on open files allows fewer connections than --max-connections",
            {{"connections", connections}, {"open_files", descriptor_limit()}});
}

void GatewayApp::listen_for_clients() {
  tcp::endpoint endpoint = resolve_listen_address(settings_.listen);
  claim_port(endpoint);
  const unsigned count = settings_.threads > 0 ? settings_.threads : std::max(1u, std::thread::hardware_concurrency());
  for (unsigned i = 0; i < count; ++i) {
    threads_.push_back(std::make_unique<IoThread>(shared_, endpoint));
    endpoint = threads_.front()->local_endpoint();
  }
}

void GatewayApp::listen_for_operators(const TcpAddress& address) {
  admin_endpoint_ = threads_.front()->add_admin_listener(resolve_listen_address(address));
}

void GatewayApp::join_threads() {
  for (auto thread = threads_.rbegin(); thread != threads_.rend(); ++thread) {
    if (*thread == threads_.front()) (*thread)->release_probes();
    (*thread)->join();
  }
}

std::optional<std::string> GatewayApp::take_snapshot(std::shared_ptr<const Snapshot> snapshot) {
  const std::lock_guard calls(calls_mutex_);
  if (ended_) return "the gateway has ended";
  std::optional<std::string> refusal;
  const ClientAuthentication& authentication = snapshot->client_authentication;
  const bool open_to_all = !authentication.enabled && !authentication.allow_unauthenticated;
  if (open_to_all && !is_loopback(ListenAddress(settings_.listen))) {
    refusal = fmt::format(
        "{} is reachable from other machines and the configuration has no client keys: set auth.enabled with "
        "auth.api_key or auth.keys, or write down auth.allow_unauthenticated: true",
        to_string(ListenAddress(settings_.listen)));
    log::error("configuration refused", {{"reason", *refusal}});
  } else {
    warn_of_open_listener(authentication);
    hand_out(snapshot);
    snapshot_version_ = snapshot->version;
    log::info("configuration applied", {{"version", snapshot->version},
                                        {"providers", snapshot->providers.size()},
                                        {"routes", snapshot->routing.routes.size()}});
  }
  {
    const std::lock_guard lock(mutex_);
    refusal_ = refusal;
  }
  snapshot_taken_.notify_all();
  return refusal;
}

void GatewayApp::warn_of_open_listener(const ClientAuthentication& authentication) {
  const bool open = !authentication.enabled && !is_loopback(ListenAddress(settings_.listen));
  if (open && !open_to_all_) {
    log::warn(
        "anybody who reaches this port uses the providers at your expense: auth.allow_unauthenticated is true; give "
        "auth.keys to let in only who has one",
        {{"listen", to_string(ListenAddress(settings_.listen))}});
  }
  open_to_all_ = open;
}

void GatewayApp::hand_out(const std::shared_ptr<const Snapshot>& snapshot) {
  const auto left = std::make_shared<std::atomic<std::size_t>>(threads_.size());
  for (const auto& thread : threads_) {
    thread->set_snapshot(snapshot, [this, left] {
      if (--*left > 0) return;
      configured_ = true;
      {
        const std::lock_guard lock(mutex_);
        ready_ = true;
      }
      snapshot_taken_.notify_all();
    });
  }
}

TcpAddress GatewayApp::http_bound() const { return to_address(threads_.front()->local_endpoint()); }

std::optional<TcpAddress> GatewayApp::admin_bound() const {
  if (!admin_endpoint_) return std::nullopt;
  return to_address(*admin_endpoint_);
}

bool GatewayApp::wait_until_ready(std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  return snapshot_taken_.wait_for(lock, timeout, [this] { return ready_ || refusal_; }) && ready_;
}

std::optional<std::string> GatewayApp::refusal() const {
  const std::lock_guard lock(mutex_);
  return refusal_;
}

void GatewayApp::set_drained(bool drained) {
  const std::lock_guard calls(calls_mutex_);
  if (ended_ || shutting_down_) return;
  if (draining_.exchange(drained) == drained) return;
  for (const auto& thread : threads_) thread->set_keep_alive(!drained);
  log::info(drained ? "taken out of rotation" : "back in rotation");
}

GatewayCondition GatewayApp::condition() const {
  return {.open_request_count = metrics_.open_request_count(),
          .open_stream_count = metrics_.open_stream_count(),
          .draining = draining_};
}

GatewayMetrics::CertificateExpiries GatewayApp::certificate_expiries() const {
  return {.listener = tls_ ? tls_->expiry() : std::nullopt,
          .control_plane = settings_.control_plane_certificate_expiry ? settings_.control_plane_certificate_expiry()
                                                                      : std::nullopt};
}

GatewayMetrics::Sources GatewayApp::metric_sources() const {
  return {.control_plane_connected = [this] { return link_.connected(); },
          .snapshot_version = [this] { return snapshot_version_.load(); },
          .configs_rejected = [this] { return link_.rejected_config_count(); },
          .draining = [this] { return draining_.load(); },
          .spans_exported = [this] { return spans_ ? spans_->counts().exported : 0; },
          .spans_dropped = [this] { return spans_ ? spans_->counts().dropped : 0; },
          .certificate_expiries = [this] { return certificate_expiries(); }};
}

void GatewayApp::leave_rotation() {
  for (const auto& thread : threads_) thread->set_keep_alive(false);
  draining_ = true;
  std::unique_lock lock(end_mutex_);
  end_changed_.wait_for(lock, settings_.drain_delay, [this] { return hurried_; });
}

void GatewayApp::hurry() {
  {
    const std::lock_guard lock(end_mutex_);
    hurried_ = true;
  }
  end_changed_.notify_all();
}

void GatewayApp::shut_down() {
  shutting_down_ = true;
  if (settings_.drain_delay > std::chrono::milliseconds(0)) leave_rotation();
  for (const auto& thread : threads_) thread->stop_accepting();
  // Said only now: whoever hears it gets no answer any more that keeps its connection.
  draining_ = true;

  // Whoever is not done in time is cut off by a thread of its own, so that a quick end waits for nobody.
  std::thread cutter([this] {
    std::unique_lock lock(end_mutex_);
    end_changed_.wait_for(lock, settings_.drain_timeout, [this] { return all_joined_ || hurried_; });
    if (all_joined_) return;
    log::warn("open requests were cut off by the shutdown");
    for (const auto& thread : threads_) thread->end_requests();
    if (end_changed_.wait_for(lock, kFarewell, [this] { return all_joined_; })) return;
    for (const auto& thread : threads_) thread->close_all();
  });
  join_threads();
  {
    const std::lock_guard lock(end_mutex_);
    all_joined_ = true;
  }
  end_changed_.notify_all();
  cutter.join();
  if (spans_) spans_->close();
  stopped_ = true;
}

}  // namespace balancer::gateway
