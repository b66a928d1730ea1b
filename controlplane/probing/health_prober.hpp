// Active health checks: asks the providers that are configured with one, every so often, whether they are up.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "common/async/asio.hpp"
#include "common/async/task_group.hpp"
#include "common/async/timer_wheel.hpp"
#include "common/time/clock.hpp"
#include "common/upstream/resolver.hpp"
#include "common/upstream/tls_contexts.hpp"
#include "controlplane/domain/control_plane.hpp"
#include "controlplane/probing/provider_prober.hpp"

namespace balancer::controlplane {

// Checks from construction to destruction, on a thread of its own, and follows the configuration. Never two checks of
// one provider at a time.
class HealthProber final : public ChangeListener {
 public:
  // The references outlive the object.
  HealthProber(ControlPlane& control_plane, const Clock& clock);
  // Breaks off the checks that are under way, and waits for their end.
  ~HealthProber() override;
  HealthProber(const HealthProber&) = delete;
  HealthProber& operator=(const HealthProber&) = delete;

 private:
  void on_config_changed() override;
  void on_provider_changed(const std::string& provider) override;

  // On the thread.
  void follow_config();
  void begin(const std::string& provider);
  asio::awaitable<void> run(std::string provider);
  void stop();
  void end_when_done();

  ControlPlane& control_plane_;
  const Clock& clock_;
  asio::io_context context_{1};
  std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work_;
  TimerWheel wheel_{context_};
  // Made for the first check: most configurations have none.
  std::optional<Resolver> resolver_;
  TlsContexts tls_;
  TaskGroup tasks_;
  // Those that run.
  std::map<std::string, std::unique_ptr<ProviderProber>, std::less<>> probers_;
  bool stopping_ = false;
  std::thread thread_;
  std::optional<ChangeListeners::Subscription> subscription_;
};

}  // namespace balancer::controlplane
