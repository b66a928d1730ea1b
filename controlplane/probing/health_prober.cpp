#include "controlplane/probing/health_prober.hpp"

#include <exception>
#include <utility>

#include "common/log/log_exception.hpp"

namespace balancer::controlplane {
namespace {

constexpr std::size_t kResolverThreads = 2;

void log_bug(std::exception_ptr exception) {
  log::error_thrown("a health check failed by a bug", std::move(exception));
}

}  // namespace

HealthProber::HealthProber(ControlPlane& control_plane, const Clock& clock)
    : control_plane_(control_plane),
      clock_(clock),
      work_(asio::make_work_guard(context_)),
      tasks_(context_.get_executor(), log_bug) {
  subscription_.emplace(control_plane_.listeners(), *this);
  on_config_changed();
  thread_ = std::thread([this] { context_.run(); });
}

HealthProber::~HealthProber() {
  subscription_.reset();
  asio::post(context_, [this] { stop(); });
  thread_.join();
}

void HealthProber::on_config_changed() {
  asio::post(context_, [this] { follow_config(); });
}

void HealthProber::on_provider_changed(const std::string& provider) {
  asio::post(context_, [this, provider] {
    if (const auto found = probers_.find(provider); found != probers_.end()) found->second->reconsider();
  });
}

void HealthProber::follow_config() {
  if (stopping_) return;
  for (const auto& [name, prober] : probers_) prober->reconsider();
  const std::shared_ptr<const Config> config = control_plane_.config();
  for (const HealthCheck& check : config->health_checks) {
    if (!probers_.contains(check.provider)) begin(check.provider);
  }
}

void HealthProber::begin(const std::string& provider) {
  if (!resolver_) resolver_.emplace(kResolverThreads);
  probers_.emplace(provider, std::make_unique<ProviderProber>(CheckNetwork{wheel_, *resolver_, tls_}, control_plane_,
                                                              clock_, provider));
  tasks_.spawn(run(provider));
}

asio::awaitable<void> HealthProber::run(std::string provider) {
  co_await probers_.at(provider)->run();
  probers_.erase(provider);
  end_when_done();
}

void HealthProber::stop() {
  stopping_ = true;
  work_.reset();
  for (const auto& [name, prober] : probers_) prober->stop();
  end_when_done();
}

void HealthProber::end_when_done() {
  if (stopping_ && probers_.empty()) wheel_.stop();
}

}  // namespace balancer::controlplane
